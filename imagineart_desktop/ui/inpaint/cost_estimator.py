"""Measures what would be sent, on a worker thread, and shows it on the canvas, beside the mask and in the price."""

from __future__ import annotations

import asyncio

from PySide6.QtCore import QObject, QTimer

from imagineart_desktop.imaging import RequestArea, SendMode, max_feather_of, overlap_pixels, plan_areas
from imagineart_desktop.ui.canvas.mask_canvas import MaskCanvas
from imagineart_desktop.ui.inpaint.inpaint_settings_panel import InpaintSettingsPanel
from imagineart_desktop.ui.inpaint.mask_facts import MaskSummary
from imagineart_desktop.workspace.background import spawn_owned
from imagineart_desktop.workspace.inpaint.settings import SessionSettings
from imagineart_desktop.workspace.request_draft import RequestDraft

_ANNOUNCE_AFTER_MS = 80
"""Delay before “Measuring…” is shown, so that quick measurements aren't announced."""


class CostEstimator(QObject):
    """Measures on request; only the latest request counts. Outdated figures don't stay visible."""

    def __init__(
        self,
        parent: QObject,
        canvas: MaskCanvas,
        settings: SessionSettings,
        panel: InpaintSettingsPanel,
        draft: RequestDraft,
        facts: MaskSummary,
    ) -> None:
        super().__init__(parent)
        self._canvas = canvas
        self._settings = settings
        self._panel = panel
        self._draft = draft
        self._facts = facts
        self._turn = self._measured = 0
        self._at_work = False
        self._known = asyncio.Event()
        self._known.set()
        self._late = QTimer(self)
        self._late.setSingleShot(True)
        self._late.setInterval(_ANNOUNCE_AFTER_MS)
        self._late.timeout.connect(self._say)

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
        mask, trip, working = self._canvas.document.mask, self._settings.value, self._draft.model.working_size
        apart = trip.model_copy(update={"each_island": True, "mode": SendMode.ONLY_MASKED})

        overlap = trip.overlap if any(trip.margins) else 0

        def measured() -> tuple[list[RequestArea], int, int, int]:
            reaches = plan_areas(mask, trip, working)
            areas = len(reaches if apart == trip else plan_areas(mask, apart, working))
            added = overlap_pixels(mask, trip.margins, overlap) if overlap else 0
            return reaches, areas, max_feather_of(mask) if trip.feather else 0, added

        reaches, areas, widest, added = await asyncio.to_thread(measured)
        if turn != self._turn:
            return
        self._late.stop()
        partly = trip.mode is SendMode.ONLY_MASKED or trip.each_island
        self._canvas.show_guides(trip.margins, [reach.box for reach in reaches] if partly else [], trip.overlap)
        self._facts.show_sent(reaches)
        self._facts.show_seam(trip.feather, widest, lambda: self._settings.edit_feather(widest))
        self._panel.mark_seam(widest)
        self._facts.show_overlap(overlap, added)
        self._panel.show_requests(areas)
        self._draft.set_requests(max(1, len(reaches)))

    def _say(self) -> None:
        self._facts.show_measuring()
        self._draft.set_measuring()
