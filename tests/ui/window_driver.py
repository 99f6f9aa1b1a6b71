"""Driver for a window in tests: the real parts, a real demo server, and real mouse and key events."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Collection, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

from PySide6.QtCore import QEvent, QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QColor, QDropEvent, QImage, QMouseEvent, QPointingDevice, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from imagineart_desktop.app import make_application
from imagineart_desktop.demo import FAST_TIMING, DemoServer, Fault, Timing
from imagineart_desktop.fal import FAL_HOSTS, Hosts, RetryRules
from imagineart_desktop.jobs import CompositeCache, JobEvent, JobState
from imagineart_desktop.places import AppPaths
from imagineart_desktop.studio import Core, open_core
from imagineart_desktop.ui.canvas.image_canvas import ImageCanvas
from imagineart_desktop.ui.canvas.mask_canvas import MaskCanvas
from imagineart_desktop.ui.jobs.card import JobCard
from imagineart_desktop.ui.settings.dialog import SettingsDialog
from imagineart_desktop.ui.theme import Theme
from imagineart_desktop.ui.window.main_window import MainWindow
from imagineart_desktop.ui.window.pages import tabs_to_restore
from imagineart_desktop.workspace.options import Option
from imagineart_desktop.workspace.preferences import Preferences
from tests.waiting import until, wait_until

_Widget = TypeVar("_Widget", bound=QWidget)
NONE = Qt.KeyboardModifier.NoModifier


@dataclass
class Driver:
    window: MainWindow
    parts: Core
    events: list[JobEvent]
    demo: DemoServer | None = None

    def order(self, *faults: str) -> None:
        """Make the demo server fail; nothing ends the fault."""
        assert self.demo is not None
        self.demo.order(*map(Fault.parse, faults))

    async def until(self, true: Callable[[], object]) -> None:
        """Wait until the condition holds. Raises TimeoutError once the program hardly does any work."""
        await until(true)

    async def pictures(self, count: int) -> list[int]:
        """Wait until this many images were made since the window opened; return their ids."""

        def made() -> list[int]:
            return [number for event in self.events for number in event.pictures]

        await self.until(lambda: len(made()) >= count)
        return made()

    async def failure(self) -> str:
        """Wait until a job failed; return its message."""
        await self.until(lambda: any(event.job.state is JobState.FAILED for event in self.events))
        failed = next(e.job.failure for e in self.events if e.job.failure and e.job.state is JobState.FAILED)
        return str(failed.message)

    async def cards(self, count: int) -> list[JobCard]:
        """Scroll to the end of the job strip until it has this many cards. Returns them in order."""
        strip = self.window.strip
        bar = strip._area.horizontalScrollBar()

        def complete() -> bool:
            bar.setValue(bar.maximum())
            return len(strip._cards) == count

        await self.until(complete)
        return list(strip._cards.values())

    def click(self, widget: QWidget) -> None:
        QTest.mouseClick(widget, Qt.MouseButton.LeftButton)

    def type(self, widget: QWidget, text: str) -> None:
        widget.setFocus()
        QTest.keyClick(widget, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
        QTest.keyClicks(widget, text)

    def drop(self, widget: QWidget, paths: Sequence[Path]) -> None:
        mime = QMimeData()
        mime.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
        event = QDropEvent(QPointF(5, 5), Qt.DropAction.CopyAction, mime, Qt.MouseButton.LeftButton, NONE)
        widget.dropEvent(event)

    def drag(
        self,
        canvas: MaskCanvas,
        points: Sequence[tuple[float, float]],
        modifiers: Qt.KeyboardModifier = NONE,
    ) -> list[QPointF]:
        """Drag through points of the image. Returns the points of the widget that the mouse passed."""
        path = [on_screen(canvas, x, y) for x, y in points]
        canvas.setFocus(Qt.FocusReason.MouseFocusReason)
        send_mouse(canvas, QEvent.Type.MouseButtonPress, path[0], modifiers)
        for point in path[1:]:
            send_mouse(canvas, QEvent.Type.MouseMove, point, modifiers)
        send_mouse(canvas, QEvent.Type.MouseButtonRelease, path[-1], modifiers)
        return path

    async def on_canvas(self, path: Path) -> MaskCanvas:
        """Open an image in Inpaint, even if another one is open."""
        page = self.window.inpaint
        opened: list[bool] = []

        def note() -> None:
            opened.append(True)

        self.window.go_to("inpaint")
        page.image_opened.connect(note)
        self.drop(page.canvas, [path])
        await self.until(lambda: opened)
        page.image_opened.disconnect(note)
        await asyncio.sleep(0.05)
        return page.canvas


Finger = tuple[str, QPoint]


def press(at: QPoint) -> Finger:
    return "press", at


def move(at: QPoint) -> Finger:
    return "move", at


def release(at: QPoint) -> Finger:
    return "release", at


@cache
def _touch_screen() -> QPointingDevice:
    """Return the touch screen shared by all tests. It's never deleted, as Qt keeps pointers to the devices it knows."""
    return QTest.createTouchDevice()


class Fingers:
    """Fingers on a touch screen, numbered in order."""

    def __init__(self, canvas: MaskCanvas) -> None:
        self._canvas = canvas
        self._screen = _touch_screen()

    async def put(self, *fingers: Finger) -> None:
        sequence = QTest.touchEvent(self._canvas, self._screen, False)
        for number, (what, at) in enumerate(fingers):
            getattr(sequence, what)(number, at, self._canvas)
        sequence.commit(False)
        await asyncio.sleep(0.02)


def on_screen(canvas: ImageCanvas, x: float, y: float) -> QPointF:
    """Return the point of the widget nearest to a point of the image, among those that a mouse can be at.

    These are whole pixels of the screen, not of the widget, whose points have fractions if the screen is scaled.
    """
    ratio = canvas.devicePixelRatioF()
    return QPointF((canvas.viewport_state.to_widget(QPointF(x, y)) * ratio).toPoint()) / ratio


def colour_at(image: QImage, at: QPoint | QPointF) -> QColor:
    """Return the color at a point of the widget in a grabbed image, which has the screen's pixels."""
    return image.pixelColor((QPointF(at) * image.devicePixelRatio()).toPoint())


def send_mouse(canvas: ImageCanvas, kind: QEvent.Type, at: QPointF, modifiers: Qt.KeyboardModifier = NONE) -> None:
    """Send an event of the left button. `QTest` knows only whole points of the widget."""
    left, none = Qt.MouseButton.LeftButton, Qt.MouseButton.NoButton
    button = none if kind is QEvent.Type.MouseMove else left
    held = none if kind is QEvent.Type.MouseButtonRelease else left
    QApplication.sendEvent(canvas, QMouseEvent(kind, at, canvas.mapToGlobal(at), button, held, modifiers))


def click_picture(canvas: ImageCanvas, x: float, y: float, kind: QEvent.Type = QEvent.Type.MouseButtonPress) -> QPointF:
    """Click at a point of the image. Returns the point of the image that was hit, see `on_screen`.

    kind: of the press; `MouseButtonDblClick` for the second press of a double click.
    """
    at = on_screen(canvas, x, y)
    hit = canvas.viewport_state.to_image(at)
    send_mouse(canvas, kind, at)
    send_mouse(canvas, QEvent.Type.MouseButtonRelease, at)
    return hit


def point_at(view: QWidget, at: QPoint) -> None:
    """Move the pointer there, even if other windows cover that point of the screen."""
    spot, none = QPointF(at), Qt.MouseButton.NoButton
    moved = QMouseEvent(
        QEvent.Type.MouseMove, spot, QPointF(view.mapToGlobal(at)), none, none, Qt.KeyboardModifier.NoModifier
    )
    QApplication.sendEvent(view, moved)


def activate(widget: QWidget) -> None:
    """Show the widget and wait until it has the keyboard."""
    widget.show()
    widget.activateWindow()
    wait_until(widget.isActiveWindow, QApplication.processEvents)
    settle()


def child(parent: QWidget, kind: type[_Widget], name: str = "") -> _Widget:
    """Return the child widget of this class, or the one of them with this object name."""
    found = parent.findChild(kind, name) if name else parent.findChild(kind)
    assert found is not None
    return found


def settle() -> None:
    """Process what is due now: layouts, paints, deletions, and the events that these post."""
    for _ in range(5):
        QApplication.processEvents()
        QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


def option_control(settings: SettingsDialog, option: Option[Any], kind: type[_Widget]) -> _Widget:
    """Return an option's control in the settings."""
    control = settings.options.controls[option.name]
    assert isinstance(control, kind)
    return control


def turn_wheel(widget: QWidget) -> None:
    """Turn the wheel down by one notch over the middle of a widget."""
    middle = QPointF(widget.rect().center())
    event = QWheelEvent(
        middle,
        QPointF(widget.mapToGlobal(widget.rect().center())),
        QPoint(),
        QPoint(0, -120),
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(widget, event)


def undress(theme: Theme) -> None:
    """Remove the style sheet: as in the program, a window is built without one and styled once, in half the time."""
    make_application().setStyleSheet("")
    theme._dressed = False


@asynccontextmanager
async def opened(
    root: Path,
    theme: Theme,
    *,
    pace: Timing = FAST_TIMING,
    live_hosts: Hosts = FAL_HOSTS,
    rules: RetryRules | None = None,
    size: tuple[int, int] = (1440, 900),
    read_only: bool = False,
    at_once: Collection[str] = (),
) -> AsyncIterator[Driver]:
    """Open the window on everything below `root`; close and save it at the end, as a user closes it.

    at_once: tabs that the test uses; building their pages together with the window is faster.
    """
    undress(theme)
    places = AppPaths.below(root)
    preferences = Preferences(places.settings)
    demo = DemoServer(places.demo, pace=pace)
    hasty = rules or RetryRules(first_wait=0.02, max_wait=0.1)
    async with open_core(
        places, demo=demo, rules=hasty, live_hosts=live_hosts, read_only=read_only, composed=CompositeCache()
    ) as parts:
        needed = {*at_once, *await tabs_to_restore(parts.library, parts.worker)}
        window = MainWindow(parts.library, parts.worker, parts.account, preferences, theme, at_once=needed)
        events: list[JobEvent] = []
        parts.worker.subscribe(events.append)
        window.resize(*size)
        await window.restore()
        window.show()
        window.activateWindow()
        driver = Driver(window, parts, events, demo)
        try:
            await driver.until(window.isActiveWindow)
            yield driver
        finally:
            window.close()
            await window.save()
            preferences.save()
            window.deleteLater()
