"""What an empty prompt says for each task."""

from __future__ import annotations

from imagineart_desktop.models import Task

_HINT = {
    Task.GENERATE: "Describe the image you want",
    Task.INPAINT: "Describe what should be in the painted area",
    Task.REPLACE_BACKGROUND: "Describe the new background",
}
_CHANGE_HINT = "Describe the change"
_SEVERAL_HINT = "Describe the change: “Place the cat from image 1 beside the cup in image 2”"
"""The hint of a model that edits several images at once."""


def prompt_hint(task: Task, *, several: bool, optional: bool = False) -> str:
    """Return what an empty prompt says.

    several: whether the model edits several images at once; optional: whether it works without a prompt as well.
    """
    hint = _SEVERAL_HINT if several else _HINT.get(task, _CHANGE_HINT)
    return f"Optional: {hint[0].lower()}{hint[1:]}" if optional else hint
