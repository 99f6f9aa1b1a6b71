"""Looking at a result: itself, the picture before it, as the service sent it, or with another seam."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from enum import StrEnum

import numpy as np
from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QWidget
from shiboken6 import isValid

from imagineart_desktop.imaging import PictureError, load_picture
from imagineart_desktop.library import Library, LibraryError
from imagineart_desktop.ui.canvas.mask_canvas import MaskCanvas
from imagineart_desktop.ui.canvas.pyramid import Pyramid
from imagineart_desktop.ui.compare.pane import Compared, ComparePane
from imagineart_desktop.ui.inpaint.results_strip import SOURCE, ResultsStrip
from imagineart_desktop.ui.inpaint.seam_preview import SeamPreview
from imagineart_desktop.ui.inpaint.trip_controls import TripControls
from imagineart_desktop.ui.loop import spawn
from imagineart_desktop.ui.widgets import Segmented, button


class Way(StrEnum):
    """How a result is looked at."""

    RESULT = "result"
    BEFORE = "before"
    RAW = "raw"


_WORDS = {Way.RESULT.value: "Result", Way.BEFORE.value: "Before", Way.RAW.value: "As it came"}


class LookBar(QWidget):
    """Shown above the canvas while a result is looked at."""

    apply_wanted = Signal()
    compare_wanted = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("bar")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 6, 12, 6)
        row.setSpacing(10)
        self.way = Segmented(_WORDS)
        self.compare = button("Compare…", self.compare_wanted.emit, tip="Slider, side by side, difference")
        self.keep_mask = QCheckBox("Keep the mask")
        self.apply = button("Apply", self.apply_wanted.emit, kind="primary", tip="Make it the picture  Enter")
        row.addWidget(self.way)
        row.addWidget(self.compare)
        row.addStretch(1)
        row.addWidget(self.keep_mask)
        row.addWidget(self.apply)
        self.hide()


class Looking(QObject):
    """Which result is looked at, and how. say: sentence and tone of what is worth saying."""

    comparing = Signal(bool)
    """Whether the pane that compares takes the canvas's place."""

    def __init__(
        self,
        parent: QObject,
        library: Library,
        canvas: MaskCanvas,
        strip: ResultsStrip,
        trip: TripControls,
        say: Callable[[str, str], None],
    ) -> None:
        super().__init__(parent)
        self._library = library
        self._canvas = canvas
        self._strip = strip
        self._trip = trip
        self._say = say
        self._number = SOURCE
        self._turn = 0
        self._compared: list[int] = []
        self._mask_wanted = True
        self.bar = LookBar()
        self.pane = ComparePane()
        self.seam = SeamPreview(library, lambda sentence: say(sentence, "caution"))
        self.bar.way.changed.connect(self._way_chosen)
        strip.looked.connect(self.look_at)
        self.bar.compare_wanted.connect(lambda: self.compare([SOURCE, self._number]))
        strip.compared.connect(lambda number: self.compare([strip.current(), number]))
        strip.flipped.connect(self.flip)
        canvas.source_wanted.connect(self._back_to_source)
        trip.seam_changed.connect(lambda: spawn(self._try_seam()))

    @property
    def number(self) -> int:
        """The result that is looked at; `SOURCE` for none."""
        return self._number

    def forget(self) -> None:
        """Another picture is on the canvas; none of its results is looked at."""
        self._turn += 1
        self._leave_pane()
        self._number = SOURCE
        self.bar.hide()
        self._canvas.set_mask_shown(self._mask_wanted)

    def want_mask(self, shown: bool) -> None:
        """Whether the mask is shown over the source."""
        self._mask_wanted = shown
        if self._number == SOURCE or self.bar.way.value() == Way.BEFORE.value:
            self._canvas.set_mask_shown(shown)

    def look_at(self, number: int) -> None:
        """A result of the strip, or the source."""
        self._leave_pane()
        self._number = number
        self.bar.way.set_value(Way.RESULT.value)
        self.bar.setVisible(number != SOURCE)
        self.seam.look_at(number)
        spawn(self._show())

    def flip(self) -> None:
        """Between the result that is looked at and the source."""
        self._leave_pane()
        if self._number == SOURCE:
            if self._strip.current() != SOURCE:
                self.look_at(self._strip.current())
            return
        before = self.bar.way.value() == Way.BEFORE.value
        self.bar.way.set_value(Way.RESULT.value if before else Way.BEFORE.value)
        spawn(self._show())

    def compare(self, numbers: list[int]) -> None:
        """Results, or the source and a result, against each other; the same pair again ends it."""
        if self._compared == numbers:
            self._leave_pane()
        elif len(set(numbers)) > 1:
            spawn(self._compare(numbers))

    async def _compare(self, numbers: list[int]) -> None:
        self._turn += 1
        turn = self._turn
        try:
            pictures = [await self._read(number) for number in numbers]
        except (LibraryError, PictureError, ValueError) as error:
            self._say(str(error), "error")
            return
        if turn == self._turn:
            self._compared = numbers
            self.pane.show_pictures(pictures)
            self.comparing.emit(True)

    async def _read(self, number: int) -> Compared:
        """A result by its place in the strip, or the source. Raises LibraryError, PictureError, ValueError."""
        source = self._canvas.pixels
        if number == SOURCE and source is not None:
            return Compared("Before", await asyncio.to_thread(Pyramid.of, source), source)
        (picture,) = await self._library.summaries([number])

        def decode() -> Compared:
            pixels = load_picture(picture.path).pixels
            return Compared(f"Result {self._strip.place_of(number)}", Pyramid.of(pixels), pixels)

        return await asyncio.to_thread(decode)

    def _leave_pane(self) -> None:
        if self._compared:
            self._compared = []
            self.pane.show_pictures([])
            self.comparing.emit(False)

    def _back_to_source(self) -> None:
        """A tool is used: it works on the source."""
        self.bar.way.set_value(Way.BEFORE.value)
        self._show_source()

    def _show_source(self) -> None:
        self._turn += 1
        self._canvas.show_result(None)
        self._canvas.set_mask_shown(self._mask_wanted)

    def _way_chosen(self) -> None:
        self._leave_pane()
        spawn(self._show())

    async def _show(self) -> None:
        self._turn += 1
        turn, number, way = self._turn, self._number, Way(self.bar.way.value())
        if number == SOURCE or way is Way.BEFORE:
            self._show_source()
            return
        try:
            (picture,) = await self._library.summaries([number])
            raw = await self._library.raw_result(number) if way is Way.RAW else picture.path
            if raw is None:
                self._say("The service’s own result is not in the library any more.", "caution")
                raw = picture.path
            pyramid = await asyncio.to_thread(lambda: Pyramid.of(load_picture(raw).pixels))
        except (LibraryError, PictureError, ValueError) as error:
            self._say(str(error), "error")
            return
        if turn == self._turn:
            self._put(pyramid)
            if way is Way.RESULT and picture.findings:
                self._say(" ".join(picture.findings), "info")

    async def _try_seam(self) -> None:
        if self._number == SOURCE:
            return
        self.bar.way.set_value(Way.RESULT.value)
        pixels = await self.seam.made(self._trip.trip())
        if pixels is not None:
            turn = self._turn
            pyramid = await asyncio.to_thread(Pyramid.of, np.ascontiguousarray(pixels))
            if turn == self._turn:
                self._put(pyramid)

    def _put(self, pyramid: Pyramid) -> None:
        if not isValid(self._canvas):
            return
        self._canvas.set_mask_shown(False)
        self._canvas.show_result(pyramid)
