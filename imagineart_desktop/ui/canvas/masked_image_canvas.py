"""The canvas that shows an image with its mask and the guides of what is sent, without the tools that paint."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from PySide6.QtCore import QEvent, QRectF, Signal
from PySide6.QtGui import QColor, QHideEvent, QPainter, QRegion, QShowEvent

from imagineart_desktop.imaging import EMPTY, Coverage, Margins, Pixels, Rect, coverage
from imagineart_desktop.imaging.mask.mask import painted_bounds
from imagineart_desktop.ui.canvas.accessibility import MaskAnnouncer
from imagineart_desktop.ui.canvas.canvas_extend import ExtendGuides
from imagineart_desktop.ui.canvas.image_canvas import ImageCanvas
from imagineart_desktop.ui.canvas.marching_ants import MarchingAnts
from imagineart_desktop.ui.canvas.mask_overlay import MaskOverlay, MaskView
from imagineart_desktop.workspace.background import spawn_owned
from imagineart_desktop.workspace.image_pyramid import ImagePyramid
from imagineart_desktop.workspace.mask_document import MaskDocument

_MAX_SYNC_PIXELS = 2**21
"""Pixels of a change that the overlay follows immediately; it follows larger changes on a worker thread."""


class MaskedImageCanvas(ImageCanvas):
    """Shows the source image, or a result in its place, with its mask and the guides.

    pixels: height × width × 3 or 4, uint8; the mask has the same size. document: holds the mask; None for one of its
    own.
    """

    coverage_changed = Signal(object)
    """`Coverage`, after every action."""
    source_requested = Signal()
    """The mask was changed or a tool used while a result was shown: work continues on the source."""

    def __init__(self, document: MaskDocument | None = None) -> None:
        super().__init__()
        self.document = document or MaskDocument(self)
        self.mask_shown = True
        self.mask_view = MaskView.TINT
        self.pixels: Pixels | None = None
        self._source: ImagePyramid | None = None
        self._preview: ImagePyramid | None = None
        self._result: ImagePyramid | None = None
        self._overlays_hidden = False
        self.extend_guides = ExtendGuides()
        self._overlay = MaskOverlay()
        self.marching_ants = MarchingAnts(self, self._has_ants, self._line_region)
        self._count_token = 0
        self._announcer = MaskAnnouncer(self, self.document.undo_stack)
        self._coverage = Coverage(0, 1, EMPTY)
        self.document.changed.connect(self._mask_changed)
        self.document.started.connect(self._mask_started)
        self.document.mask_replaced.connect(self._mask_replaced)
        self.zoom_changed.connect(self.marching_ants.moved)
        self.document.settled.connect(self._start_count)

    @property
    def is_drawing(self) -> bool:
        """Return whether something is being drawn on the mask; for subclasses."""
        return False

    # Image and mask

    @property
    def coverage(self) -> Coverage:
        """Return what the mask covered when last counted."""
        return self._coverage

    def set_picture(self, pixels: Pixels, pyramid: ImagePyramid, *, keep_view: bool = False) -> None:
        """Show another image; the document gets a mask of its size next. See `show_pyramid`."""
        size = int(pixels.shape[1]), int(pixels.shape[0])
        self.pixels = pixels
        self._source = pyramid
        self._result, self._overlays_hidden = None, False
        self.extend_guides.size, self.extend_guides.margins = size, Margins()
        self.show_pyramid(pyramid, keep_view=keep_view)

    def clear_image(self) -> None:
        """Show no image."""
        self.pixels = self._source = None
        self._result, self._overlays_hidden = None, False
        self.extend_guides.size, self.extend_guides.margins, self.extend_guides.boxes = (1, 1), Margins(), ()
        self.show_pyramid(None)

    @property
    def source(self) -> ImagePyramid | None:
        """Return the source image that is being painted, even while a result is shown."""
        return self._source

    @property
    def _result_shown(self) -> bool:
        return self._result is not None

    def show_result(self, result: ImagePyramid | None) -> None:
        """Show a result in place of the source; None shows the source again."""
        self._result = result
        self.show_pyramid(result or self._source, keep_view=True)

    def show_preview(self, preview: ImagePyramid | None) -> None:
        """Show an image that is still decoding, during which painting is locked; None ends the preview."""
        if preview is not None and self._preview is None:
            self.document.hold()
        elif preview is None and self._preview is not None:
            self.document.let_go()
            if self._pyramid is self._preview:
                # The image didn't load.
                self.show_pyramid(self._result or self._source, keep_view=True)
        self._preview = preview
        if preview is not None:
            self.show_pyramid(preview, keep_view=True)
        self.marching_ants.look()
        self.update()

    def set_mask_shown(self, shown: bool) -> None:
        """Show or hide the mask."""
        self.mask_shown = shown
        self.marching_ants.look()
        self.update()

    def set_overlays_hidden(self, bare: bool) -> None:
        """Show images without mask and guides, as when comparing a result with its source."""
        self._overlays_hidden = bare
        self.marching_ants.look()
        self.update()

    @property
    def _overlays_are_hidden(self) -> bool:
        return self._overlays_hidden or self._preview is not None

    @property
    def is_mask_visible(self) -> bool:
        """Return whether the mask is visible."""
        return self.mask_shown and not self._overlays_are_hidden

    def set_mask_view(self, view: MaskView) -> None:
        """Show the mask as a tint, in black and white, or as an outline only."""
        self.mask_view = view
        self._overlay.set_view(view)
        self.marching_ants.look()
        self.update()

    @property
    def tint(self) -> QColor:
        """Return the tint's color; its alpha is the strength."""
        return self._overlay.tint

    def set_tint(self, tint: QColor) -> None:
        """Change the tint's color and strength."""
        self._overlay.set_tint(tint)
        self.update()

    def show_guides(self, margins: Margins, boxes: Sequence[Rect], overlap: int = 0) -> None:
        """Show the guides: how far to extend the image, what is sent, and how far the new area overlaps the old."""
        grown = margins != self.extend_guides.margins
        self.extend_guides.margins, self.extend_guides.boxes, self.extend_guides.overlap = margins, boxes, overlap
        if grown and self._fitted and not self.extend_guides.is_dragging and self.has_picture:
            self.fit()
        self.update()

    def shown_area(self) -> QRectF | None:
        """Return the image plus its extension."""
        return None if self._result_shown or self._overlays_are_hidden else self.extend_guides.area()

    def _mask_started(self) -> None:
        self._overlay.set_mask(self.document.mask)

    def _mask_replaced(self) -> None:
        self._overlay.set_mask(self.document.mask)
        self._mask_changed(Rect.of_shape(self.document.mask.shape))

    def _has_ants(self) -> bool:
        painted = not self._coverage.bounds.is_empty
        return self.is_mask_visible and self.mask_view is MaskView.OUTLINE and painted and self.has_picture

    def _line_region(self) -> QRegion:
        view = self.viewport_state
        region = self._overlay.outline_region(view.image_rect(), view.upright(QRectF(self.rect())), self.zoom)
        return view.rotation_transform().map(region) if view.angle else region

    def _mask_changed(self, area: Rect) -> None:
        self.marching_ants.moved()
        if self._result_shown or self._overlays_hidden:
            self.source_requested.emit()
        if area.width * area.height > _MAX_SYNC_PIXELS:
            spawn_owned(self, self._follow(area))
            return
        self._overlay.changed(area)
        box = self.viewport_state.rect_to_widget(QRectF(area.left, area.top, area.width, area.height))
        self.update(box.toAlignedRect().adjusted(-2, -2, 2, 2))

    async def _follow(self, area: Rect) -> None:
        overlay = self._overlay
        overlay.mark_changed_async(area)
        await asyncio.to_thread(overlay.follow, area)
        overlay.follow(overlay.changed_meanwhile)
        overlay.levels_updated()
        self.update()

    def _start_count(self) -> None:
        spawn_owned(self, self._count())

    async def _count(self) -> None:
        """Count the coverage on a worker thread; discard all but the latest count."""
        self._count_token += 1
        turn, mask = self._count_token, self.document.mask
        self._overlay.begin_bounds_update()
        overlay, stale = self._overlay, self._overlay.stale()

        def count() -> tuple[Coverage, Rect]:
            overlay.follow(stale)
            return coverage(mask), painted_bounds(mask)

        counted, bounds = await asyncio.to_thread(count)
        overlay.levels_updated()
        if turn == self._count_token:
            self._coverage = counted
            self._overlay.set_painted_bounds(bounds)
            self.marching_ants.look()
            self._announcer.tell(counted)
            self.update()
            self.coverage_changed.emit(counted)

    # Painting

    def paint_picture(self, painter: QPainter, target: QRectF, exposed: QRectF) -> None:
        """Draw the image, the tint and the outline.

        While something is being drawn, only the outline view keeps the mask's outline.
        """
        super().paint_picture(painter, target, exposed)
        if self.is_mask_visible and self.pixels is not None:
            lined = not self.is_drawing or self.mask_view is MaskView.OUTLINE
            phase = self.marching_ants.phase if self.mask_view is MaskView.OUTLINE else 0
            self._overlay.paint(painter, target, exposed, self.zoom, outlined=lined, phase=phase)

    def paint_above(self, painter: QPainter, exposed: QRectF) -> None:
        """Draw the guides."""
        if self.pixels is not None and not self._overlays_are_hidden:
            self.extend_guides.paint(painter, self.viewport_state.transform(), exposed)

    def showEvent(self, event: QShowEvent) -> None:
        """Resume the outline animation."""
        super().showEvent(event)
        self.marching_ants.look()

    def hideEvent(self, event: QHideEvent) -> None:
        """Pause the outline animation."""
        super().hideEvent(event)
        self._overlay.hidden()
        self.marching_ants.look()

    def changeEvent(self, event: QEvent) -> None:
        """Pause the outline animation while another window is active."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.ActivationChange:
            self.marching_ants.look()
