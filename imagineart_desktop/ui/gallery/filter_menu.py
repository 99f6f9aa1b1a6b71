"""Filters by hand: each writes what one would type into the search field."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QMenu, QWidget

from imagineart_desktop.library.asking import value_of, with_field

_CHOICES: dict[str, tuple[tuple[str, str], ...]] = {
    "Rating": tuple((f"{'★' * stars} and more", f"rating:>={stars}") for stars in range(1, 6)),
    "Label": tuple(
        (word.capitalize(), f"label:{word}") for word in ("red", "yellow", "green", "blue", "purple", "none")
    ),
    "Kind": (
        ("Generated", "kind:generate"),
        ("Edited", "kind:edit"),
        ("Inpainted", "kind:inpaint"),
        ("Imported", "kind:import"),
    ),
    "Made": (("Today", "on:today"), ("Yesterday", "on:yesterday"), ("This week", "after:week")),
    "Shape": (("Landscape", "ratio:landscape"), ("Portrait", "ratio:portrait"), ("Square", "ratio:square")),
    "Has": (
        ("A mask", "has:mask"),
        ("Parents", "has:parents"),
        ("Pictures made from it", "has:children"),
        ("Tags", "has:tags"),
        ("A note", "has:note"),
    ),
}


class FilterMenu(QMenu):
    """text: what stands in the field; change: called with what it is to be."""

    def __init__(self, parent: QWidget, text: Callable[[], str], change: Callable[[str], None]) -> None:
        super().__init__(parent)
        self._text = text
        self._change = change
        self.aboutToShow.connect(self._fill)

    def _fill(self) -> None:
        self.clear()
        text = self._text()
        for title, choices in _CHOICES.items():
            menu = self.addMenu(title)
            for word, term in choices:
                field, _, value = term.partition(":")
                action = menu.addAction(word)
                action.setCheckable(True)
                action.setChecked(value_of(text, field) == value)
                action.triggered.connect(
                    lambda on, field=field, value=value: self._change(
                        with_field(self._text(), field, value if on else None)
                    )
                )
        self.addSeparator()
        self.addAction("Clear all", lambda: self._change("")).setEnabled(bool(text))
