"""The commands that do one thing to an image with a model, and why each can't be used now."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from imagineart_desktop.library import FileState
from imagineart_desktop.models import Task
from imagineart_desktop.workspace.commands.command import Command, CommandContext
from imagineart_desktop.workspace.commands.conditions import on_canvas

SELECT_FIRST = "Select an image first."
"""Message of a command that needs an image."""

RESTORE_FIRST = "Restore the image first."
"""Message of a command that doesn't apply to images in the trash."""

_NO_FILE = {FileState.MISSING: "The image file is missing.", FileState.DAMAGED: "The image file is damaged."}


def _reason(task: Task, now: CommandContext) -> str:
    """Return why a task can't be done now, as a sentence; empty if it can."""
    if task in now.missing_tasks:
        return "No model is available for this."
    if task.takes_mask:
        if not on_canvas(now):
            return "Open the image in Inpaint first."
        return "" if now.mask else "Paint over the object first."
    if now.image is None:
        return "" if on_canvas(now) else SELECT_FIRST
    return RESTORE_FIRST if now.image.in_trash else _NO_FILE.get(now.image.file, "")


def _command(task: Task, label: str, icon: str, search_terms: str, *, opens_dialog: bool = False) -> Command:
    reason = partial(_reason, task)
    return Command(
        f"image.{task.value}",
        label,
        icon=icon,
        search_terms=search_terms,
        applies_to=_holds_without(reason),
        of_images=True,
        task=task,
        reason=reason,
        opens_dialog=opens_dialog,
    )


def _holds_without(reason: Callable[[CommandContext], str]) -> Callable[[CommandContext], bool]:
    return lambda now: not reason(now)


TASK_COMMANDS = (
    _command(Task.UPSCALE, "Upscale", "expand", "enlarge resolution quick"),
    _command(Task.CUT_OUT, "Cut out", "scan", "remove background transparent quick"),
    _command(Task.REMOVE, "Remove object", "eraser", "erase clean up quick"),
    _command(Task.REPLACE_BACKGROUND, "Replace background…", "image", "quick", opens_dialog=True),
    _command(
        Task.REFRAME, "Extend to a ratio…", "square-dashed", "reframe outpaint uncrop expand quick", opens_dialog=True
    ),
)
"""In the order in which the menus list them. One that opens no dialog sends at once."""
