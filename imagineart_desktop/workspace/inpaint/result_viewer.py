"""Viewing a result: with the current seam, the source before it, or as the service sent it."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from enum import StrEnum
from typing import NamedTuple

from PySide6.QtCore import QObject, Signal

from imagineart_desktop.jobs import MissingError
from imagineart_desktop.support import UserError
from imagineart_desktop.workspace.background import PendingWorkPresenter, ShowProgress, spawn_owned
from imagineart_desktop.workspace.image_pyramid import ImagePyramid
from imagineart_desktop.workspace.inpaint.captions import recipe_line
from imagineart_desktop.workspace.inpaint.result_comparison import ResultComparison
from imagineart_desktop.workspace.inpaint.result_versions import (
    SOURCE_ID,
    BlendSetting,
    ResultVersion,
    blend_setting_of,
)
from imagineart_desktop.workspace.inpaint.session import InpaintSession


class ViewMode(StrEnum):
    """How a result is viewed."""

    RESULT = "result"
    BEFORE = "before"
    RAW = "raw"


class _ShownView(NamedTuple):
    """What the canvas shows of a result."""

    number: int
    way: ViewMode
    setting: BlendSetting


class ResultViewer(QObject):
    """Decides which result is viewed, and how, and makes the image for it.

    waiting: shows what must be rendered; if canceled, canvas and settings stay as they were. Seam and tone are those
    set in the session, for every result that is shown, compared or applied.
    """

    changed = Signal()
    """Another result is viewed, or none."""
    mode_changed = Signal(object)
    """The result is viewed in this `ViewMode`."""
    image_changed = Signal(object, bool)
    """The `ImagePyramid` to show in place of the source, or None, and whether to hide mask and outlines."""
    presence_changed = Signal(bool)
    """Whether a result is viewed."""
    ready_changed = Signal(bool)
    """Whether the library has what is viewed."""
    described = Signal(str)
    """What made the viewed result; empty for none."""
    redrawn = Signal(int, object)
    """A result looks different with the current setting: its id and its reduced `QImage`."""
    source_wanted = Signal()
    """The source is to be viewed in place of a result."""
    said = Signal(str, str)
    """A remark about the viewed result, and its tone."""
    unsaid = Signal()
    """The last remark no longer applies."""

    def __init__(self, parent: QObject, session: InpaintSession, waiting: PendingWorkPresenter) -> None:
        super().__init__(parent)
        self._settings = session.settings
        self._source = session.extended_source
        self._waiting = waiting
        self._number = SOURCE_ID
        self._mode = ViewMode.RESULT
        self._turn = self._running_token = 0
        self._stale = self._at_work = self._is_early = False
        self._render_task: asyncio.Task[object] | None = None
        self._shown = _ShownView(SOURCE_ID, ViewMode.BEFORE, blend_setting_of(session.settings.value))
        self._seam_moved = False
        self._version: ResultVersion | None = None
        self.versions = session.versions
        self.comparison = ResultComparison(self, session, waiting)
        self.comparison.failed.connect(self._say_error)
        self._settings.seam_changed.connect(self._seam_changed)

    @property
    def number(self) -> int:
        """Return the id of the viewed result; `SOURCE_ID` for none."""
        return self._number

    @property
    def mode(self) -> ViewMode:
        """Return how the result is viewed."""
        return self._mode

    def set_mode(self, mode: ViewMode) -> None:
        """Set how the result is viewed, for the next `show_mode`."""
        self._mode = mode
        self.mode_changed.emit(mode)

    def forget(self) -> None:
        """Reset the view for another image on the canvas."""
        self.comparison.close()
        self._begin(SOURCE_ID)
        self._show_source()

    def look_at(self, number: int) -> None:
        """View a result, or the source."""
        self.comparison.close()
        self._begin(number)
        self._refresh()

    def look_early(self, pyramid: ImagePyramid) -> None:
        """View a result that the library doesn't have yet, in place of the source; see `EarlyLook`."""
        self.comparison.close()
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
            self.unsaid.emit()
            self.described.emit("")
            spawn_owned(self, self._describe(number))
        self._number = number
        self.set_mode(ViewMode.RESULT)
        self._is_early = early
        if not early:
            self.presence_changed.emit(number != SOURCE_ID)
        # Otherwise it stays in sight if it is: the result is about to be in the library.
        self.ready_changed.emit(not early)
        self.changed.emit()

    async def _describe(self, number: int) -> None:
        """Show what made a result right away: that is known long before a large result is read."""
        if number == SOURCE_ID:
            return
        with suppress(UserError):
            recipe = await self.versions.recipe(number)
            if number == self._number:
                self.described.emit(recipe_line(recipe))

    def flip(self) -> None:
        """Toggle between the viewed result and the source."""
        self.comparison.close()
        if self._number != SOURCE_ID:
            self.set_mode(ViewMode.RESULT if self._mode is ViewMode.BEFORE else ViewMode.BEFORE)
            self._refresh()

    def leave(self) -> None:
        """Leave the comparison, or otherwise go back to the source."""
        if self.comparison.is_open:
            self.comparison.close()
        else:
            self.source_wanted.emit()

    def back_to_source(self) -> None:
        """Show the source with its mask, because a tool is being used on it."""
        self.set_mode(ViewMode.BEFORE)
        self._show_source()

    def _show_source(self) -> None:
        self._supersede()
        self._stale = self._is_early = False
        self.presence_changed.emit(self._number != SOURCE_ID)
        self._note_shown(self._number, ViewMode.BEFORE)
        self.image_changed.emit(None, False)

    def show_mode(self) -> None:
        """Show the result in the mode that was set, in place of a comparison."""
        self.comparison.close()
        self._refresh()

    def _seam_changed(self) -> None:
        if self._number == SOURCE_ID:
            return
        self._seam_moved = True
        if self.comparison.is_open:
            self.comparison.update()
            return
        self.set_mode(ViewMode.RESULT)
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
        if version is None or self._mode is ViewMode.RAW:
            return False
        if self._mode is ViewMode.RESULT:
            self._supersede()
            self._show_version(version)
        elif not any(version.margins):
            self._supersede()
            self._put(None)
        else:
            return False
        self._stale = False
        self._note_shown(self._number, self._mode)
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
            self.set_mode(way)
        else:
            self.source_wanted.emit()

    def _put_setting(self, setting: BlendSetting) -> None:
        feather, tone_match = setting
        self._settings.set_seam(feather, tone_match=tone_match)

    async def _show(self, show: ShowProgress) -> None:
        self._turn += 1
        self._running_token = self._turn
        turn, number, way, settings = self._turn, self._number, self._mode, self._settings.value
        try:
            version = await self.versions.version(number, settings, show)
            way, pyramid = await self._pyramid_of(version, way, turn)
        except (UserError, ValueError) as error:
            if turn == self._turn:
                self.said.emit(str(error), "error")
            return
        if turn != self._turn:
            return
        self._shown = _ShownView(number, way, blend_setting_of(settings))
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
                self.said.emit(str(error), "caution")
                self.set_mode(ViewMode.RESULT)
            return ViewMode.RESULT, version.pyramid
        return way, await asyncio.to_thread(ImagePyramid.of, came)

    def _show_version(self, version: ResultVersion) -> None:
        first = self._version is None
        self._version = version
        self._put(version.pyramid)
        self.described.emit(recipe_line(version.recipe))
        if version.made:
            self.redrawn.emit(version.number, version.pyramid.small)
        if version.trouble and self._seam_moved:
            self.said.emit(version.trouble, "caution")
        elif first and version.recipe.findings:
            self.said.emit(" ".join(map(str, version.recipe.findings)), "info")

    def _put(self, pyramid: ImagePyramid | None) -> None:
        self.image_changed.emit(pyramid, True)

    def _say_error(self, sentence: str) -> None:
        self.said.emit(sentence, "error")
