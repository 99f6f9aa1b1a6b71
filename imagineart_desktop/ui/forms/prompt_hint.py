"""What an empty prompt says for each task."""

from __future__ import annotations

from imagineart_desktop.models import Task

_DESCRIBED = {
    Task.GENERATE: "the image you want",
    Task.INPAINT: "what should be in the painted area",
    Task.REPLACE_BACKGROUND: "the new background",
}
_CHANGE = "the change"
_CHANGE_OF_SEVERAL = "the change: “Place the cat from image 1 beside the cup in image 2”"
"""For a model that edits several images at once."""


def prompt_hint(task: Task, *, several: bool, optional: bool = False) -> str:
    """Return what an empty prompt says.

    several: whether the model edits several images at once; optional: whether it works without a prompt as well.
    """
    described = _CHANGE_OF_SEVERAL if several else _DESCRIBED.get(task, _CHANGE)
    return f"Optional: describe {described}" if optional else f"Describe {described}"
