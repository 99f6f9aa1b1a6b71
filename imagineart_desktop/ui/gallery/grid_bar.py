"""The bar above the gallery's grid: order, grouping, filters, thumbnail size, and the number of images."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QComboBox, QSizePolicy

from imagineart_desktop.library import SortOrder
from imagineart_desktop.ui.gallery.filter_menu import FilterMenu
from imagineart_desktop.ui.widgets import ClickSlider, ElidedLabel, WrappingBar, icon_button
from imagineart_desktop.workspace.gallery.grouping import Grouping
from imagineart_desktop.workspace.library_texts import images

_MIN_SIZE, _MAX_SIZE, DEFAULT_SIZE = 90, 320, 142
"""Width of a cell, in logical pixels."""

_ORDERS = {
    SortOrder.NEWEST: "Newest",
    SortOrder.OLDEST: "Oldest",
    SortOrder.BEST: "Best rated",
    SortOrder.LARGEST: "Largest",
    SortOrder.MOST_EXPENSIVE: "Most costly",
}


class GridBar(WrappingBar):
    """Sets how the grid shows its images. filters: the menu of the filter button."""

    order_changed = Signal()
    grouping_changed = Signal()
    size_changed = Signal(int)
    """The target width of a cell, in logical pixels."""
    save_wanted = Signal()
    """The user wants to save the search."""

    def __init__(self, filters: FilterMenu) -> None:
        super().__init__()
        self.orders = _order_box()
        self.groupings = _grouping_box()
        self.found = ElidedLabel("", "faint")
        self.found.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self.size_slider = _size_slider()
        filter_button = icon_button("filter", "Filter", kind="mini")
        filter_button.setMenu(filters)
        filter_button.setPopupMode(filter_button.ToolButtonPopupMode.InstantPopup)
        save = icon_button("save", "Save the search", self.save_wanted.emit, kind="mini")
        self.add(self.orders, self.groupings, filter_button, save, self.found, self.size_slider)
        self.orders.currentIndexChanged.connect(self.order_changed)
        self.groupings.currentIndexChanged.connect(self.grouping_changed)
        self.size_slider.valueChanged.connect(self.size_changed)

    @property
    def order(self) -> SortOrder:
        """Return the order of the images."""
        return SortOrder(self.orders.currentData())

    @property
    def grouping(self) -> Grouping:
        """Return what the images are grouped by."""
        return Grouping(self.groupings.currentData())

    @property
    def groups_by_collection(self) -> bool:
        """Return whether they are grouped by collection, which the query must know."""
        return self.grouping is Grouping.COLLECTION

    def show_count(self, count: int, chosen: int) -> None:
        """Show how many images there are, and how many of them are selected."""
        parts = [images(count) if count else "", f"{chosen:,} selected" if chosen > 1 else ""]
        brief = f"{chosen:,} / {count:,}" if chosen > 1 else f"{count:,}" if count else ""
        self.found.setText(" · ".join(filter(None, parts)), brief)


def _order_box() -> QComboBox:
    box = QComboBox()
    box.setAccessibleName("Sorted by")
    for order, word in _ORDERS.items():
        box.addItem(word, order)
    return box


def _grouping_box() -> QComboBox:
    box = QComboBox()
    box.setAccessibleName("Grouped")
    for grouping in Grouping:
        box.addItem(grouping.value, grouping)
    box.setItemData(
        list(Grouping).index(Grouping.COLLECTION),
        "An image in several collections is shown in the first of them.",
        Qt.ItemDataRole.ToolTipRole,
    )
    return box


def _size_slider() -> ClickSlider:
    slider = ClickSlider(Qt.Orientation.Horizontal)
    slider.setRange(_MIN_SIZE, _MAX_SIZE)
    slider.setValue(DEFAULT_SIZE)
    slider.setFixedWidth(64)
    slider.setAccessibleName("Thumbnail size")
    slider.setToolTip("Thumbnail size")
    return slider
