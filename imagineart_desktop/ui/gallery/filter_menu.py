"""A menu of filters. Each writes the term into the search field that one could also type."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from enum import Enum
from functools import partial

from PySide6.QtWidgets import QMenu, QWidget

from imagineart_desktop.library.search.query_parser import field_value, set_field
from imagineart_desktop.ui.gallery.date_range import DateRangeDialog


class _Filter(Enum):
    """A submenu. value: its title, and the label and search term of each entry."""

    RATING = ("Rating", tuple((f"{'★' * stars} & up", f"rating:>={stars}") for stars in range(1, 6)))
    LABEL = (
        "Label",
        tuple((word.capitalize(), f"label:{word}") for word in ("red", "yellow", "green", "blue", "purple", "none")),
    )
    KIND = (
        "Kind",
        (
            ("Generated", "kind:generate"),
            ("Edited", "kind:edit"),
            ("Inpainted", "kind:inpaint"),
            ("Imported", "kind:import"),
        ),
    )
    DATE = ("Date", (("Today", "on:today"), ("Yesterday", "on:yesterday"), ("This week", "after:week")))
    SHAPE = ("Shape", (("Landscape", "ratio:landscape"), ("Portrait", "ratio:portrait"), ("Square", "ratio:square")))
    SIZE = (
        "Size",
        (
            ("1024 px wide or more", "width:>=1024"),
            ("2048 px wide or more", "width:>=2048"),
            ("Up to 1 megapixel", "megapixels:<=1"),
            ("Over 4 megapixels", "megapixels:>4"),
        ),
    )
    COST = (
        "Cost",
        (
            ("Nothing", "cost:0"),
            ("Up to $0.05", "cost:<=0.05"),
            ("Over $0.05", "cost:>0.05"),
            ("Over $0.10", "cost:>0.1"),
        ),
    )
    CONTAINS = (
        "Contains",
        (
            ("A mask", "has:mask"),
            ("Parents", "has:parents"),
            ("Images made from it", "has:children"),
            ("Tags", "has:tags"),
            ("A note", "has:note"),
        ),
    )

    @property
    def title(self) -> str:
        """Return the menu's title."""
        title: str = self.value[0]
        return title

    @property
    def entries(self) -> tuple[tuple[str, str], ...]:
        """Return (label, term) of each entry."""
        entries: tuple[tuple[str, str], ...] = self.value[1]
        return entries


class FilterMenu(QMenu):
    """A menu of filters that edits the search text.

    text: returns the text of the search field; change: called with the new text; collections, models: return the names
    to choose from.
    """

    def __init__(
        self,
        parent: QWidget,
        text: Callable[[], str],
        change: Callable[[str], None],
        collections: Callable[[], Sequence[str]],
        models: Callable[[], Sequence[str]],
    ) -> None:
        super().__init__(parent)
        self._window = parent
        self._text = text
        self._change = change
        self._named = {"Collection": ("collection", collections), "Model": ("model", models)}
        self.aboutToShow.connect(self._fill)

    def _fill(self) -> None:
        self.clear()
        self._add(self, "Favorites", "is", "favourite")
        for kind in _Filter:
            menu = self.addMenu(kind.title)
            for word, term in kind.entries:
                field, _, value = term.partition(":")
                self._add(menu, word, field, value)
            if kind is _Filter.DATE:
                menu.addSeparator()
                menu.addAction("Between two days…", self._ask_for_days)
        for title, (field, names) in self._named.items():
            menu = self.addMenu(title)
            for name in names():
                self._add(menu, name.replace("&", "&&"), field, name)
            menu.setEnabled(not menu.isEmpty())
        self.addSeparator()
        self.addAction("Clear all", lambda: self._change("")).setEnabled(bool(self._text()))

    def _add(self, menu: QMenu, word: str, field: str, value: str) -> None:
        action = menu.addAction(word)
        action.setCheckable(True)
        action.setChecked(field_value(self._text(), field) == value)
        action.toggled.connect(partial(self._filter, field, value))

    def _filter(self, field: str, value: str, on: bool) -> None:
        self._change(set_field(self._text(), field, value if on else None))

    def _ask_for_days(self) -> None:
        DateRangeDialog(self._window, self._text, self._change).show()
