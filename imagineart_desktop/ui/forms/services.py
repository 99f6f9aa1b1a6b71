"""What a form needs of the program around it."""

from __future__ import annotations

from dataclasses import dataclass

from imagineart_desktop.library import Library
from imagineart_desktop.ui.widgets.file_dialogs import FileDialogs


@dataclass(frozen=True, slots=True)
class FormServices:
    """Where images and prompts are stored, and the dialogs that choose files."""

    library: Library
    files: FileDialogs
