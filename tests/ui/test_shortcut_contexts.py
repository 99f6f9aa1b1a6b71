"""Keys are unambiguous: no two active actions share a shortcut, wherever the keyboard is."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from PySide6.QtCore import Qt, qInstallMessageHandler
from PySide6.QtGui import QAction, QKeySequence, QShortcut
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QMenu, QSpinBox, QWidget
from shiboken6 import isValid

from imagineart_desktop.ui.theme import Theme
from imagineart_desktop.ui.widgets import CountField
from imagineart_desktop.ui.window.top_bar import TABS
from tests.ui.window_driver import Driver, opened, settle

CTRL = Qt.KeyboardModifier.ControlModifier
_ALWAYS = (Qt.ShortcutContext.WindowShortcut, Qt.ShortcutContext.ApplicationShortcut)


def reaches(context: Qt.ShortcutContext, owner: QWidget, focus: QWidget) -> bool:
    """Return, as Qt decides it, whether a key pressed at `focus` may trigger a shortcut that belongs to `owner`."""
    if not owner.isVisible() or not owner.isEnabled():
        return False
    if context in _ALWAYS:
        return owner.window() is focus.window()
    if context is Qt.ShortcutContext.WidgetShortcut:
        return owner is focus
    return owner is focus or (owner.isAncestorOf(focus) and owner.window() is focus.window())


def is_active(action: QAction, context: Qt.ShortcutContext, focus: QWidget) -> bool:
    for owner in action.associatedObjects():
        if isinstance(owner, QMenu):
            opener = owner.menuAction()
            if opener.isVisible() and opener.isEnabled() and is_active(opener, context, focus):
                return True
        elif isinstance(owner, QWidget) and reaches(context, owner, focus):
            return True
    return False


def active_keys(window: QWidget, focus: QWidget) -> dict[str, list[str]]:
    found: dict[str, list[str]] = defaultdict(list)
    for action in window.findChildren(QAction):
        if (
            isValid(action)
            and action.isEnabled()
            and action.isVisible()
            and is_active(action, action.shortcutContext(), focus)
        ):
            for keys in {key.toString() for key in action.shortcuts()}:
                found[keys].append(action.text())
    for shortcut in window.findChildren(QShortcut):
        owner = shortcut.parent()
        assert isinstance(owner, QWidget)
        if shortcut.isEnabled() and reaches(shortcut.context(), owner, focus):
            sequences = shortcut.keys()
            for key in sequences:
                found[key.toString()].append(str(owner))
    return found


@contextmanager
def qt_messages() -> Iterator[list[str]]:
    said: list[str] = []
    before = qInstallMessageHandler(lambda _kind, _where, words: said.append(words))
    try:
        yield said
    finally:
        qInstallMessageHandler(before)


def places(at: Driver) -> Iterator[tuple[str, QWidget]]:
    """Return every tab with every kind of widget in it that can have the keyboard."""
    window = at.window
    for tab in TABS:
        window.go_to(tab)
        settle()
        page = {"generate": window.generate, "edit": window.edit, "inpaint": window.inpaint, "gallery": window.gallery}
        spots: list[QWidget] = [window, page[tab]]
        for part in (page[tab], window.panel, window.strip):
            spots += [
                spot
                for spot in part.findChildren(QWidget)
                if spot.isVisible() and spot.focusPolicy() & Qt.FocusPolicy.TabFocus
            ]
        yield from ((tab, spot) for spot in spots)


async def test_no_two_active_actions_share_a_shortcut_anywhere(tmp_path: Path, theme: Theme, photos: Path) -> None:
    async with opened(tmp_path, theme, at_once=("inpaint",)) as at:
        page = at.window.inpaint
        canvas = await at.on_canvas(photos / "coffee.png")
        at.drag(canvas, [(200, 120), (300, 200)])
        at.type(page.form.prompt.editor, "a moka pot")
        at.click(page.form.go)
        await at.until(lambda: canvas._result_shown)
        at.window.window_actions.tool("extend").trigger()
        seen: set[str] = set()
        for tab, spot in places(at):
            seen |= {type(spot).__name__}
            twice = {keys: names for keys, names in active_keys(at.window, spot).items() if len(names) > 1}
            assert not twice, (tab, spot, twice)
        assert {"MaskCanvas", "PromptEditor", CountField.__name__, QSpinBox.__name__} <= seen
        at.window.go_to("inpaint")
        assert active_keys(at.window, canvas)[QKeySequence("B").toString()] == ["Brush"]


async def test_a_menu_bar_with_the_keyboard_leaves_the_keys_of_canvas_and_gallery_alone(
    tmp_path: Path, theme: Theme, photos: Path
) -> None:
    async with opened(tmp_path, theme, at_once=("inpaint",)) as at:
        canvas = await at.on_canvas(photos / "coffee.png")
        bar = at.window.menuBar()
        # Each alone would work from there; together Qt would choose neither, and complain.
        assert len(active_keys(at.window, bar)["Del"]) == 2
        at.drag(canvas, [(60, 60), (160, 120)])
        await at.until(lambda: canvas.coverage.painted > 0)
        bar.setFocus(Qt.FocusReason.MenuBarFocusReason)
        with qt_messages() as said:
            for keys in (Qt.Key.Key_4, Qt.Key.Key_Delete, Qt.Key.Key_B):
                QTest.keyClick(bar, keys)
        assert canvas.tool_controller.brush.opacity == 1
        assert canvas.document.mask.any()
        assert not [words for words in said if "mbiguous" in words]
