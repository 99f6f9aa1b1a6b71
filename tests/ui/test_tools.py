"""Each tool is declared once: the toolbox, the menu, the search, the bar, the canvas and settings follow from that."""

from __future__ import annotations

from pathlib import Path
from typing import ClassVar

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPointF, Qt
from PySide6.QtGui import QKeySequence, QPainterPath
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QSlider, QToolButton, QWidget

from imagineart_desktop.imaging import BooleanOp, Mask, Pixels, Rect
from imagineart_desktop.imaging.mask.shapes import rectangle
from imagineart_desktop.ui.canvas.mask_canvas import MaskCanvas
from imagineart_desktop.ui.canvas.tools.context import ToolContext
from imagineart_desktop.ui.canvas.tools.gesture import Gesture, PointerState
from imagineart_desktop.ui.canvas.tools.options import IntOption
from imagineart_desktop.ui.canvas.tools.registry import TOOLS
from imagineart_desktop.ui.canvas.tools.tool import Tool
from imagineart_desktop.ui.command_search.entries import command_entries
from imagineart_desktop.ui.commands.actions import Actions
from imagineart_desktop.ui.inpaint.options_bar import OptionsBar
from imagineart_desktop.ui.inpaint.tool_settings import restore_tool_settings, tool_settings
from imagineart_desktop.ui.inpaint.toolbox import Toolbox
from imagineart_desktop.ui.theme import Theme
from imagineart_desktop.workspace.image_pyramid import ImagePyramid
from imagineart_desktop.workspace.mask_document import MaskDocument
from imagineart_desktop.workspace.tool_settings import ToolSettings
from tests.ui.window_driver import child, opened, send_mouse
from tests.waiting import until

PRESS, MOVE, RELEASE = QEvent.Type.MouseButtonPress, QEvent.Type.MouseMove, QEvent.Type.MouseButtonRelease

SAVED_ACTIONS = {
    "tool.brush",
    "tool.eraser",
    "tool.rectangle",
    "tool.ellipse",
    "tool.lasso",
    "tool.polygon",
    "tool.magnetic lasso",
    "tool.magic wand",
    "tool.smart select",
    "tool.fill",
    "tool.extend",
    "tool.hand",
    "tool.zoom",
}
"""Names that users' own shortcuts are saved under."""

SAVED_TOOLS = (
    *("BRUSH", "ERASER", "RECTANGLE", "ELLIPSE", "LASSO", "POLYGON", "MAGNETIC"),
    *("WAND", "SMART", "FILL", "EXTEND", "HAND", "ZOOM"),
)
"""Names that earlier versions saved the tool under, in the order of the toolbox."""


async def test_each_tool_is_in_the_toolbox_the_menu_and_the_search(tmp_path: Path, theme: Theme, photos: Path) -> None:
    async with opened(tmp_path, theme, at_once=("inpaint",)) as at:
        canvas = await at.on_canvas(photos / "coffee.png")
        actions = at.window.window_actions
        buttons = child(at.window.inpaint, Toolbox).findChildren(QToolButton)
        entries = {entry.words: entry for entry in command_entries(actions, actions.named(), {}, {})}
        assert [made.defaultAction() for made in buttons] == [actions.tool(tool.id) for tool in TOOLS]
        assert {name for name in actions.named() if name.startswith("tool.")} == SAVED_ACTIONS
        for tool in TOOLS:
            action, entry = actions.tool(tool.id), entries[tool.label]
            keys = QKeySequence(tool.shortcut)
            assert action.text() == tool.label
            assert action.shortcuts() == [keys]
            assert not action.icon().isNull()
            assert entry.icon == tool.icon
            assert entry.group == "mask"
            assert entry.keys == keys.toString(QKeySequence.SequenceFormat.NativeText)
            entry.run()
            assert canvas.tool_controller.tool.id == tool.id
            assert action.isChecked()
            assert at.window.inpaint.options._name.text() == tool.label
        tool_menu = next(menu for menu in at.window.menuBar().findChildren(QWidget) if _is_tool_menu(menu))
        assert tool_menu.actions() == [actions.tool(tool.id) for tool in TOOLS]
        assert len({tool.shortcut for tool in TOOLS}) == len({tool.id for tool in TOOLS}) == len(TOOLS)


def _is_tool_menu(menu: QWidget) -> bool:
    return bool(menu.actions()) and menu.actions()[0].text() == TOOLS[0].label


class StampGesture(Gesture):
    """A square around the pointer; R makes it half as large."""

    def __init__(self, document: MaskDocument, at: QPointF, size: int) -> None:
        self._document = document
        self._at = at
        self._size = size

    def move(self, pointer: PointerState) -> None:
        self._at = pointer.point

    def key(self, key: int) -> bool:
        self._size //= 2 if key == Qt.Key.Key_R else 1
        return key == Qt.Key.Key_R

    def outline(self) -> QPainterPath:
        path = QPainterPath()
        path.addRect(self._at.x() - self._size / 2, self._at.y() - self._size / 2, self._size, self._size)
        return path

    def finish(self) -> None:
        box = self.outline().boundingRect()
        corners = (box.left(), box.top()), (box.right(), box.bottom())
        self._document.begin(StampTool.label).save_before(Rect.of_shape(self._document.mask.shape))
        self._document.notify_painted(rectangle(self._document.mask, *corners, BooleanOp.ADD))
        self._document.finish()


class StampTool(Tool):
    id = "stamp"
    label = "Stamp"
    icon = "square"
    shortcut = "Shift+K"
    combine_choices: ClassVar[frozenset[BooleanOp]] = frozenset({BooleanOp.ADD})

    def __init__(self, context: ToolContext) -> None:
        super().__init__(context)
        self.size = IntOption("stamp_size", "Size", "Side of the stamp", (2, 100), 40)
        self.options = (self.size,)

    def cursor(self, _point: QPointF | None, _scale: float) -> Qt.CursorShape:
        return Qt.CursorShape.PointingHandCursor

    def press(self, pointer: PointerState, _pixels: Pixels) -> Gesture:
        return StampGesture(self.context.document, pointer.point, self.size.value)


def with_stamp() -> tuple[MaskCanvas, OptionsBar, Actions, Toolbox]:
    """A canvas with one tool more, and what belongs to it."""
    tools = (*TOOLS, StampTool)
    canvas = MaskCanvas(tools=tools)
    actions = Actions(canvas, tools)
    options = OptionsBar(canvas, actions)
    toolbox = Toolbox(canvas, actions)
    pixels = np.full((300, 400, 3), 90, np.uint8)
    canvas.resize(400, 300)
    canvas.set_picture(pixels, ImagePyramid.of(pixels))
    canvas.document.start_new((400, 300))
    canvas.show()
    canvas.zoom_to(1.0)
    return canvas, options, actions, toolbox


def painted(mask: Mask) -> int:
    return int(np.count_nonzero(mask))


async def test_a_further_tool_works_from_its_declaration_alone(theme: Theme) -> None:
    assert theme
    canvas, options, actions, toolbox = with_stamp()
    button = toolbox.findChildren(QToolButton)[-1]
    assert button.defaultAction() is actions.tool("stamp")
    button.click()
    assert canvas.tool_controller.tool.id == "stamp"
    assert canvas.cursor().shape() == Qt.CursorShape.PointingHandCursor
    assert options._name.text() == "Stamp"
    size = child(options, QSlider, "stamp_size")
    assert size.isVisibleTo(options)
    assert not child(options, QSlider, "tolerance").isVisibleTo(options)
    enabled = [combine for combine, holder in options._combine_holders.items() if holder.isEnabled()]
    assert enabled == [BooleanOp.ADD]
    assert canvas.tool_cursor.words() == ""

    size.setValue(20)
    middle = QPointF(200, 150)
    send_mouse(canvas, PRESS, middle)
    plain = canvas.grab().toImage()
    send_mouse(canvas, MOVE, middle + QPointF(30, 0))
    assert canvas.grab().toImage() != plain
    send_mouse(canvas, RELEASE, middle + QPointF(30, 0))
    assert painted(canvas.document.mask) == pytest.approx(20 * 20, abs=41)
    assert canvas.document.undo_stack.text(0) == "Stamp"

    canvas.document.undo()
    send_mouse(canvas, PRESS, middle)
    QTest.keyClick(canvas, Qt.Key.Key_R)
    send_mouse(canvas, RELEASE, middle)
    assert painted(canvas.document.mask) == pytest.approx(10 * 10, abs=21)
    canvas.document.undo()
    send_mouse(canvas, PRESS, middle)
    QTest.keyClick(canvas, Qt.Key.Key_Escape)
    send_mouse(canvas, RELEASE, middle)
    assert painted(canvas.document.mask) == 0

    saved = tool_settings(canvas, options)
    assert (saved.tool, saved.options["stamp_size"]) == ("stamp", 20)
    canvas.set_tool("lasso")
    size.setValue(50)
    restore_tool_settings(saved, canvas, options)
    assert actions.tool("stamp").isChecked()
    assert size.value() == 20
    await until(lambda: not canvas.document.is_locked)


async def test_tools_and_options_that_earlier_versions_saved_are_restored(theme: Theme) -> None:
    assert theme
    canvas, options, actions, _toolbox = with_stamp()
    for tool, saved in zip(TOOLS, SAVED_TOOLS, strict=True):
        stored = {"tool": saved, "tolerance": 77, "contiguous": False}
        restore_tool_settings(ToolSettings.model_validate(stored), canvas, options)
        assert canvas.tool_controller.tool.id == tool.id
        assert actions.tool(tool.id).isChecked()
    wand = canvas.tool_controller.tools["magic wand"]
    assert {option.id: option.saved() for option in wand.options} == {"tolerance": 77, "contiguous": False}
    amount = options.amount.value()
    nonsense: tuple[dict[str, object], ...] = (
        {"tool": "CHISEL", "tolerance": "x", "contiguous": 1},
        {"tool": None, "brush": [], "amount": True},
        {},
    )
    for bad in nonsense:
        restore_tool_settings(ToolSettings.model_validate(bad), canvas, options)
    assert options.amount.value() == amount
    assert canvas.tool_controller.tool.id == "zoom"
    assert wand.options[0].saved() == 77
