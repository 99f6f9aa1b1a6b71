"""Shows what a session would send: guides on the canvas, and figures beside the mask."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QObject

from imagineart_desktop.ui.canvas.mask_canvas import MaskCanvas
from imagineart_desktop.ui.inpaint.inpaint_settings_panel import InpaintSettingsPanel
from imagineart_desktop.ui.inpaint.mask_facts import MaskSummary
from imagineart_desktop.workspace.inpaint.session import InpaintSession
from imagineart_desktop.workspace.inpaint.session_store import OpenImage


class EstimateView(QObject):
    """Keeps canvas, mask summary and settings panel up to date with a session."""

    def __init__(
        self,
        parent: QObject,
        session: InpaintSession,
        canvas: MaskCanvas,
        facts: MaskSummary,
        panel: InpaintSettingsPanel,
    ) -> None:
        super().__init__(parent)
        self._session = session
        self._canvas = canvas
        self._facts = facts
        self._panel = panel
        session.estimator.changed.connect(self._show_estimate)
        session.settings.changed.connect(self._show_settings)
        session.history.image_placed.connect(self._show_image)
        session.history.left.connect(self._show_nothing)
        canvas.coverage_changed.connect(self._show_coverage)

    def _show_image(self, picture: OpenImage) -> None:
        size = self._session.document.size
        self._facts.message.clear()
        self._facts.set_losses(picture.losses)
        self._facts.use_size(size)
        self._panel.use_size(size)
        self._show_settings()

    def _show_nothing(self) -> None:
        self._facts.message.clear()
        self._facts.show_nothing()

    def _show_settings(self) -> None:
        if self._session.has_image:
            settings = self._session.settings.value
            self._canvas.show_guides(settings.margins, self._canvas.extend_guides.boxes, settings.overlap)
            self._show_coverage()

    def _show_coverage(self) -> None:
        if self._session.has_image:
            size, margins = self._session.document.size, self._session.settings.margins
            self._facts.show_coverage(self._canvas.coverage, size, margins)

    def _show_estimate(self) -> None:
        if not self._session.has_image:
            return
        estimate = self._session.estimator.estimate
        if estimate is None:
            self._facts.show_measuring()
            return
        settings, widest = estimate.settings, estimate.max_feather
        self._canvas.show_guides(settings.margins, estimate.boxes, settings.overlap)
        self._facts.show_sent(estimate.areas)
        self._facts.show_seam(settings.feather, widest, partial(self._session.settings.edit_feather, widest))
        self._facts.show_overlap(estimate.overlap, estimate.overlap_pixels)
        self._panel.mark_seam(widest)
        self._panel.show_requests(estimate.split)
