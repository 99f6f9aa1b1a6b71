"""Small widgets shared by all pages."""

from imagineart_desktop.ui.widgets.buttons import GoButton, StatusPill, button, icon_button
from imagineart_desktop.ui.widgets.completions import CompletionList, complete_with
from imagineart_desktop.ui.widgets.dialog import Dialog
from imagineart_desktop.ui.widgets.eliding import CheckBox, TextButton, bound_width, combo_box, elided_lines, keep_words
from imagineart_desktop.ui.widgets.flow import FlowLayout, gap, wrapping_bar
from imagineart_desktop.ui.widgets.form_rows import form_in, name_of
from imagineart_desktop.ui.widgets.labels import (
    ElidedLabel,
    PriceLine,
    RoomyLabel,
    SectionLabel,
    TextBlock,
    plain_label,
    rule,
    set_tone,
)
from imagineart_desktop.ui.widgets.lifetime import Holds, Lifetime
from imagineart_desktop.ui.widgets.message import EmptyState, InlineMessage, Said
from imagineart_desktop.ui.widgets.number_fields import CountField, SeedField, SeedMode, draw_seed
from imagineart_desktop.ui.widgets.prompt_dialog import AskDialog
from imagineart_desktop.ui.widgets.prompt_edit import PromptEdit
from imagineart_desktop.ui.widgets.retained_size import retain_size
from imagineart_desktop.ui.widgets.segmented import RatioTiles, Segmented
from imagineart_desktop.ui.widgets.sight import come_into_sight
from imagineart_desktop.ui.widgets.sliders import JumpSlider
from imagineart_desktop.ui.widgets.waiting import Waiting
from imagineart_desktop.ui.widgets.wheel_guard import let_wheel_pass
from imagineart_desktop.workspace.offer import Offer

__all__ = [
    "AskDialog",
    "CheckBox",
    "CompletionList",
    "CountField",
    "Dialog",
    "ElidedLabel",
    "EmptyState",
    "FlowLayout",
    "GoButton",
    "Holds",
    "InlineMessage",
    "JumpSlider",
    "Lifetime",
    "Offer",
    "PriceLine",
    "PromptEdit",
    "RatioTiles",
    "RoomyLabel",
    "Said",
    "SectionLabel",
    "SeedField",
    "SeedMode",
    "Segmented",
    "StatusPill",
    "TextBlock",
    "TextButton",
    "Waiting",
    "bound_width",
    "button",
    "combo_box",
    "come_into_sight",
    "complete_with",
    "draw_seed",
    "elided_lines",
    "form_in",
    "gap",
    "icon_button",
    "keep_words",
    "let_wheel_pass",
    "name_of",
    "plain_label",
    "retain_size",
    "rule",
    "set_tone",
    "wrapping_bar",
]
