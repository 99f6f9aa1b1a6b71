"""Tool, brush and tool options, kept from one session to the next."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain
from typing import TYPE_CHECKING

from imagineart_desktop.workspace.tool_settings import SavedBrush, ToolSettings

if TYPE_CHECKING:
    from imagineart_desktop.ui.canvas.mask_canvas import MaskCanvas
    from imagineart_desktop.ui.canvas.tools.options import ToolOption
    from imagineart_desktop.ui.inpaint.options_bar import OptionsBar

_FORMER_IDS = {"magnetic": "magnetic lasso", "wand": "magic wand", "smart": "smart select"}
"""Ids of tools by those that earlier versions saved, in upper case."""


def _options(canvas: MaskCanvas) -> Iterator[ToolOption]:
    return chain.from_iterable(tool.options for tool in canvas.tool_controller.tools.values())


def tool_settings(canvas: MaskCanvas, options: OptionsBar) -> ToolSettings:
    """Return what is set."""
    return ToolSettings(
        tool=canvas.tool_controller.tool.id,
        brush=SavedBrush.of(canvas.tool_controller.brush),
        options={option.id: option.saved() for option in _options(canvas)},
        amount=options.amount.value(),
    )


def restore_tool_settings(kept: ToolSettings, canvas: MaskCanvas, options: OptionsBar) -> None:
    """Restore what was set, except for what isn't offered."""
    tool = kept.tool.lower()
    tool = _FORMER_IDS.get(tool, tool)
    if tool in canvas.tool_controller.tools:
        canvas.set_tool(tool)
    canvas.set_brush(kept.brush.apply_to(canvas.tool_controller.brush))
    for option in _options(canvas):
        option.restore(kept.options.get(option.id))
    if kept.amount is not None:
        options.amount.set_value(kept.amount)
