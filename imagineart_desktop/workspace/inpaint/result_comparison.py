"""Results that are compared with each other or with the source, with the seam and tone that are set."""

from __future__ import annotations

import asyncio
from typing import NamedTuple

from PySide6.QtCore import QObject, Signal

from imagineart_desktop.imaging import InpaintSettings, Margins, Pixels
from imagineart_desktop.support import UserError
from imagineart_desktop.workspace.background import PendingWorkPresenter, ShowProgress, spawn_owned
from imagineart_desktop.workspace.image_pyramid import ImagePyramid
from imagineart_desktop.workspace.inpaint.result_versions import SOURCE_ID, BlendSetting, blend_setting_of
from imagineart_desktop.workspace.inpaint.session import InpaintSession


class ComparedVersion(NamedTuple):
    """One of the images compared. number: `SOURCE_ID` for the source; pixels: height × width × 3 or 4, uint8."""

    number: int
    pyramid: ImagePyramid
    pixels: Pixels


class ResultComparison(QObject):
    """Prepares the images to compare. waiting: shows that; if canceled, the settings go back to what is compared."""

    shown = Signal(list, bool)
    """The `ComparedVersion`s, and whether they are those of before with another setting."""
    closed = Signal()
    failed = Signal(str)
    """The reason why the images can't be compared."""

    def __init__(self, parent: QObject, session: InpaintSession, waiting: PendingWorkPresenter) -> None:
        super().__init__(parent)
        self._settings = session.settings
        self._source = session.extended_source
        self._versions = session.versions
        self._waiting = waiting
        self._numbers: list[int] = []
        self._turn = 0
        self._task: asyncio.Task[object] | None = None
        self._setting: BlendSetting | None = None

    @property
    def is_open(self) -> bool:
        """Return whether images are being compared."""
        return bool(self._numbers)

    def open(self, numbers: list[int]) -> None:
        """Compare results, or the source and a result. The same pair again ends the comparison."""
        if self._numbers == numbers:
            self.close()
        elif len(set(numbers)) > 1:
            self._numbers = numbers
            spawn_owned(self, self._compare(numbers))

    def update(self) -> None:
        """Compare the same images with the setting that was changed."""
        spawn_owned(self, self._compare(self._numbers, keep_view=True))

    def close(self) -> None:
        """End the comparison."""
        if self._task is not None:
            self._task.cancel()
        if self._numbers:
            self._numbers = []
            self.closed.emit()

    async def _compare(self, numbers: list[int], *, keep_view: bool = False) -> None:
        self._turn += 1
        turn, settings = self._turn, self._settings.value
        if self._task is not None:
            self._task.cancel()

        async def work(show: ShowProgress) -> list[ComparedVersion]:
            self._task = asyncio.current_task()
            return await self._load(numbers, settings, show)

        try:
            pictures = await self._waiting.on("Comparing", work)
        except (UserError, ValueError) as error:
            if turn == self._turn and self._numbers == numbers:
                self.failed.emit(str(error))
                self.close()
            return
        if turn != self._turn or self._numbers != numbers:
            return
        if pictures is not None:
            self._setting = blend_setting_of(settings)
            self.shown.emit(pictures, keep_view)
        elif keep_view and self._setting is not None:
            feather, tone_match = self._setting
            self._settings.set_seam(feather, tone_match=tone_match)
        else:
            self.close()

    async def _load(self, numbers: list[int], settings: InpaintSettings, show: ShowProgress) -> list[ComparedVersion]:
        versions = {
            number: await self._versions.version(number, settings, show) for number in numbers if number != SOURCE_ID
        }
        margins = next((version.margins for version in versions.values()), Margins())
        pictures = []
        for number in numbers:
            if number == SOURCE_ID:
                before = await self._source.extended(margins)
                pictures.append(ComparedVersion(number, before.pyramid, before.pixels))
            else:
                version = versions[number]
                pictures.append(ComparedVersion(number, version.pyramid, version.pixels))
        return pictures
