"""Tiles, segments, pills, price and messages, by mouse and keyboard."""

from __future__ import annotations

from typing import TypeVar

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QApplication,
    QDialog,
    QLabel,
    QLineEdit,
    QPushButton,
    QScrollArea,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from imagineart_desktop.ui.theme import Theme
from imagineart_desktop.ui.widgets import (
    ElidedLabel,
    InlineMessage,
    PriceLine,
    RatioPicker,
    Segmented,
    SubmitButton,
    button,
)
from imagineart_desktop.ui.widgets.segmented import RatioButton
from tests.ui.window_driver import activate, settle

W = TypeVar("W", bound=QWidget)
RATIOS = ["1:1", "16:9", "9:16", "3:2", "2:3", "4:3", "3:4", "4:5", "5:4"]


def shown(widget: W, width: int = 296, height: int = 100) -> W:
    widget.resize(width, height)
    activate(widget)
    return widget


def focused() -> QWidget:
    widget = QApplication.focusWidget()
    assert widget is not None
    return widget


def test_ratios_by_keyboard_from_where_the_tab_key_halts(theme: Theme) -> None:
    tiles = shown(RatioPicker(RATIOS))
    told: list[str] = []
    tiles.changed.connect(told.append)
    tiles.setFocus()
    tiles.focusNextChild()
    assert isinstance(focused(), RatioButton)
    for key, ratio in (
        (Qt.Key.Key_Right, "16:9"),
        (Qt.Key.Key_Down, "5:4"),
        (Qt.Key.Key_Left, "4:5"),
        (Qt.Key.Key_Up, "1:1"),
        (Qt.Key.Key_Up, "1:1"),
        (Qt.Key.Key_End, "5:4"),
        (Qt.Key.Key_Home, "1:1"),
    ):
        QTest.keyClick(focused(), key)
        assert tiles.value() == ratio
        assert focused().accessibleName() == f"Aspect ratio {ratio}"
    assert told == ["16:9", "5:4", "4:5", "1:1", "5:4", "1:1"]


def test_all_seven_tiles_of_a_row_fit_beside_a_scroll_bar(theme: Theme) -> None:
    tiles = shown(RatioPicker(RATIOS), width=258)
    assert tiles.minimumSizeHint().width() <= 258
    for tile in tiles.findChildren(RatioButton):
        assert tile.geometry().right() < 258
        assert tile.width() >= tile.fontMetrics().horizontalAdvance(tile.ratio) * 10 / 13


def test_segments_by_keyboard_and_mouse(theme: Theme) -> None:
    segments = shown(Segmented({"1K": "1K", "2K": "2K"}))
    told: list[str] = []
    segments.changed.connect(told.append)
    one, two = segments.findChildren(QPushButton)
    QTest.mouseClick(two, Qt.MouseButton.LeftButton)
    QTest.keyClick(two, Qt.Key.Key_Left)
    assert segments.value() == "1K"
    QTest.keyClick(one, Qt.Key.Key_Right)
    assert told == ["2K", "1K", "2K"]


def test_the_tab_key_halts_where_was_chosen(theme: Theme) -> None:
    segments = shown(Segmented({"1K": "1K", "2K": "2K"}))
    segments.set_value("2K")
    assert [bool(made.focusPolicy() & Qt.FocusPolicy.TabFocus) for made in segments.findChildren(QPushButton)] == [
        False,
        True,
    ]


def test_a_pill_has_room_for_its_words(theme: Theme) -> None:
    pill = shown(button("Today $1.24", kind="pill"))
    pill.resize(pill.sizeHint())
    narrow = pill.width()
    pill.setText("Today $1 024.00")
    assert pill.text() == "Today $1 024.00"
    assert pill.sizeHint().width() > narrow
    assert pill.minimumSizeHint() == pill.sizeHint()
    assert pill.sizeHint().width() > pill.fontMetrics().horizontalAdvance(pill.text()) + 16


def test_enter_in_a_field_of_a_dialog_presses_no_button_that_spends(theme: Theme) -> None:
    dialog = QDialog()
    layout, field, submit = QVBoxLayout(dialog), QLineEdit(), SubmitButton("Send")
    layout.addWidget(field)
    layout.addWidget(submit)
    pressed: list[str] = []
    submit.clicked.connect(lambda: pressed.append("sent"))
    shown(dialog)
    field.setFocus()
    QTest.keyClick(field, Qt.Key.Key_Return)
    assert not pressed
    submit.setFocus()
    QTest.keyClick(submit, Qt.Key.Key_Space)
    assert pressed


def test_a_price_keeps_its_height_and_shows_the_sum(theme: Theme) -> None:
    line = shown(PriceLine())
    line.set_words("Estimated cost", "$0.05")
    settle()
    height = line.sizeHint().height()
    line.note.setText("Free (demo)")
    line.set_words("4 images, each + 2 extra references", "4 × ($0.05 + 2 × $0.007) = $0.256")
    settle()
    assert line.sizeHint().height() == height
    line.resize(296, height)
    settle()
    assert line.right.width() >= line.right.fontMetrics().horizontalAdvance(line.right.text())
    line.resize(120, height)
    settle()
    cut = line.right.fontMetrics().elidedText(line.right.text(), Qt.TextElideMode.ElideLeft, line.right.width())
    assert cut.endswith("= $0.256")


def test_a_message_says_what_is_wrong_and_does_what_helps(theme: Theme) -> None:
    area = QScrollArea()
    area.setWidgetResizable(True)
    inner = QWidget()
    column = QVBoxLayout(inner)
    tall = QWidget()
    tall.setMinimumHeight(900)
    message = InlineMessage()
    column.addWidget(tall)
    column.addWidget(message)
    area.setWidget(inner)
    shown(area, 320, 300)
    done: list[str] = []
    message.say("The mask is <b>600 × 400</b>.", "error", {"Scale the mask": lambda: done.append("scaled")})
    settle()
    assert message.visibleRegion().boundingRect().height() == message.height()
    assert message.text() == "The mask is <b>600 × 400</b>."
    (action,) = message.findChildren(QPushButton)
    QTest.mouseClick(action, Qt.MouseButton.LeftButton)
    assert (done, message.text()) == (["scaled"], "")


def test_a_long_word_breaks_and_is_copied_as_it_is(theme: Theme) -> None:
    word = "/home/designer/" + "W" * 100 + "/image.png"
    message = InlineMessage()
    message.say(f"Can’t read {word}.")
    (label,) = message.findChildren(QLabel)
    assert label.minimumSizeHint().width() < 250
    assert message.text() == f"Can’t read {word}."
    label.setSelection(0, len(QLabel.text(label)))
    QTest.keyClick(label, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    clipboard = QGuiApplication.clipboard()
    assert clipboard.text() == f"Can’t read {word}."
    clipboard.clear()


def test_a_message_can_be_closed_by_keyboard(theme: Theme) -> None:
    message = InlineMessage()
    message.say("Nothing was charged.", "info", {"Retry": lambda: None})
    shown(message)
    names = []
    message.setFocus()
    for _ in range(2):
        message.focusNextChild()
        names.append(focused().accessibleName() or focused().property("text"))
    assert names == ["Retry", "Close this message"]
    (close,) = message.findChildren(QToolButton)
    QTest.keyClick(close, Qt.Key.Key_Space)
    assert message.isHidden()


def test_what_is_cut_off_is_whole_in_the_tooltip(theme: Theme) -> None:
    label = shown(ElidedLabel("A latte on a walnut table,\nmorning light from the left"), width=80)
    label.grab()
    assert label.toolTip() == "A latte on a walnut table, morning light from the left"
    label.resize(600, 30)
    label.grab()
    assert label.toolTip() == ""
