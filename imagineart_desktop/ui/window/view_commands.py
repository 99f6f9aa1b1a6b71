"""Zoom and before/after of whatever image is on screen: the loupe's, or the one on the canvas."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from imagineart_desktop.ui.canvas.image_canvas import ImageCanvas
from imagineart_desktop.ui.commands.actions import Actions
from imagineart_desktop.ui.loupe.in_window import LoupeCoordinator
from imagineart_desktop.ui.window.pages import Pages
from imagineart_desktop.workspace.inpaint.result_versions import SOURCE_ID

if TYPE_CHECKING:
    from imagineart_desktop.ui.inpaint.page import InpaintPage

_ZOOM_STEP = 1.25


class ViewCommands(QObject):
    """Connects the commands, and knows which of them have something to act on."""

    def __init__(self, parent: QObject, actions: Actions, loupes: LoupeCoordinator, pages: Pages) -> None:
        super().__init__(parent)
        self._loupes = loupes
        self._pages = pages
        zooms: dict[str, Callable[[ImageCanvas], object]] = {
            "view.fit": ImageCanvas.fit,
            "view.actual": lambda canvas: canvas.zoom_to(1.0),
            "view.in": lambda canvas: canvas.zoom_to(canvas.zoom * _ZOOM_STEP),
            "view.out": lambda canvas: canvas.zoom_to(canvas.zoom / _ZOOM_STEP),
        }
        for name, work in zooms.items():
            actions[name].triggered.connect(lambda _checked, work=work: self._zoom(work))
        actions["view.compare"].triggered.connect(self._compare)

    @property
    def has_loupe(self) -> bool:
        """Whether the loupe is on screen."""
        return self._loupes.visible_loupe is not None

    @property
    def can_zoom(self) -> bool:
        """Whether an image is on screen."""
        canvas = self._canvas
        return canvas is not None and canvas.has_picture

    @property
    def can_compare(self) -> bool:
        """Whether the image on screen has another one before it."""
        loupe, inpaint = self._loupes.visible_loupe, self._inpaint
        if loupe is not None:
            return loupe.bar.compare.isEnabled()
        return inpaint is not None and inpaint.viewer.number != SOURCE_ID

    @property
    def _inpaint(self) -> InpaintPage | None:
        return self._pages.inpaint if self._pages.tab() == "inpaint" else None

    @property
    def _canvas(self) -> ImageCanvas | None:
        loupe, inpaint = self._loupes.visible_loupe, self._inpaint
        if loupe is not None:
            return loupe.view
        return inpaint.canvas if inpaint is not None else None

    def _zoom(self, work: Callable[[ImageCanvas], object]) -> None:
        canvas = self._canvas
        if canvas is not None:
            work(canvas)

    def _compare(self) -> None:
        loupe, inpaint = self._loupes.visible_loupe, self._inpaint
        if loupe is not None:
            loupe.toggle_comparing()
        elif inpaint is not None:
            inpaint.flip()
