"""Conditions that several commands share. Those of images hold while nothing is known that rules them out."""

from __future__ import annotations

from imagineart_desktop.library import FileState
from imagineart_desktop.workspace.commands.command import CommandContext


def on_canvas(now: CommandContext) -> bool:
    """Hold while Inpaint has an image to paint on."""
    return now.tab == "inpaint" and now.canvas


def in_inpaint(now: CommandContext) -> bool:
    """Hold in Inpaint."""
    return now.tab == "inpaint"


def has_image(now: CommandContext) -> bool:
    """Hold for every image of the library, including those in the trash."""
    return now.image is not None


def is_kept(now: CommandContext) -> bool:
    """Hold for an image that isn't in the trash."""
    return now.image is not None and not now.image.in_trash


def can_export(now: CommandContext) -> bool:
    """Hold for an image that can leave the window, which the one on the canvas can as well."""
    return is_kept(now) or now.unsaved


def is_in_trash(now: CommandContext) -> bool:
    """Hold for an image in the trash."""
    return now.image is not None and now.image.in_trash


def in_shown_collection(now: CommandContext) -> bool:
    """Hold for an image that the gallery shows in a collection."""
    return is_kept(now) and now.tab == "gallery" and now.collection


def was_made_here(now: CommandContext) -> bool:
    """Hold for an image that a job of this program made."""
    return is_kept(now) and now.image is not None and now.image.made_here


def has_recipe(now: CommandContext) -> bool:
    """Hold for an image whose settings are known."""
    return is_kept(now) and now.image is not None and now.image.has_recipe


def has_prompt(now: CommandContext) -> bool:
    """Hold for an image with a prompt."""
    return is_kept(now) and now.image is not None and now.image.has_prompt


def can_reuse_seed(now: CommandContext) -> bool:
    """Hold for an image whose seed can be used again."""
    return is_kept(now) and has_seed(now)


def has_seed(now: CommandContext) -> bool:
    """Hold for an image whose seed is known."""
    return now.image is not None and now.image.has_seed


def has_references(now: CommandContext) -> bool:
    """Hold for an image made from references that are still stored."""
    return is_kept(now) and now.image is not None and now.image.has_references


def has_style(now: CommandContext) -> bool:
    """Hold for an image made in a style that is known."""
    return is_kept(now) and now.image is not None and now.image.has_style


def has_model(now: CommandContext) -> bool:
    """Hold for an image made by a model that is known."""
    return is_kept(now) and now.image is not None and now.image.has_model


def has_lost_file(now: CommandContext) -> bool:
    """Hold for an image whose file is missing or damaged."""
    return now.image is not None and now.image.file in (FileState.MISSING, FileState.DAMAGED)


def has_no_file(now: CommandContext) -> bool:
    """Hold for an image whose file is missing."""
    return now.image is not None and now.image.file is FileState.MISSING
