"""The keys of ratings, labels and collections."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtGui import QKeySequence

from imagineart_desktop.library import Collection, Label
from imagineart_desktop.ui.actions import Actions
from imagineart_desktop.ui.gallery.marking import Marking

STARS = range(6)


def connect_marks(
    actions: Actions, marking: Marking, chosen: Callable[[], list[int]], around: Callable[[], Collection | None]
) -> None:
    """chosen: numbers of the pictures that are meant; around: the collection that is shown."""
    for stars in STARS:
        actions[f"mark.{stars} stars"].triggered.connect(lambda _on, stars=stars: marking.rate(chosen(), stars))
    for label in Label:
        if label is not Label.NONE:
            actions[f"mark.{label.value}"].triggered.connect(lambda _on, label=label: marking.label(chosen(), label))

    def take_out() -> None:
        shown = around()
        if shown is not None:
            marking.discard(chosen(), shown.id, shown.name)
        else:
            keys = actions["image.trash"].shortcut().toString(QKeySequence.SequenceFormat.NativeText)
            marking.said.emit(f"{keys} moves images to Trash.", None)

    actions["mark.take out"].triggered.connect(take_out)
