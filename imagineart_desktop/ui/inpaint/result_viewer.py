"""Viewing a result: with the current seam, the source before it, or as the service sent it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress
from typing import NamedTuple

from PySide6.QtCore import QObject, QSignalBlocker, Signal

from imagineart_desktop.imaging import InpaintSettings, Margins
from imagineart_desktop.jobs import MissingError
from imagineart_desktop.support import UserError
from imagineart_desktop.ui.canvas.mask_canvas import MaskCanvas
from imagineart_desktop.ui.compare.pane import ComparedImage, ComparePane
from imagineart_desktop.ui.inpaint.result_bar import RAW_NOT_APPLICABLE_MESSAGE, ResultBar, ViewMode
from imagineart_desktop.ui.inpaint.results_strip import SOURCE_ID, ResultsStrip
from imagineart_desktop.ui.widgets import InlineMessage, MessageHandle, PendingWork
from imagineart_desktop.workspace.background import ShowProgress, spawn_owned
from imagineart_desktop.workspace.image_pyramid import ImagePyramid
from imagineart_desktop.workspace.inpaint.captions import recipe_line
from imagineart_desktop.workspace.inpaint.result_versions import BlendSetting, ResultVersion, blend_setting_of
from imagineart_desktop.workspace.inpaint.session import InpaintSession


class _ShownView(NamedTuple):
    """What the canvas shows of a result."""

    number: int
    way: ViewMode
    setting: BlendSetting


class ResultViewer(QObject):
    """Controls which result is viewed, and how.

    message: shows remarks about the result. waiting: shows what must be rendered; if canceled, canvas and settings stay
    as they were. Seam and tone are those set beside the canvas, for every result that is shown, compared or applied.
    """

    comparing = Signal(bool)
    """Whether the comparison pane replaces the canvas."""
    changed = Signal()
    """Another result is viewed, or none."""

    def __init__(
        self,
        parent: QObject,
        session: InpaintSession,
        canvas: MaskCanvas,
        strip: ResultsStrip,
        message: InlineMessage,
        waiting: PendingWork,
    ) -> None:
        super().__init__(parent)
        self._canvas = canvas
        self._strip = strip
        self._settings = session.settings
        self._source = session.extended_source
        self._message = message
        self._waiting = waiting
        self._said: MessageHandle | None = None
        self._number = SOURCE_ID
        self._turn = self._running_token = 0
        self._stale = self._at_work = self._is_early = False
        self._render_task: asyncio.Task[object] | None = None
        self._shown = _ShownView(SOURCE_ID, ViewMode.BEFORE, blend_setting_of(session.settings.value))
        self._compared: list[int] = []
        self._compare_token = 0
        self._comparing: asyncio.Task[object] | None = None
        self._setting_compared: BlendSetting | None = None
        self._seam_moved = False
        self._version: ResultVersion | None = None
        self.versions = session.versions
        self.bar = ResultBar()
        self.pane = ComparePane()
        self._connect()

    def _connect(self) -> None:
        self.bar.way_changed.connect(self._way_chosen)
        self.bar.compare_wanted.connect(self._compare_with_source)
        self._strip.looked.connect(self.look_at)
        self._strip.flipped.connect(self.flip)
        self._strip.compare_requested.connect(self._compare_with_current)
        self.comparing.connect(self.bar.set_comparing)
        self._canvas.source_requested.connect(self._back_to_source)
        self._settings.seam_changed.connect(self._seam_changed)

    @property
    def number(self) -> int:
        """Return the id of the viewed result; `SOURCE_ID` for none."""
        return self._number

    @property
    def is_comparing(self) -> bool:
        """Return whether images are being compared."""
        return bool(self._compared)

    def forget(self) -> None:
        """Reset the view for another image on the canvas."""
        self._close_comparison()
        self._begin(SOURCE_ID)
        self._show_source()

    def set_mask_shown(self, shown: bool) -> None:
        """Set whether the mask is shown over the source."""
        self._canvas.set_mask_shown(shown)
        if shown and self.bar.chosen() is ViewMode.BEFORE:
            self._back_to_source()

    def look_at(self, number: int) -> None:
        """View a result of the strip, or the source."""
        self._close_comparison()
        self._begin(number)
        self._refresh()

    def look_early(self, pyramid: ImagePyramid) -> None:
        """View a result that the library doesn't have yet, in place of the source; see `EarlyLook`."""
        with QSignalBlocker(self._strip):
            self._strip.choose(SOURCE_ID)
        self._close_comparison()
        self._begin(SOURCE_ID, early=True)
        self._stale = False
        self._note_shown(SOURCE_ID, ViewMode.BEFORE)
        self._put(pyramid)

    def end_early_look(self) -> None:
        """View the source again, if nothing else is viewed meanwhile."""
        if self._is_early:
            self._begin(SOURCE_ID)
            self._show_source()

    def _supersede(self) -> None:
        """Cancel the rendering in progress: its result is no longer wanted."""
        self._turn += 1
        if self._render_task is not None:
            self._render_task.cancel()

    def _begin(self, number: int, *, early: bool = False) -> None:
        self._supersede()
        if self._number == SOURCE_ID:
            # While the source is shown, seam changes render nothing, so canceling returns to the current setting.
            self._note_shown(SOURCE_ID, ViewMode.BEFORE)
        if number != self._number:
            self._version, self._seam_moved = None, False
            self._unsay()
            self.bar.recipe_label.setText("")
            spawn_owned(self, self._describe(number))
        self._number = number
        self.bar.choose(ViewMode.RESULT)
        self._is_early = early
        if not early:
            self.bar.setVisible(number != SOURCE_ID)
        # Otherwise it stays in sight if it is: the result is about to be in the library.
        self.bar.set_ready(not early)
        self.changed.emit()

    async def _describe(self, number: int) -> None:
        """Show what made a result right away: that is known long before a large result is read."""
        if number == SOURCE_ID:
            return
        with suppress(UserError):
            recipe = await self.versions.recipe(number)
            if number == self._number:
                self.bar.recipe_label.setText(recipe_line(recipe))

    def flip(self) -> None:
        """Toggle between the viewed result and the source."""
        self._close_comparison()
        if self._number != SOURCE_ID:
            self.bar.choose(ViewMode.RESULT if self.bar.chosen() is ViewMode.BEFORE else ViewMode.BEFORE)
            self._refresh()

    def can_apply(self) -> bool:
        """Return whether what is shown is what Apply would use; if not, say why."""
        if self.bar.shows_raw:
            self._say(RAW_NOT_APPLICABLE_MESSAGE, "caution", holds=lambda: self.bar.shows_raw)
        return not self.bar.shows_raw

    def leave(self) -> None:
        """Leave the comparison, or otherwise go back to the source."""
        if self._compared:
            self._close_comparison()
        else:
            self._strip.choose(SOURCE_ID)

    # Comparing

    def compare(self, numbers: list[int]) -> None:
        """Compare results, or the source and a result. The same pair again ends the comparison."""
        if self._compared == numbers:
            self._close_comparison()
        elif len(set(numbers)) > 1:
            self._compared = numbers
            spawn_owned(self, self._compare(numbers))

    def _compare_with_source(self) -> None:
        self.compare([SOURCE_ID, self._number])

    def _compare_with_current(self, number: int) -> None:
        self.compare([self._strip.current(), number])

    async def _compare(self, numbers: list[int], *, keep_view: bool = False) -> None:
        self._compare_token += 1
        turn, trip = self._compare_token, self._settings.value
        if self._comparing is not None:
            self._comparing.cancel()

        async def work(show: ShowProgress) -> list[ComparedImage]:
            self._comparing = asyncio.current_task()
            return await self._load_compared(numbers, trip, show)

        try:
            pictures = await self._waiting.on("Comparing", work)
        except (UserError, ValueError) as error:
            if turn == self._compare_token and self._compared == numbers:
                self._say(str(error), "error")
                self._close_comparison()
            return
        if turn != self._compare_token or self._compared != numbers:
            return
        if pictures is not None:
            self._setting_compared = blend_setting_of(trip)
            self.pane.show_pictures(pictures, keep_view=keep_view)
            self.comparing.emit(True)
        elif keep_view and self._setting_compared is not None:
            self._put_setting(self._setting_compared)
        else:
            self._close_comparison()

    async def _load_compared(
        self, numbers: list[int], trip: InpaintSettings, show: ShowProgress
    ) -> list[ComparedImage]:
        versions = {
            number: await self.versions.version(number, trip, show) for number in numbers if number != SOURCE_ID
        }
        margins = next((version.margins for version in versions.values()), Margins())
        pictures = []
        for number in numbers:
            if number == SOURCE_ID:
                before = await self._source.extended(margins)
                pictures.append(ComparedImage("Before", before.pyramid, before.pixels))
            else:
                version = versions[number]
                label = f"Result {self._strip.index_of(number)}"
                pictures.append(ComparedImage(label, version.pyramid, version.pixels))
        return pictures

    def _close_comparison(self) -> None:
        if self._comparing is not None:
            self._comparing.cancel()
        if self._compared:
            self._compared = []
            self.pane.show_pictures([])
            self.comparing.emit(False)

    # On the canvas

    def _back_to_source(self) -> None:
        """Show the source with its mask, because a tool is being used on it."""
        self.bar.choose(ViewMode.BEFORE)
        self._show_source()

    def _show_source(self) -> None:
        self._supersede()
        self._stale = self._is_early = False
        self.bar.setVisible(self._number != SOURCE_ID)
        self._note_shown(self._number, ViewMode.BEFORE)
        self._canvas.show_result(None)
        self._canvas.set_overlays_hidden(False)

    def _way_chosen(self) -> None:
        self._message.review()
        self._close_comparison()
        self._refresh()

    def _seam_changed(self) -> None:
        if self._number == SOURCE_ID:
            return
        self._seam_moved = True
        if self._compared:
            spawn_owned(self, self._compare(self._compared, keep_view=True))
            return
        self.bar.choose(ViewMode.RESULT)
        self._refresh()

    def _refresh(self) -> None:
        """Show the cached version if there is one; otherwise render it, keeping only the latest request."""
        if self._number == SOURCE_ID:
            self._show_source()
        elif not self._show_cached():
            self._stale = True
            if not self._at_work:
                spawn_owned(self, self._work())

    def _show_cached(self) -> bool:
        version = self.versions.ready(self._number, self._settings.value)
        if version is None or self.bar.chosen() is ViewMode.RAW:
            return False
        if self.bar.chosen() is ViewMode.RESULT:
            self._supersede()
            self._show_version(version)
        elif not any(version.margins):
            self._supersede()
            self._put(None)
        else:
            return False
        self._stale = False
        self._note_shown(self._number, self.bar.chosen())
        return True

    def _note_shown(self, number: int, way: ViewMode) -> None:
        self._shown = _ShownView(number, way, blend_setting_of(self._settings.value))

    async def _work(self) -> None:
        self._at_work = True
        try:
            while self._stale:
                words = "Blending the result" if self._seam_moved else "Opening the result"
                made = await self._waiting.on(words, self._show_stale)
                if made is None and self._running_token == self._turn:
                    self._revert_controls()
        finally:
            self._at_work = False

    async def _show_stale(self, show: ShowProgress) -> bool:
        self._render_task = asyncio.current_task()
        try:
            while self._stale:
                self._stale = False
                await self._show(show)
        finally:
            self._render_task = None
        return True

    def _revert_controls(self) -> None:
        """Reset settings and bar to what the canvas shows, after the user canceled."""
        self._stale = False
        number, way, setting = self._shown
        self._put_setting(setting)
        if number == self._number:
            self.bar.choose(way)
        else:
            self._strip.choose(SOURCE_ID)

    def _put_setting(self, setting: BlendSetting) -> None:
        feather, tone_match = setting
        self._settings.set_seam(feather, tone_match=tone_match)

    async def _show(self, show: ShowProgress) -> None:
        self._turn += 1
        self._running_token = self._turn
        turn, number, way, trip = self._turn, self._number, self.bar.chosen(), self._settings.value
        try:
            version = await self.versions.version(number, trip, show)
            way, pyramid = await self._pyramid_of(version, way, turn)
        except (UserError, ValueError) as error:
            if turn == self._turn:
                self._say(str(error), "error")
            return
        if turn != self._turn:
            return
        self._shown = _ShownView(number, way, blend_setting_of(trip))
        if way is ViewMode.RESULT:
            self._show_version(version)
        else:
            self._put(pyramid)

    async def _pyramid_of(
        self, version: ResultVersion, way: ViewMode, turn: int
    ) -> tuple[ViewMode, ImagePyramid | None]:
        """Return what to show: the result if the raw one is missing.

        The pyramid is None for the source on the canvas.
        """
        if way is ViewMode.BEFORE:
            return way, (await self._source.extended(version.margins)).pyramid if any(version.margins) else None
        if way is ViewMode.RESULT:
            return way, version.pyramid
        try:
            came = await self.versions.as_it_came(version.number)
        except MissingError as error:
            if turn == self._turn:
                self._say(str(error), "caution")
                self.bar.choose(ViewMode.RESULT)
            return ViewMode.RESULT, version.pyramid
        return way, await asyncio.to_thread(ImagePyramid.of, came)

    def _show_version(self, version: ResultVersion) -> None:
        first = self._version is None
        self._version = version
        self._put(version.pyramid)
        self.bar.recipe_label.setText(recipe_line(version.recipe))
        if version.made:
            self._strip.redraw(version.number, version.pyramid.small)
        if version.trouble and self._seam_moved:
            self._say(version.trouble, "caution")
        elif first and version.recipe.findings:
            self._say(" ".join(map(str, version.recipe.findings)), "info")

    def _put(self, pyramid: ImagePyramid | None) -> None:
        self._canvas.show_result(pyramid)
        self._canvas.set_overlays_hidden(True)

    # Messages

    def _say(self, sentence: str, tone: str, holds: Callable[[], bool] | None = None) -> None:
        self._said = self._message.say(sentence, tone, holds=holds)

    def _unsay(self) -> None:
        """Withdraw a remark about one result before another is shown."""
        if self._said is not None:
            self._said.close()
