"""Small widgets shared by all pages."""

from imagineart_desktop.ui.widgets.buttons import StatusPill, SubmitButton, button, icon_button
from imagineart_desktop.ui.widgets.completions import CompletionPopup, complete_with
from imagineart_desktop.ui.widgets.dialog import BaseDialog
from imagineart_desktop.ui.widgets.eliding import (
    CheckBox,
    TextButton,
    combo_box,
    elided_lines,
    limit_width,
    never_elide,
)
from imagineart_desktop.ui.widgets.flow import FlowLayout, WrappingBar, spacer
from imagineart_desktop.ui.widgets.form_rows import create_form, form_label
from imagineart_desktop.ui.widgets.labels import (
    ElidedLabel,
    PriceLine,
    ReservedLabel,
    SectionLabel,
    TextBlock,
    plain_label,
    rule,
    set_tone,
)
from imagineart_desktop.ui.widgets.lifetime import IsCurrent, MessageLifetime
from imagineart_desktop.ui.widgets.message import EmptyState, InlineMessage, MessageHandle
from imagineart_desktop.ui.widgets.number_fields import CountField, SeedField
from imagineart_desktop.ui.widgets.prompt_dialog import TextInputDialog
from imagineart_desktop.ui.widgets.retained_size import retain_size
from imagineart_desktop.ui.widgets.segmented import RatioPicker, Segmented
from imagineart_desktop.ui.widgets.sight import come_into_sight
from imagineart_desktop.ui.widgets.sliders import ClickSlider
from imagineart_desktop.ui.widgets.waiting import PendingWork
from imagineart_desktop.ui.widgets.wheel_guard import guard_wheel
from imagineart_desktop.workspace.offer import MessageAction

__all__ = [
    "BaseDialog",
    "CheckBox",
    "ClickSlider",
    "CompletionPopup",
    "CountField",
    "ElidedLabel",
    "EmptyState",
    "FlowLayout",
    "InlineMessage",
    "IsCurrent",
    "MessageAction",
    "MessageHandle",
    "MessageLifetime",
    "PendingWork",
    "PriceLine",
    "RatioPicker",
    "ReservedLabel",
    "SectionLabel",
    "SeedField",
    "Segmented",
    "StatusPill",
    "SubmitButton",
    "TextBlock",
    "TextButton",
    "TextInputDialog",
    "WrappingBar",
    "button",
    "combo_box",
    "come_into_sight",
    "complete_with",
    "create_form",
    "elided_lines",
    "form_label",
    "guard_wheel",
    "icon_button",
    "limit_width",
    "never_elide",
    "plain_label",
    "retain_size",
    "rule",
    "set_tone",
    "spacer",
]
