"""The widgets that show what a `ResultViewer` views: the bar above the canvas, the canvas, and the comparison."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, QSignalBlocker, Signal

from imagineart_desktop.ui.canvas.mask_canvas import MaskCanvas
from imagineart_desktop.ui.compare.pane import ComparedImage, ComparePane
from imagineart_desktop.ui.inpaint.result_bar import RAW_NOT_APPLICABLE_MESSAGE, ResultBar
from imagineart_desktop.ui.inpaint.results_strip import ResultsStrip
from imagineart_desktop.ui.widgets import InlineMessage, MessageHandle
from imagineart_desktop.ui.widgets.deferred import Lazy
from imagineart_desktop.workspace.image_pyramid import ImagePyramid
from imagineart_desktop.workspace.inpaint.result_comparison import ComparedVersion
from imagineart_desktop.workspace.inpaint.result_versions import SOURCE_ID
from imagineart_desktop.workspace.inpaint.result_viewer import ResultViewer, ViewMode


class ResultView(QObject):
    """Binds a viewer to the widgets. message: shows remarks about the result."""

    comparing = Signal(bool)
    """Whether the comparison pane replaces the canvas."""

    def __init__(self, viewer: ResultViewer, canvas: MaskCanvas, strip: ResultsStrip, message: InlineMessage) -> None:
        super().__init__(viewer)
        self._viewer = viewer
        self._canvas = canvas
        self._strip = strip
        self._message = message
        self._said: MessageHandle | None = None
        self.bar = ResultBar()
        self.deferred_pane = Lazy(ComparePane)
        self.bar.way_changed.connect(self._mode_chosen)
        self.bar.compare_wanted.connect(self._compare_with_source)
        strip.looked.connect(viewer.look_at)
        strip.flipped.connect(viewer.flip)
        strip.compare_requested.connect(self._compare_with_current)
        canvas.source_requested.connect(viewer.back_to_source)
        self.comparing.connect(self.bar.set_comparing)
        viewer.mode_changed.connect(self.bar.choose)
        viewer.presence_changed.connect(self.bar.setVisible)
        viewer.ready_changed.connect(self.bar.set_ready)
        viewer.described.connect(self.bar.recipe_label.setText)
        viewer.image_changed.connect(self._show_image)
        viewer.redrawn.connect(strip.redraw)
        viewer.source_wanted.connect(self._choose_source)
        viewer.said.connect(self._say)
        viewer.unsaid.connect(self._unsay)
        viewer.comparison.shown.connect(self._show_compared)
        viewer.comparison.closed.connect(self._end_comparison)

    @property
    def pane(self) -> ComparePane:
        """The comparison, built on first use."""
        return self.deferred_pane()

    def set_mask_shown(self, shown: bool) -> None:
        """Set whether the mask is shown over the source."""
        self._canvas.set_mask_shown(shown)
        if shown and self._viewer.mode is ViewMode.BEFORE:
            self._viewer.back_to_source()

    def look_early(self, pyramid: ImagePyramid) -> None:
        """View a result that the library doesn't have yet, in place of the source; see `EarlyLook`."""
        with QSignalBlocker(self._strip):
            self._strip.choose(SOURCE_ID)
        self._viewer.look_early(pyramid)

    def can_apply(self) -> bool:
        """Return whether what is shown is what Apply would use; if not, say why."""
        if self.bar.shows_raw:
            self._say(RAW_NOT_APPLICABLE_MESSAGE, "caution", holds=lambda: self.bar.shows_raw)
        return not self.bar.shows_raw

    def _mode_chosen(self) -> None:
        self._viewer.set_mode(self.bar.chosen())
        self._message.review()
        self._viewer.show_mode()

    def _choose_source(self) -> None:
        self._strip.choose(SOURCE_ID)

    def _compare_with_source(self) -> None:
        self._viewer.comparison.open([SOURCE_ID, self._viewer.number])

    def _compare_with_current(self, number: int) -> None:
        self._viewer.comparison.open([self._strip.current(), number])

    def _show_compared(self, versions: list[ComparedVersion], keep_view: bool) -> None:
        pictures = [
            ComparedImage(
                "Before" if number == SOURCE_ID else f"Result {self._strip.index_of(number)}", pyramid, pixels
            )
            for number, pyramid, pixels in versions
        ]
        self.pane.show_pictures(pictures, keep_view=keep_view)
        self.comparing.emit(True)

    def _end_comparison(self) -> None:
        if (pane := self.deferred_pane.built) is not None:
            pane.show_pictures([])
        self.comparing.emit(False)

    def _show_image(self, pyramid: ImagePyramid | None, hides_overlays: bool) -> None:
        self._canvas.show_result(pyramid)
        self._canvas.set_overlays_hidden(hides_overlays)

    def _say(self, sentence: str, tone: str, holds: Callable[[], bool] | None = None) -> None:
        self._said = self._message.say(sentence, tone, holds=holds)

    def _unsay(self) -> None:
        """Withdraw a remark about one result before another is shown."""
        if self._said is not None:
            self._said.close()
