"""Seed and count by keyboard, mouse and clipboard: never out of range, and never silently changed."""

from __future__ import annotations

from typing import TypeVar

import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QGuiApplication, QKeyEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QToolButton, QWidget

from imagineart_desktop.models import MAX_SEED
from imagineart_desktop.ui.theme import Theme
from imagineart_desktop.ui.widgets import CountField, SeedField
from imagineart_desktop.workspace.seed import SeedMode
from tests.ui.window_driver import activate

W = TypeVar("W", bound=QWidget)


def shown(widget: W) -> W:
    widget.resize(220, 34)
    activate(widget)
    return widget


def press(field: QWidget, name: str) -> None:
    (button,) = [made for made in field.findChildren(QToolButton) if made.toolTip() == name]
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)


def taken(field: SeedField, count: int) -> list[int]:
    """The seeds of a request, after which the field shows that of the next one."""
    seeds, following = field.choice.take(count)
    field.set_choice(following)
    return seeds


def paste(field: SeedField, text: str) -> None:
    QGuiApplication.clipboard().setText(text)
    QTest.keyClick(field.edit, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    QTest.keyClick(field.edit, Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)


@pytest.mark.parametrize("typed", ["-1", "0", str(MAX_SEED + 1), str(2**63)])
@pytest.mark.parametrize("pasted", [False, True])
def test_a_seed_out_of_range_is_told_and_never_used(theme: Theme, typed: str, pasted: bool) -> None:
    field = shown(SeedField())
    if pasted:
        paste(field, typed)
    else:
        QTest.keyClicks(field.edit, typed)
    assert field.edit.text() == typed
    assert field.value() is None
    assert "between 1 and 2,147,483,647" in field.problem()


def test_words_are_refused_and_the_seed_before_stays(theme: Theme) -> None:
    field = shown(SeedField())
    QTest.keyClicks(field.edit, "12")
    paste(field, "abc")
    assert field.value() == 12
    assert "whole number" in field.problem()
    QTest.keyClicks(field.edit, "3")
    assert field.problem() == ""


@pytest.mark.parametrize(
    ("typed", "seed"), [("1", 1), (str(MAX_SEED), MAX_SEED), ("2 147 483", 2147483), (" 42\n", 42)]
)
def test_seeds_may_be_pasted_as_they_are_shown_elsewhere(theme: Theme, typed: str, seed: int) -> None:
    field = shown(SeedField())
    paste(field, typed)
    assert (field.value(), field.mode, field.problem()) == (seed, SeedMode.LOCKED, "")


def test_an_emptied_seed_is_random_again(theme: Theme) -> None:
    field = shown(SeedField())
    QTest.keyClicks(field.edit, "7")
    QTest.keyClick(field.edit, Qt.Key.Key_Backspace)
    assert (field.value(), field.mode) == (None, SeedMode.RANDOM)


def test_dice_lock_and_plus_one(theme: Theme) -> None:
    field = shown(SeedField())
    press(field, "New random seed")
    drawn = field.value()
    assert drawn is not None
    assert taken(field, 2) == [drawn, drawn % MAX_SEED + 1]
    assert field.value() == drawn
    press(field, "+1 per image")
    taken(field, 1)
    assert field.value() == drawn % MAX_SEED + 1
    press(field, "Lock seed")
    press(field, "Lock seed")
    assert field.value() is None


def test_the_number_of_pictures_by_keyboard(theme: Theme) -> None:
    field = shown(CountField())
    field.setFocus()
    assert field.hasFocus()
    told: list[int] = []
    field.changed.connect(told.append)
    for key, count in (("Up", 2), ("4", 4), ("9", 4), ("Right", 5), ("Down", 4), ("End", 8), ("Up", 8), ("Home", 1)):
        QTest.keyClick(field, getattr(Qt.Key, f"Key_{key}"))
        assert field.value() == count, key
    assert told[-1] == 1
    assert field.accessibleName() == "Number of images, 1 to 8: 1"


def test_the_number_of_pictures_by_mouse(theme: Theme) -> None:
    field = shown(CountField())
    for _ in range(9):
        press(field, "More")
    assert field.value() == 8
    press(field, "Fewer")
    assert field.value() == 7


@pytest.mark.parametrize("modifier", [Qt.KeyboardModifier.AltModifier, Qt.KeyboardModifier.ControlModifier])
def test_a_shortcut_with_a_digit_leaves_the_count_alone(theme: Theme, modifier: Qt.KeyboardModifier) -> None:
    field = shown(CountField())
    QTest.keyClick(field, Qt.Key.Key_3, modifier)
    QTest.keyClick(field, Qt.Key.Key_Right, modifier)
    assert field.value() == 1
    asked = QKeyEvent(QEvent.Type.ShortcutOverride, Qt.Key.Key_3, modifier, "3")
    asked.ignore()
    QApplication.sendEvent(field, asked)
    assert not asked.isAccepted()
