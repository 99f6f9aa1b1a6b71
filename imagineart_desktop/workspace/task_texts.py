"""What tasks are called on the screen."""

from __future__ import annotations

from imagineart_desktop.models import Task

TASK_TEXT = {
    Task.GENERATE: "Generate",
    Task.EDIT: "Edit",
    Task.INPAINT: "Inpaint",
    Task.REMOVE: "Remove",
    Task.REPLACE_BACKGROUND: "Replace background",
    Task.CUT_OUT: "Cut out",
    Task.UPSCALE: "Upscale",
    Task.REFRAME: "Extend",
}
"""The name of each task: of its tab, in lists, and on the button that submits it."""
