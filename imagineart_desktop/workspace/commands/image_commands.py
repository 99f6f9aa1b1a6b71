"""The commands for images, and which of them each place offers, in which order."""

from __future__ import annotations

from functools import partial

from imagineart_desktop.workspace.commands.command import Command, CommandContext, ImageSubject
from imagineart_desktop.workspace.commands.conditions import (
    can_export,
    can_reuse_seed,
    has_image,
    has_lost_file,
    has_model,
    has_no_file,
    has_prompt,
    has_recipe,
    has_references,
    has_seed,
    has_style,
    is_in_trash,
    is_kept,
    was_made_here,
)
from imagineart_desktop.workspace.commands.task_commands import TASK_COMMANDS

_Window = partial(Command, of_images=True)
"""A command of the window's menus, which can have a shortcut."""

_Place = partial(Command, of_images=True, in_window=False)
"""A command that only the image's own menu and panels offer."""

FAVORITE = "image.favourite"
TRASH = "image.trash"
RESTORE = "image.restore"
OPEN = "image.open"
REUSE = "image.reuse"
COMPARE = "image.compare"
COPY = "edit.copy"
COPY_FILE = "edit.copy file"
COPY_SEED = "image.copy seed"
EXPORT = "file.export"

_ALL = (
    _Place("image.locate", "Locate…", applies_to=has_lost_file),
    _Place("image.forget", "Remove from library", applies_to=has_no_file),
    _Place(RESTORE, "Restore", applies_to=is_in_trash),
    _Place(OPEN, "Open", applies_to=is_kept),
    _Window("image.edit", "Send to Edit", short="→ Edit", applies_to=is_kept),
    _Window("image.inpaint", "Send to Inpaint", short="→ Inpaint", applies_to=is_kept),
    _Place("image.reference", "Use as reference", applies_to=is_kept),
    *TASK_COMMANDS,
    _Window(REUSE, "Reuse settings", icon="repeat", short="All settings", applies_to=has_recipe),
    _Place("image.use prompt", "Prompt", applies_to=has_prompt),
    _Place("image.use seed", "Seed", applies_to=can_reuse_seed),
    _Place("image.use size", "Size", applies_to=is_kept),
    _Place("image.use style", "Style", applies_to=has_style),
    _Place("image.use model", "Model", applies_to=has_model),
    _Place("image.use references", "References", applies_to=has_references),
    _Place(COPY_SEED, "Copy seed", short="Copy", applies_to=has_seed),
    _Window("image.vary", "Vary", icon="dice-5", applies_to=has_recipe),
    _Window(COMPARE, "Compare", ("C",), icon="columns-2", applies_to=is_kept),
    _Window("image.lineage", "Lineage", applies_to=is_kept),
    _Window(
        FAVORITE,
        "Favorite",
        ("Ctrl+D",),
        icon="star",
        short="★",
        label_on="Remove from favorites",
        # The other spelling is found, never shown.
        search_terms=" ".join(("favourite", "star", "mark")),
        applies_to=is_kept,
    ),
    _Window(
        TRASH,
        "Move to trash",
        ("Ctrl+Delete", "Ctrl+Backspace"),
        icon="trash-2",
        short="Trash",
        search_terms="delete remove",
        applies_to=is_kept,
    ),
    _Window(COPY, "Copy image", ("Ctrl+Shift+C",), icon="copy", short="Copy", exports=True, applies_to=can_export),
    _Window(COPY_FILE, "Copy as file", ("Ctrl+Alt+Shift+C",), icon="copy", exports=True, applies_to=can_export),
    _Window(EXPORT, "Export…", ("Ctrl+Shift+E", "Ctrl+Shift+S"), icon="upload", exports=True, applies_to=can_export),
    _Window("file.sheet", "Contact sheet…", icon="grid-3x3", exports=True, applies_to=can_export),
    _Window("file.open with", "Open in default app", icon="external-link", exports=True, applies_to=can_export),
    _Place("image.folder", "Show in folder", applies_to=has_image),
    _Place("image.log", "Show job log", applies_to=was_made_here),
)
IMAGE_COMMANDS = {command.id: command for command in _ALL}

Entries = tuple[str | tuple[str, tuple[str, ...]] | None, ...]
"""What a menu consists of: ids of commands, None for a separator, a pair for a submenu."""

REUSE_PARTS = (
    "image.use prompt",
    "image.use seed",
    "image.use size",
    "image.use style",
    "image.use model",
    "image.use references",
)
"""Commands that reuse one of an image's settings."""

REUSE_ROW = (REUSE, *REUSE_PARTS)

_QUICK_EDITS = ("Quick edits", tuple(command.id for command in TASK_COMMANDS))

CONTEXT_MENU: Entries = (
    "image.locate",
    "image.forget",
    RESTORE,
    OPEN,
    "image.edit",
    "image.inpaint",
    "image.reference",
    _QUICK_EDITS,
    ("Reuse", (*REUSE_ROW, COPY_SEED)),
    "image.vary",
    None,
    COMPARE,
    "image.lineage",
    None,
    COPY,
    EXPORT,
    ("File", (COPY_FILE, "file.open with", "image.folder", "file.sheet", "image.log")),
    None,
)
"""The context menu above the marks. What is rarely used stands in submenus, so that it fits beside a small window."""

IN_FILE_MENU: Entries = (EXPORT, "file.sheet", "file.open with")
IN_EDIT_MENU: Entries = (COPY, COPY_FILE)
IN_IMAGE_MENU: Entries = (
    "image.edit",
    "image.inpaint",
    _QUICK_EDITS,
    REUSE,
    "image.vary",
    None,
    COMPARE,
    "image.lineage",
    None,
    FAVORITE,
)
"""The image commands of the window's menus, in the order of the command search; Trash stands at the menu's end."""

LOUPE_BAR = (COMPARE, "image.edit", "image.inpaint", EXPORT)
RESULTS_BAR = ("image.edit", "image.inpaint", FAVORITE, COPY, EXPORT)
EDIT_BAR = ("image.reference", "image.inpaint", FAVORITE, COPY, EXPORT)
MISSING_FILE = ("image.locate", "image.forget")
DETAILS = (
    RESTORE,
    "image.vary",
    "image.lineage",
    "image.edit",
    "image.inpaint",
    EXPORT,
    "image.folder",
    FAVORITE,
)

HOVER_BUTTONS = (FAVORITE,)
"""Commands that a cell of a grid offers while the pointer is over it.

Only commands that one more click undoes: a click meant for the image must not lead to another tab.
"""


def applies_to_image(command_id: str, image: ImageSubject | None) -> bool:
    """Return whether a command can be used for an image, wherever it's shown."""
    return IMAGE_COMMANDS[command_id].applies_to(CommandContext(image=image))
