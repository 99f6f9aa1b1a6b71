"""The center of the main window: the bar with the tabs, the pages, and the library panel beside them."""

from __future__ import annotations

from PySide6.QtWidgets import QSplitter, QStackedWidget, QVBoxLayout, QWidget

from imagineart_desktop.ui.jobs.strip import JobStrip
from imagineart_desktop.ui.widgets import InlineMessage, rule
from imagineart_desktop.ui.window.pages import Pages
from imagineart_desktop.ui.window.top_bar import TABS, TopBar

MIN_SIZE = (960, 560)
"""Minimum window size in logical pixels: fits 1366 × 768 at 125 % scaling or 1440 × 900 at 150 %."""

_MIN_WIDTH_FOR_LIBRARY = 1200
"""Minimum window width, in pixels, for the library panel beside form and image."""

_LIBRARY_WIDTH = 272
"""Default width of the library panel, in pixels, until the user moves its edge."""


class CentralArea(QWidget):
    """The tab bar, the pages with the job strip, and the library panel.

    An empty widget takes the place of a page that isn't built yet.
    """

    def __init__(self, top: TopBar, pages: Pages, strip: JobStrip) -> None:
        super().__init__()
        self.setObjectName("panel")
        self._top = top
        self._panel = panel = pages.panel
        self._strip = strip
        self._pages = pages
        self._stack = QStackedWidget()
        self._stack.setObjectName("pages")
        for _ in TABS:
            self._stack.addWidget(QWidget())
        self._put("generate", pages.generate)
        pages.deferred_edit.when_built(lambda page: self._put("edit", page))
        pages.deferred_inpaint.when_built(lambda page: self._put("inpaint", page))
        pages.deferred_gallery.when_built(lambda page: self._put("gallery", page))
        self.body = QSplitter()
        # The strip lies above the pages, where the open one keeps space for it.
        area = QWidget()
        whole = QVBoxLayout(area)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(self._stack)
        self.body.addWidget(area)
        self.body.addWidget(panel)
        self.body.setStretchFactor(0, 1)
        self.body.setChildrenCollapsible(False)
        panel.setMinimumWidth(262)
        self.banner = InlineMessage()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(top)
        self._top_rule = rule()
        column.addWidget(self._top_rule)
        column.addWidget(self.banner)
        column.addWidget(self.body, 1)
        strip.setParent(area)

    @property
    def tab(self) -> str:
        """The open tab."""
        return TABS[self._stack.currentIndex()]

    def show_tab(self, tab: str) -> None:
        """Open a tab."""
        page = self._pages.page_with_form(tab)
        # First, so that the page is laid out once, with the space for the strip.
        if page is None:
            self._strip.move_to(None)
        else:
            page.dock.hold(self._strip)
        self._stack.setCurrentWidget(page or self._pages.gallery)
        self._top.show_tab(tab)

    def _put(self, tab: str, page: QWidget) -> None:
        index = TABS.index(tab)
        self._stack.insertWidget(index, page)
        if (before := self._stack.widget(index + 1)) is not None:
            self._stack.removeWidget(before)
            before.deleteLater()

    def show_library(self, wanted: bool, width: int) -> None:
        """Show the library panel beside Generate and Edit if there is room. width: of the window."""
        self._panel.setVisible(self.tab in ("generate", "edit") and wanted and width >= _MIN_WIDTH_FOR_LIBRARY)

    def set_chrome_visible(self, shown: bool) -> None:
        """Show the tabs and the jobs, or hide them to leave all space to the image."""
        for part in (self._top, self._top_rule):
            part.setVisible(shown)
        self._strip.set_suppressed(not shown)

    def lay_out_anew(self, splitter: QSplitter) -> None:
        """Set the default width of the library panel."""
        if splitter is self.body:
            splitter.setSizes([splitter.width() - _LIBRARY_WIDTH, _LIBRARY_WIDTH])
