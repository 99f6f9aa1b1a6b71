"""Comparing by wheel, mouse and keys: linked views, the slider, flicker and the difference."""

from __future__ import annotations

import asyncio

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QColor, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from imagineart_desktop.imaging import Pixels
from imagineart_desktop.ui.compare.pane import ComparedImage, CompareMode, ComparePane
from imagineart_desktop.ui.compare.views import ComparedView
from imagineart_desktop.ui.theme import Theme
from imagineart_desktop.workspace.image_pyramid import ImagePyramid
from tests.ui.window_driver import activate
from tests.waiting import until

NONE, LEFT = Qt.KeyboardModifier.NoModifier, Qt.MouseButton.LeftButton
RED, BLUE, GREEN = (200, 0, 0), (0, 0, 200), (0, 190, 0)


def plain(label: str, colour: tuple[int, int, int], width: int = 600, height: int = 400) -> ComparedImage:
    pixels: Pixels = np.empty((height, width, 3), np.uint8)
    pixels[:] = colour
    return ComparedImage(label, ImagePyramid.of(pixels), pixels)


@pytest.fixture
def pane(theme: Theme) -> ComparePane:
    made = ComparePane()
    made.resize(1000, 640)
    activate(made)
    made.show_pictures([plain("Red", RED), plain("Blue", BLUE)])
    QApplication.processEvents()
    return made


def turn_wheel(view: ComparedView, at: QPointF, notches: int) -> None:
    place = view.mapToGlobal(at)
    buttons, phase = Qt.MouseButton.NoButton, Qt.ScrollPhase.NoScrollPhase
    event = QWheelEvent(at, place, QPoint(), QPoint(0, 120 * notches), buttons, NONE, phase, False)
    QApplication.sendEvent(view, event)


def colour_at(pane: ComparePane, view: ComparedView, x: float, y: float = 0.5) -> tuple[int, int, int]:
    target = view.viewport_state.image_rect()
    point = QPointF(target.left() + x * target.width(), target.top() + y * target.height()).toPoint()
    colour: QColor = pane.grab().toImage().pixelColor(view.mapTo(pane, point) * pane.devicePixelRatioF())
    return colour.red(), colour.green(), colour.blue()


async def test_all_views_follow_the_one_that_is_moved(pane: ComparePane) -> None:
    pane.show_pictures([plain("Red", RED), plain("Blue", BLUE), plain("Green, larger", GREEN, 1200, 800)])
    QApplication.processEvents()
    one, two, large = pane.side_by_side.views[:3]
    assert not pane.side_by_side.views[3].isVisible()
    turn_wheel(two, QPointF(60, 70), 3)
    assert two.zoom == pytest.approx(one.zoom) == pytest.approx(large.zoom * 2)
    QTest.mousePress(one, LEFT, NONE, QPoint(100, 100))
    QTest.mouseMove(one, QPoint(140, 120))
    QTest.mouseRelease(one, LEFT, NONE, QPoint(140, 120))
    here, there = one.viewport_state.centre, large.viewport_state.centre
    assert (there.x(), there.y()) == pytest.approx((here.x() * 2, here.y() * 2))
    assert two.viewport_state.centre == here
    QTest.keyClick(large, Qt.Key.Key_0)
    assert [view.look.fitted for view in (one, two, large)] == [True, True, True]


async def test_the_link_can_be_switched_off_and_on(pane: ComparePane) -> None:
    one, two = pane.side_by_side.views[:2]
    before = one.zoom
    QTest.mouseClick(pane.link, LEFT)
    turn_wheel(two, QPointF(60, 70), 3)
    assert one.zoom == before < two.zoom
    QTest.mouseClick(pane.link, LEFT)
    assert one.zoom == pytest.approx(two.zoom)


async def test_the_slider_shows_the_first_at_the_left_and_the_second_at_the_right(pane: ComparePane) -> None:
    pane.set_mode(CompareMode.SLIDER)
    assert colour_at(pane, pane.single, 0.3) == RED
    assert colour_at(pane, pane.single, 0.7) == BLUE
    QTest.keyClick(pane.single, Qt.Key.Key_Left, Qt.KeyboardModifier.ShiftModifier, 0)
    for _ in range(6):
        QTest.keyClick(pane.single, Qt.Key.Key_Left, Qt.KeyboardModifier.ShiftModifier)
    assert colour_at(pane, pane.single, 0.3) == BLUE


async def test_of_more_than_two_any_two_can_be_chosen(pane: ComparePane) -> None:
    pane.show_pictures([plain("Red", RED), plain("Blue", BLUE), plain("Green", GREEN)])
    pane.set_mode(CompareMode.SLIDER)
    second = pane._pair_boxes[1]
    assert second.isVisible()
    second.setFocus()
    QTest.keyClick(second, Qt.Key.Key_Down)
    assert colour_at(pane, pane.single, 0.3) == RED
    assert colour_at(pane, pane.single, 0.7) == GREEN
    pane.set_mode(CompareMode.SIDE_BY_SIDE)
    assert not second.isVisible()


async def test_space_shows_the_next_at_the_same_place(pane: ComparePane) -> None:
    pane.show_pictures([plain("Red", RED), plain("Blue", BLUE), plain("Green", GREEN, 1200, 800)])
    pane.set_mode(CompareMode.FLICKER)
    QApplication.processEvents()
    turn_wheel(pane.single, QPointF(400, 260), 5)
    zoom, centre = pane.single.zoom, pane.single.viewport_state.centre
    for name, colour, size in (("Blue", BLUE, 1), ("Green", GREEN, 2), ("Red", RED, 1)):
        assert QApplication.focusWidget() is pane.single
        QTest.keyClick(pane.single, Qt.Key.Key_Space)
        assert pane.single.name == name
        assert colour_at(pane, pane.single, centre.x() / 600, centre.y() / 400) == colour
        assert pane.single.zoom == pytest.approx(zoom / size)
        assert pane.single.viewport_state.centre.x() == pytest.approx(centre.x() * size)


async def test_it_flips_by_itself_at_the_pace_that_is_set_until_nobody_looks(pane: ComparePane) -> None:
    pane.set_mode(CompareMode.FLICKER)
    pane.pace.setValue(100)
    QTest.mouseClick(pane.auto_flicker, LEFT)
    names = set()

    def both() -> bool:
        names.add(pane.single.name)
        return names == {"Red", "Blue"}

    await until(both)
    assert pane._timer.interval() == 100
    pane.hide()
    assert not pane._timer.isActive()


async def test_the_place_that_is_seen_stays_from_way_to_way(pane: ComparePane) -> None:
    turn_wheel(pane.side_by_side.views[1], QPointF(90, 90), 8)
    look = pane.side_by_side.views[1].look
    for way in (CompareMode.SLIDER, CompareMode.FLICKER, CompareMode.SIDE_BY_SIDE):
        pane.set_mode(way)
        QApplication.processEvents()
        view = pane.single if way is not CompareMode.SIDE_BY_SIDE else pane.side_by_side.views[0]
        assert view.look.span == pytest.approx(look.span)
        assert view.look.centre == pytest.approx(look.centre)


async def test_the_difference_is_amplified_and_told_in_figures(pane: ComparePane) -> None:
    one, other = plain("One", (100, 100, 100)), plain("Other", (100, 100, 100))
    other.pixels[:200] += 5
    pane.show_pictures([one, other])
    pane.set_mode(CompareMode.DIFFERENCE)
    await until(lambda: "50.00% of the pixels differ, by up to 5 of 255." in pane.note.text())
    assert colour_at(pane, pane.single, 0.5, 0.2) == (40, 40, 40)
    assert colour_at(pane, pane.single, 0.5, 0.8) == (0, 0, 0)
    pane.gain.setValue(20)
    await until(lambda: colour_at(pane, pane.single, 0.5, 0.2) == (100, 100, 100))
    pane.show_pictures([one, one])
    await until(lambda: pane.note.text() == "No pixel differs.")


async def test_nothing_is_shown_of_pictures_that_were_let_go(pane: ComparePane) -> None:
    for way in CompareMode:
        pane.show_pictures([plain("Red", RED), plain("Blue", BLUE)])
        pane.set_mode(way)
        pane.show_pictures([])
        await asyncio.sleep(0.05)
        assert not pane.single.has_picture
        assert not any(view.has_picture for view in pane.side_by_side.views)
