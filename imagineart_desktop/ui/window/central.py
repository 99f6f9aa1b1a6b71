"""The main window's middle: the bar with the tabs, the pages, and the library panel beside them."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtWidgets import QSplitter, QStackedWidget, QVBoxLayout, QWidget

from imagineart_desktop.ui.gallery.library_panel import LibraryPanel
from imagineart_desktop.ui.jobs.dock import JobDock
from imagineart_desktop.ui.jobs.strip import JobStrip
from imagineart_desktop.ui.top_bar import TABS, TopBar
from imagineart_desktop.ui.widgets import InlineMessage, rule

MIN_SIZE = (960, 560)
"""Smallest window in logical pixels: a screen of 1366 × 768 at 125 %, or of 1440 × 900 at 150 %."""

_ROOM_FOR_LIBRARY = 1200
"""Pixels of the window's width from which the library panel fits beside form and image."""

_LIBRARY_WIDTH = 272
"""Pixels of the library panel, as long as the user has not moved its edge."""


class CentralArea(QWidget):
    """pages: one per tab, in their order; docks: the pages' places for the job strip, by tab."""

    def __init__(
        self,
        top: TopBar,
        pages: Mapping[str, QWidget],
        panel: LibraryPanel,
        strip: JobStrip,
        docks: Mapping[str, JobDock],
    ) -> None:
        super().__init__()
        self.setObjectName("panel")
        self._top = top
        self._panel = panel
        self._strip = strip
        self._docks = docks
        self._pages = QStackedWidget()
        self._pages.setObjectName("pages")
        for tab in TABS:
            self._pages.addWidget(pages[tab])
        self.body = QSplitter()
        self.body.addWidget(self._pages)
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

    @property
    def tab(self) -> str:
        """The open tab."""
        return TABS[self._pages.currentIndex()]

    def show_tab(self, tab: str) -> None:
        """Open a tab."""
        self._pages.setCurrentIndex(TABS.index(tab))
        self._top.show_tab(tab)
        if (dock := self._docks.get(tab)) is not None:
            dock.hold(self._strip)

    def show_library(self, wanted: bool, width: int) -> None:
        """Show the library panel beside Generate and Edit if there is room. width: of the window."""
        self._panel.setVisible(self.tab in ("generate", "edit") and wanted and width >= _ROOM_FOR_LIBRARY)

    def show_around(self, shown: bool) -> None:
        """Show the tabs and the jobs, or leave all the room to the image."""
        for part in (self._top, self._top_rule):
            part.setVisible(shown)
        self._strip.keep_away(not shown)

    def lay_out_anew(self, splitter: QSplitter) -> None:
        """Give the library panel its width."""
        if splitter is self.body:
            splitter.setSizes([splitter.width() - _LIBRARY_WIDTH, _LIBRARY_WIDTH])
