"""Measures what would be sent, on a worker thread: the areas, and with them the price."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QObject, QTimer, Signal

from imagineart_desktop.imaging import (
    InpaintSettings,
    Mask,
    Rect,
    RequestArea,
    SendMode,
    max_feather_of,
    overlap_pixels,
    plan_areas,
)
from imagineart_desktop.models import WorkingSize
from imagineart_desktop.workspace.background import spawn_owned
from imagineart_desktop.workspace.inpaint.settings import SessionSettings
from imagineart_desktop.workspace.mask_document import MaskDocument
from imagineart_desktop.workspace.request_draft import RequestDraft

_ANNOUNCE_AFTER_MS = 80
"""Delay before an outdated estimate is withdrawn, so that quick measurements aren't announced."""


@dataclass(frozen=True, slots=True)
class Estimate:
    """What would be sent.

    settings: those it was measured with. areas: one per request. split: how many there would be with one request per
    painted area. max_feather: pixels of the widest seam that the painted areas have room for; 0 without a seam or mask.
    overlap: pixels of the image beside an extension that are painted with it; overlap_pixels: how many pixels of the
    image are painted only because of it.
    """

    settings: InpaintSettings
    areas: Sequence[RequestArea]
    split: int
    max_feather: int
    overlap: int
    overlap_pixels: int

    @property
    def boxes(self) -> list[Rect]:
        """The parts of the image that are sent; empty if it's sent as a whole."""
        partly = self.settings.mode is SendMode.ONLY_MASKED or self.settings.each_island
        return [area.box for area in self.areas] if partly else []


class CostEstimator(QObject):
    """Measures on request; only the latest request counts. Also tells the draft how many requests each image takes."""

    changed = Signal()
    """Another estimate is known, or the outdated one is withdrawn because measuring takes noticeably long."""

    def __init__(self, parent: QObject, document: MaskDocument, settings: SessionSettings, draft: RequestDraft) -> None:
        super().__init__(parent)
        self._document = document
        self._settings = settings
        self._draft = draft
        self._estimate: Estimate | None = None
        self._turn = self._measured = 0
        self._at_work = False
        self._known = asyncio.Event()
        self._known.set()
        self._late = QTimer(self)
        self._late.setSingleShot(True)
        self._late.setInterval(_ANNOUNCE_AFTER_MS)
        self._late.timeout.connect(self._say)

    @property
    def estimate(self) -> Estimate | None:
        """The latest estimate; None if there is none, or if measuring another one takes noticeably long."""
        return self._estimate

    def start(self) -> None:
        """Start measuring: something changed that determines what is sent."""
        self._turn += 1
        self._known.clear()
        if not self._late.isActive():
            self._late.start()
        if not self._at_work:
            spawn_owned(self, self._work())

    async def known(self) -> None:
        """Wait until the displayed price matches what is painted now."""
        await self._known.wait()

    async def _work(self) -> None:
        """Run one measurement at a time, because a large mask takes much memory; then measure what changed meanwhile.

        A failed measurement ends too: it is reported, and nobody keeps waiting for it.
        """
        self._at_work = True
        try:
            while self._measured != self._turn:
                turn = self._measured = self._turn
                await asyncio.wait([spawn_owned(self, self._measure(turn))])
                if turn == self._turn:
                    self._known.set()
        finally:
            self._at_work = False

    async def _measure(self, turn: int) -> None:
        estimate = await asyncio.to_thread(
            _measured, self._document.mask, self._settings.value, self._draft.model.working_size
        )
        if turn != self._turn:
            return
        self._late.stop()
        self._estimate = estimate
        self.changed.emit()
        self._draft.set_requests(max(1, len(estimate.areas)))

    def _say(self) -> None:
        self._estimate = None
        self.changed.emit()
        self._draft.set_measuring()


def _measured(mask: Mask, settings: InpaintSettings, working: WorkingSize) -> Estimate:
    areas = plan_areas(mask, settings, working)
    apart = settings.model_copy(update={"each_island": True, "mode": SendMode.ONLY_MASKED})
    split = len(areas if apart == settings else plan_areas(mask, apart, working))
    overlap = settings.overlap if any(settings.margins) else 0
    return Estimate(
        settings,
        areas,
        split,
        max_feather_of(mask) if settings.feather else 0,
        overlap,
        overlap_pixels(mask, settings.margins, overlap) if overlap else 0,
    )
