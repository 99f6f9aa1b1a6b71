"""The keys of ratings and labels."""

from __future__ import annotations

from collections.abc import Callable

from imagineart_desktop.library import Label
from imagineart_desktop.ui.actions import Actions
from imagineart_desktop.ui.gallery.marking import Marking

STARS = range(6)


def connect_marks(actions: Actions, marking: Marking, chosen: Callable[[], list[int]]) -> None:
    """chosen: numbers of the pictures that are meant."""
    for stars in STARS:
        actions[f"mark.{stars} stars"].triggered.connect(lambda _on, stars=stars: marking.rate(chosen(), stars))
    for label in Label:
        if label is not Label.NONE:
            actions[f"mark.{label.value}"].triggered.connect(lambda _on, label=label: marking.label(chosen(), label))
