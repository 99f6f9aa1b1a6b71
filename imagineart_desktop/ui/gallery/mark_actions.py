"""Keyboard actions for ratings, labels and collections."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from imagineart_desktop.library import Collection, Label
from imagineart_desktop.ui.commands.actions import Actions
from imagineart_desktop.workspace.gallery.organizer import GalleryCommands

STARS = range(6)


def connect_mark_actions(
    actions: Actions,
    marking: GalleryCommands,
    chosen: Callable[[], list[int]],
    around: Callable[[], Collection | None],
    marked: Callable[[], object],
    trash: Callable[[], object],
) -> None:
    """Connect the actions that mark images.

    chosen: returns the ids of the images to mark; around: returns the collection that is shown; marked: runs after each
    mark; trash: moves the selected images to the trash. Delete does so if no collection is shown.
    """

    def mark(work: Callable[[list[int]], object]) -> None:
        numbers = chosen()
        if numbers:
            work(numbers)
            marked()

    def rate(stars: int) -> None:
        mark(lambda numbers: marking.rate(numbers, stars))

    def label_as(label: Label) -> None:
        mark(lambda numbers: marking.label(numbers, label))

    for stars in STARS:
        actions[f"mark.{stars} stars"].triggered.connect(partial(rate, stars))
    for label in Label:
        if label is not Label.NONE:
            actions[f"mark.{label.value}"].triggered.connect(partial(label_as, label))

    def take_out() -> None:
        shown = around()
        if shown is not None:
            mark(lambda numbers: marking.discard(numbers, shown.id, shown.name))
        else:
            trash()

    actions["mark.take out"].triggered.connect(take_out)
