"""A pane that compares two to four images: side by side, with a slider, flickering, or as a difference."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QHideEvent
from PySide6.QtWidgets import QComboBox, QSlider, QStackedLayout, QVBoxLayout, QWidget

from imagineart_desktop.imaging import MAX_GAIN, Difference, Pixels, difference
from imagineart_desktop.ui.compare.views import MAX_COMPARED, ComparedView, SideBySide, ViewRegion
from imagineart_desktop.ui.widgets import Segmented, WrappingBar, button, plain_label, rule, spacer
from imagineart_desktop.workspace.background import spawn_owned
from imagineart_desktop.workspace.image_pyramid import ImagePyramid

_MIN_MS, _MAX_MS, _DEFAULT_MS = 100, 2000, 500
"""How long each image is shown while flickering, in milliseconds: minimum, maximum, default."""

_DEFAULT_GAIN = 8
_TOO_SMALL = 0.0001


class CompareMode(StrEnum):
    """How images are compared."""

    SIDE_BY_SIDE = "side by side"
    SLIDER = "slider"
    FLICKER = "flicker"
    DIFFERENCE = "difference"


_PAIR_MODES = (CompareMode.SLIDER, CompareMode.DIFFERENCE)


@dataclass(frozen=True, slots=True, eq=False)
class ComparedImage:
    """One image. label: a short name; pixels: height × width × 3 or 4, uint8, the content of the pyramid."""

    label: str
    pyramid: ImagePyramid
    pixels: Pixels


class ComparePane(QWidget):
    """A bar of comparison modes, with the images below it. All modes show the same region."""

    way_changed = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("ground")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._pictures: tuple[ComparedImage, ...] = ()
        self._way = CompareMode.SIDE_BY_SIDE
        self._look = ViewRegion()
        self._turn = 0
        self._found: tuple[ComparedImage, ComparedImage, Difference] | None = None
        self._stale = self._measuring = False
        self.side_by_side = SideBySide()
        self.single = ComparedView()
        self.images = QWidget()
        """What is below the bar."""
        self._timer = QTimer(self)
        self._timer.setInterval(_DEFAULT_MS)
        self._timer.timeout.connect(self.flip)
        self._build()
        self.side_by_side.looked.connect(self._looked)
        self.single.zoom_changed.connect(self._single_looked)
        self.single.next_wanted.connect(self.flip)
        self._show()

    @property
    def way(self) -> CompareMode:
        """Return the current comparison mode."""
        return self._way

    @property
    def pictures(self) -> tuple[ComparedImage, ...]:
        """Return the compared images."""
        return self._pictures

    def show_pictures(self, pictures: Sequence[ComparedImage], *, keep_view: bool = False) -> None:
        """Compare these images, at most four; slider and difference start with the first two.

        keep_view: keep showing the same region. An empty sequence releases the images.
        """
        self._pictures = tuple(pictures[:MAX_COMPARED])
        self._turn, self._found = 0, None
        if not keep_view:
            self._look = ViewRegion()
        for index, box in enumerate(self._pair_boxes):
            box.blockSignals(True)
            box.clear()
            box.addItems([picture.label for picture in self._pictures])
            box.setCurrentIndex(min(index, len(self._pictures) - 1))
            box.blockSignals(False)
        self._show()

    def _mode_chosen(self, value: str) -> None:
        self.set_mode(CompareMode(value))

    def set_mode(self, way: CompareMode) -> None:
        """Change the comparison mode."""
        changed = way is not self._way
        self._way = way
        self._ways.set_value(way.value)
        self._show()
        self._take_keys()
        if changed:
            self.way_changed.emit(way.value)

    def flip(self) -> None:
        """Show the next image when flickering."""
        if self._way is CompareMode.FLICKER and self._pictures:
            self._turn = (self._turn + 1) % len(self._pictures)
            self._show_turn()

    def fit(self) -> None:
        """Fit the images to the view."""
        self._look = ViewRegion()
        self._in_sight().fit()
        if self._way is CompareMode.SIDE_BY_SIDE:
            self.side_by_side.take_look(self._look)

    def zoom_to(self, zoom: float) -> None:
        """Set the zoom of the visible view; if views are linked, the others follow the first."""
        self._in_sight().zoom_to(zoom)

    def hideEvent(self, event: QHideEvent) -> None:
        """Stop flickering while hidden."""
        super().hideEvent(event)
        self.auto_flicker.setChecked(False)

    # Layout

    def _build(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        words = {way.value: way.value.capitalize() for way in CompareMode}
        self._ways = Segmented(words)
        self._ways.setAccessibleName("Comparison mode")
        self._ways.changed.connect(self._mode_chosen)
        self._pair_boxes = [QComboBox(), QComboBox()]
        for box, name in zip(self._pair_boxes, ("First image", "Second image"), strict=True):
            box.setAccessibleName(name)
            box.setMinimumContentsLength(10)
            box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
            box.currentIndexChanged.connect(self._show)
        self.link = button("Linked", tip="Zoom and move all images together")
        self.link.setCheckable(True)
        self.link.setChecked(True)
        self.link.toggled.connect(self._set_linked)
        self.auto_flicker = button("Automatic", tip="Flip automatically; Space flips by hand")
        self.auto_flicker.setCheckable(True)
        self.auto_flicker.toggled.connect(self._run)
        self.pace = _slider("Pace", _MIN_MS, _MAX_MS, _DEFAULT_MS)
        self.pace.setSingleStep(50)
        self.pace.valueChanged.connect(self._set_pace)
        self.gain = _slider("Amplification", 1, MAX_GAIN, _DEFAULT_GAIN)
        self.gain.valueChanged.connect(self._ask_difference)
        self._figure = plain_label("", "muted")
        options = (*self._pair_boxes, self.link, self.auto_flicker, self.pace, self.gain, self._figure)
        fit = button("Fit", self.fit, tip="Whole images (0)")
        actual = button("100%", lambda: self.zoom_to(1.0), tip="One image pixel per screen pixel (1)")
        column.addWidget(WrappingBar(self._ways, *options, spacer(), fit, actual))
        column.addWidget(rule())
        self.note = plain_label("", "muted", wrap=True)
        self.note.setContentsMargins(12, 6, 12, 6)
        column.addWidget(self.note)
        self._stack = QStackedLayout(self.images)
        self._stack.addWidget(self.side_by_side)
        self._stack.addWidget(self.single)
        column.addWidget(self.images, 1)

    def _take_keys(self) -> None:
        self._in_sight().setFocus(Qt.FocusReason.OtherFocusReason)

    def _in_sight(self) -> ComparedView:
        return self.side_by_side.views[0] if self._way is CompareMode.SIDE_BY_SIDE else self.single

    # Content

    def _show(self) -> None:
        way, several = self._way, len(self._pictures) > 2
        for box in self._pair_boxes:
            box.setVisible(way in _PAIR_MODES and several)
        self.link.setVisible(way is CompareMode.SIDE_BY_SIDE)
        for part in (self.auto_flicker, self.pace):
            part.setVisible(way is CompareMode.FLICKER)
        self.gain.setVisible(way is CompareMode.DIFFERENCE)
        self.note.setVisible(way is CompareMode.DIFFERENCE)
        self.note.setText("")
        self.auto_flicker.setChecked(self.auto_flicker.isChecked() and way is CompareMode.FLICKER)
        self.single.flickers = way is CompareMode.FLICKER
        self._show_figure()
        if way is CompareMode.SIDE_BY_SIDE:
            self._stack.setCurrentWidget(self.side_by_side)
            self.side_by_side.show_pictures([(p.label, p.pyramid) for p in self._pictures], self._look)
            self.single.show_picture(None)
            return
        self._stack.setCurrentWidget(self.single)
        self.side_by_side.show_pictures([], self._look)
        self.single.set_comparing(way is CompareMode.SLIDER)
        if way is CompareMode.SLIDER:
            self._show_slider()
        elif way is CompareMode.FLICKER:
            self._show_turn()
        else:
            self._ask_difference()

    def _show_slider(self) -> None:
        self.single.set_name("")
        pair = self._pair()
        if pair is None:
            self._show_single(None)
            return
        before, after = pair
        self.single.set_words(before.label, after.label)
        self._show_single(after.pyramid, before.pyramid)

    def _show_turn(self) -> None:
        picture = self._pictures[self._turn] if self._pictures else None
        self.single.set_name(picture.label if picture is not None else "")
        self._show_single(picture.pyramid if picture is not None else None)

    def _show_single(self, after: ImagePyramid | None, before: ImagePyramid | None = None) -> None:
        self.single.show_at(self._look, after, before)

    def _pair(self) -> tuple[ComparedImage, ComparedImage] | None:
        first, second = (box.currentIndex() for box in self._pair_boxes)
        if len(self._pictures) < 2 or min(first, second) < 0:
            return None
        return self._pictures[first], self._pictures[second]

    def _single_looked(self) -> None:
        self._looked(self.single.look)

    def _looked(self, look: ViewRegion) -> None:
        self._look = look

    def _set_linked(self, on: bool) -> None:
        self.side_by_side.linked = on
        if on:
            self.side_by_side.take_look(self._look)

    # Flicker

    def _run(self, on: bool) -> None:
        if on:
            self._timer.start()
        else:
            self._timer.stop()

    def _set_pace(self, milliseconds: int) -> None:
        self._timer.setInterval(milliseconds)
        self._show_figure()

    def _show_figure(self) -> None:
        figures = {
            CompareMode.FLICKER: f"{self.pace.value() / 1000:.1f} s · Space shows the next",
            CompareMode.DIFFERENCE: f"× {self.gain.value()}",
        }
        self._figure.setText(figures.get(self._way, ""))

    # Difference

    def _ask_difference(self) -> None:
        self._show_figure()
        self._stale = True
        if not self._measuring:
            spawn_owned(self, self._measure())

    async def _measure(self) -> None:
        """Measure one difference at a time; a request that arrives meanwhile is measured next."""
        self._measuring = True
        try:
            while self._stale:
                self._stale = False
                await self._measure_pair()
        finally:
            self._measuring = False

    async def _measure_pair(self) -> None:
        pair, gain = self._pair(), self.gain.value()
        if pair is None:
            self.single.set_name("")
            self._show_single(None)
            return
        first, second = pair
        if self._found is None or self._found[:2] != pair:
            self.single.set_name("Measuring…")
            measured = await asyncio.to_thread(difference, first.pixels, second.pixels)
            self._found = (first, second, measured)
        found = self._found[2]
        pyramid = await asyncio.to_thread(lambda: ImagePyramid.of(found.amplified(gain)))
        if self._way is CompareMode.DIFFERENCE and not self._stale:
            self.single.set_name(f"{first.label} – {second.label}")
            self._show_single(pyramid)
            self.note.setText(_difference_text(found, second.label))


def _difference_text(found: Difference, second: str) -> str:
    """Return a sentence that describes the difference."""
    if not found.largest:
        sentence = "No pixel differs."
    else:
        share = "less than 0.01%" if found.share < _TOO_SMALL else f"{found.share * 100:.2f}%"
        sentence = f"{share} of the pixels differ, by up to {found.largest} of 255."
    if found.resized:
        sentence += f" “{second}” was scaled to the size of the first."
    return sentence


def _slider(name: str, min_value: int, max_value: int, default: int) -> QSlider:
    made = QSlider(Qt.Orientation.Horizontal)
    made.setRange(min_value, max_value)
    made.setValue(default)
    made.setFixedWidth(110)
    made.setAccessibleName(name)
    made.setToolTip(name)
    return made
