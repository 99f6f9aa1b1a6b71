"""The viewer by mouse, wheel and keyboard: zoom, moving, dragging out, before and after."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QColor, QImage, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from imagineart_desktop.imaging import Pixels
from imagineart_desktop.ui.theme import Theme, tokens
from imagineart_desktop.ui.viewer.image_view import ImageViewer
from imagineart_desktop.workspace.image_pyramid import ImagePyramid
from tests.ui.window_driver import activate, colour_at

LEFT, MIDDLE = Qt.MouseButton.LeftButton, Qt.MouseButton.MiddleButton
NONE, SHIFT, CTRL = (
    Qt.KeyboardModifier.NoModifier,
    Qt.KeyboardModifier.ShiftModifier,
    Qt.KeyboardModifier.ControlModifier,
)
RED, BLUE = (200, 0, 0), (0, 0, 200)


ARROWS = (Qt.Key.Key_Left, Qt.Key.Key_Right, Qt.Key.Key_Up, Qt.Key.Key_Down)


def plain(colour: tuple[int, int, int], width: int = 600, height: int = 400) -> ImagePyramid:
    pixels: Pixels = np.empty((height, width, 3), np.uint8)
    pixels[:] = colour
    return ImagePyramid.of(pixels)


@pytest.fixture
def view(theme: Theme) -> ImageViewer:
    made = ImageViewer()
    made.resize(800, 600)
    activate(made)
    made.setFocus()
    made.show_picture(plain(RED))
    return made


def grabbed(view: ImageViewer) -> QImage:
    return view.grab().toImage()


def drag(
    view: ImageViewer, start: QPoint, end: QPoint, button: Qt.MouseButton = LEFT, keys: Qt.KeyboardModifier = NONE
) -> None:
    QTest.mousePress(view, button, keys, start)
    for step in range(1, 6):
        QTest.mouseMove(view, start + (end - start) * step / 5)
    QTest.mouseRelease(view, button, keys, end)


def at_share(view: ImageViewer, x: float, y: float = 0.5) -> QPoint:
    target = view.viewport_state.image_rect()
    return QPointF(target.left() + x * target.width(), target.top() + y * target.height()).toPoint()


def test_keys_zoom_fit_and_move(view: ImageViewer) -> None:
    fitted = view.zoom
    QTest.keyClick(view, Qt.Key.Key_1)
    assert view.zoom == 1.0
    QTest.keyClick(view, Qt.Key.Key_Plus)
    assert view.zoom == pytest.approx(1.25)
    QTest.keyClick(view, Qt.Key.Key_Minus)
    assert view.zoom == pytest.approx(1.0)
    before = view.viewport_state.centre
    QTest.keyClick(view, Qt.Key.Key_Right)
    assert view.viewport_state.centre.x() > before.x()
    QTest.keyClick(view, Qt.Key.Key_0)
    assert view.zoom == fitted


def test_the_wheel_zooms_at_the_pointer(view: ImageViewer) -> None:
    pointer = QPointF(200, 150)
    under = view.viewport_state.to_image(pointer)
    view.wheelEvent(
        QWheelEvent(
            pointer,
            QPointF(view.mapToGlobal(pointer.toPoint())),
            QPoint(),
            QPoint(0, 240),
            Qt.MouseButton.NoButton,
            NONE,
            Qt.ScrollPhase.NoScrollPhase,
            False,
        )
    )
    assert view.zoom > 1.0
    after = view.viewport_state.to_image(pointer)
    assert (after.x(), after.y()) == pytest.approx((under.x(), under.y()))


def test_a_picture_larger_than_the_view_is_moved_by_hand(view: ImageViewer) -> None:
    taken: list[bool] = []
    view.drag_out_requested.connect(lambda: taken.append(True))
    view.zoom_to(4.0)
    for button in (LEFT, MIDDLE):
        before = view.viewport_state.centre
        drag(view, QPoint(400, 300), QPoint(300, 260), button)
        moved = view.viewport_state.centre - before
        ratio = view.devicePixelRatioF()
        assert (moved.x(), moved.y()) == pytest.approx((25 * ratio, 10 * ratio))
    assert not taken


def test_a_picture_that_is_seen_whole_is_dragged_out_and_a_click_drags_nothing(view: ImageViewer) -> None:
    taken: list[bool] = []
    view.drag_out_requested.connect(lambda: taken.append(True))
    before = view.viewport_state
    QTest.mouseClick(view, LEFT, NONE, QPoint(400, 300))
    assert not taken
    drag(view, QPoint(400, 300), QPoint(440, 300))
    assert taken == [True]
    assert view.viewport_state == before
    drag(view, QPoint(5, 5), QPoint(60, 60))
    assert taken == [True]


def test_with_ctrl_a_zoomed_picture_is_dragged_out_too(view: ImageViewer) -> None:
    taken: list[bool] = []
    view.drag_out_requested.connect(lambda: taken.append(True))
    view.zoom_to(4.0)
    QTest.mouseClick(view, LEFT, CTRL, QPoint(400, 300))
    assert not taken
    drag(view, QPoint(400, 300), QPoint(440, 300), keys=CTRL)
    assert taken == [True]


def test_a_double_click_goes_to_100_percent_and_back_if_both_clicks_are_the_views_own(view: ImageViewer) -> None:
    fitted = view.zoom
    # The second half alone: what a double click on something that opened the view leaves to it.
    QTest.mouseDClick(view, LEFT, NONE, QPoint(400, 300))
    assert view.zoom == fitted
    for zoom in (1.0, fitted):
        QTest.mouseClick(view, LEFT, NONE, QPoint(400, 300))
        QTest.mouseDClick(view, LEFT, NONE, QPoint(400, 300))
        assert view.zoom == zoom
    view.hide()
    view.show()
    QTest.mouseDClick(view, LEFT, NONE, QPoint(400, 300))
    assert view.zoom == fitted


def test_in_a_list_arrows_are_left_to_the_list_and_one_click_zooms(theme: Theme) -> None:
    view = ImageViewer(in_list=True)
    view.resize(800, 600)
    activate(view)
    view.show_picture(plain(RED), plain(BLUE))
    fitted, at = view.zoom, QPoint(400, 300)
    for zoom in (1.0, fitted):
        QTest.mouseClick(view, LEFT, NONE, at)
        assert view.zoom == zoom
    # A double click does it once; what is dragged, sent by another button or by Ctrl is no click.
    for zoom in (1.0, fitted):
        QTest.mouseClick(view, LEFT, NONE, at)
        QTest.mouseDClick(view, LEFT, NONE, at)
        assert view.zoom == zoom
    view.zoom_to(4.0)
    drag(view, at, QPoint(300, 260))
    drag(view, at, at + QPoint(1, 1), MIDDLE)
    QTest.mouseClick(view, LEFT, CTRL, at)
    QTest.mouseClick(view, Qt.MouseButton.RightButton, NONE, at)
    before = view.viewport_state
    for key in ARROWS:
        QTest.keyClick(view, key)
    assert view.viewport_state == before
    assert view.zoom == 4.0
    QTest.keyClick(view, Qt.Key.Key_Right, SHIFT)
    assert view.viewport_state.centre.x() > before.centre.x()
    # While before and after are compared, Shift and an arrow move the slider, and so does the mouse.
    view.fit()
    view.set_comparing(True)
    before = view.viewport_state
    QTest.keyClick(view, Qt.Key.Key_Right, SHIFT)
    assert view._split > 0.5
    QTest.mouseClick(view, LEFT, NONE, at_share(view, view._split))
    assert view.viewport_state == before


def test_before_is_left_and_after_right_of_the_slider(view: ImageViewer) -> None:
    view.show_picture(plain(RED), plain(BLUE))
    view.set_comparing(True)
    shown = grabbed(view)
    assert colour_at(shown, at_share(view, 0.25)) == QColor(*BLUE)
    assert colour_at(shown, at_share(view, 0.75)) == QColor(*RED)
    drag(view, at_share(view, 0.5), at_share(view, 0.9))
    assert colour_at(grabbed(view), at_share(view, 0.75)) == QColor(*BLUE)
    drag(view, at_share(view, 0.9), QPoint(795, 300))
    assert colour_at(grabbed(view), at_share(view, 0.98, 0.9)) == QColor(*BLUE)
    view.set_comparing(False)
    assert colour_at(grabbed(view), at_share(view, 0.25)) == QColor(*RED)


def test_the_slider_by_keyboard(view: ImageViewer) -> None:
    view.show_picture(plain(RED), plain(BLUE))
    view.set_comparing(True)
    for _ in range(8):
        QTest.keyClick(view, Qt.Key.Key_Right, SHIFT)
    assert colour_at(grabbed(view), at_share(view, 0.85)) == QColor(*BLUE)
    for _ in range(30):
        QTest.keyClick(view, Qt.Key.Key_Left, SHIFT)
    assert colour_at(grabbed(view), at_share(view, 0.1)) == QColor(*RED)


def test_the_slider_can_be_taken_hold_of_when_its_line_is_out_of_sight(view: ImageViewer) -> None:
    view.show_picture(plain(RED), plain(BLUE))
    view.set_comparing(True)
    view.zoom_to(8.0)
    view.pan(QPointF(1200, 0))
    assert not QApplication.mouseButtons()
    middle = view.viewport_state.image_rect().intersected(view.rect()).center().y()
    drag(view, QPoint(790, round(middle)), QPoint(400, round(middle)))
    shown = grabbed(view)
    assert colour_at(shown, QPoint(600, round(middle) + 60)) == QColor(*RED)


def test_a_picture_of_another_shape_is_compared_without_being_stretched(view: ImageViewer) -> None:
    view.show_picture(plain(RED, 600, 400), plain(BLUE, 400, 400))
    view.set_comparing(True)
    for _ in range(12):
        QTest.keyClick(view, Qt.Key.Key_Right, SHIFT)
    shown = grabbed(view)
    target = view.viewport_state.image_rect()
    row = round(target.top() + target.height() * 0.8)
    blue = [x for x in range(view.width()) if colour_at(shown, QPoint(x, row)) == QColor(*BLUE)]
    assert len(blue) == pytest.approx(target.height(), abs=2)
    assert colour_at(shown, at_share(view, 0.05, 0.8)) == QColor(tokens().ground)


def test_a_rounded_size_counts_as_the_same_shape(view: ImageViewer) -> None:
    view.show_picture(plain(RED, 2048, 1365), plain(BLUE, 600, 400))
    view.set_comparing(True)
    assert colour_at(grabbed(view), at_share(view, 0.005, 0.8)) == QColor(*BLUE)


@pytest.mark.parametrize("share", [0.0, 0.5, 1.0])
def test_only_what_is_in_sight_is_named(view: ImageViewer, share: float) -> None:
    view.show_picture(plain(RED), plain(BLUE))
    view.set_comparing(True)
    for _ in range(12):
        QTest.keyClick(view, Qt.Key.Key_Left if share < 0.5 else Qt.Key.Key_Right, SHIFT)
    if share == 0.5:
        for _ in range(10):
            QTest.keyClick(view, Qt.Key.Key_Left, SHIFT)
    shown = grabbed(view)
    target = view.viewport_state.image_rect()
    row = round(target.top()) + 10
    named_left = colour_at(shown, QPoint(round(target.left()) + 14, row)) not in (QColor(*BLUE), QColor(*RED))
    named_right = colour_at(shown, QPoint(round(target.right()) - 14, row)) not in (QColor(*BLUE), QColor(*RED))
    assert (named_left, named_right) == (share > 0, share < 1)


def test_pixels_are_squares_above_200_percent(view: ImageViewer) -> None:
    pixels: Pixels = np.zeros((40, 40, 3), np.uint8)
    pixels[::2, ::2] = 255
    pixels[1::2, 1::2] = 255
    view.show_picture(ImagePyramid.of(pixels))
    view.zoom_to(8.0)
    shown = grabbed(view)
    shown = shown.copy(shown.width() // 2 - 100, shown.height() // 2 - 100, 200, 200)
    colours = {shown.pixelColor(x, y).name() for x in range(200) for y in range(200)}
    assert colours == {"#000000", "#ffffff"}


def test_the_hand_of_the_space_key_stays_while_the_mouse_moves(view: ImageViewer) -> None:
    QTest.keyPress(view, Qt.Key.Key_Space)
    QTest.mouseMove(view, QPoint(300, 300))
    QTest.mouseMove(view, QPoint(310, 300))
    assert view.cursor().shape() == Qt.CursorShape.OpenHandCursor
    QTest.keyRelease(view, Qt.Key.Key_Space)
    assert view.cursor().shape() == Qt.CursorShape.ArrowCursor
