"""Opens the comparison of models for the request of the open tab."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QWidget

from imagineart_desktop.jobs import Worker
from imagineart_desktop.library import Library
from imagineart_desktop.workspace.model_comparison import ComparisonSource, ModelComparison, candidates_of

if TYPE_CHECKING:
    from imagineart_desktop.ui.model_comparison.dialog import CompareModelsDialog
    from imagineart_desktop.ui.model_comparison.window import ModelComparisonWindow


class ModelComparisons(QObject):
    """Opens the dialog, and the window once something was sent. source: what is sent; None if nothing can be.

    A comparison lives until its window is closed and another one is opened.
    """

    def __init__(
        self, window: QWidget, library: Library, worker: Worker, source: Callable[[], ComparisonSource | None]
    ) -> None:
        super().__init__(window)
        self._window = window
        self._library = library
        self._worker = worker
        self._source = source
        self.dialog: CompareModelsDialog | None = None
        self.view: ModelComparisonWindow | None = None

    def open(self) -> None:
        """Ask which models to compare."""
        from imagineart_desktop.ui.model_comparison.dialog import CompareModelsDialog

        source = self._source()
        if source is None:
            return
        if self.dialog is not None:
            self.dialog.deleteLater()
        comparison = ModelComparison(self._library, self._worker, source, self)
        self.dialog = dialog = CompareModelsDialog(self._window, candidates_of(source, comparison), comparison)
        dialog.sent.connect(self._show)
        # What was sent before another request was refused is shown as well.
        dialog.rejected.connect(lambda: self._show() if comparison.models else comparison.deleteLater())
        dialog.show()

    def _show(self) -> None:
        from imagineart_desktop.ui.model_comparison.window import ModelComparisonWindow

        if self.dialog is None:
            return
        if self.view is not None:
            self.view.close()
            self.view.deleteLater()
        self.view = ModelComparisonWindow(self._window, self._library, self.dialog.comparison)
        self.dialog.comparison.setParent(self.view)
        self.view.show()
        self.view.raise_()
        self.view.activateWindow()
