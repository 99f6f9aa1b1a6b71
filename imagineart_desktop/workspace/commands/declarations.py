"""The window's commands, in the order in which the command search lists those of one menu, and the menus."""

from __future__ import annotations

from imagineart_desktop.workspace.commands.command import Command, CommandContext
from imagineart_desktop.workspace.commands.conditions import in_inpaint, in_shown_collection, is_kept, on_canvas
from imagineart_desktop.workspace.commands.image_commands import (
    IMAGE_COMMANDS,
    IN_EDIT_MENU,
    IN_FILE_MENU,
    IN_IMAGE_MENU,
    TRASH,
    Entries,
)


def _has_jobs(now: CommandContext) -> bool:
    return now.jobs


def _has_zoom(now: CommandContext) -> bool:
    return now.zoom


def _in_form(now: CommandContext) -> bool:
    return now.tab != "gallery"


def _in_loupe(now: CommandContext) -> bool:
    return now.loupe


def _of_images(entries: Entries) -> list[Command]:
    ids = [(entry,) if isinstance(entry, str) else entry[1] if entry is not None else () for entry in entries]
    return [IMAGE_COMMANDS[command_id] for part in ids for command_id in part]


WINDOW_COMMANDS = (
    Command("file.open", "Open an image…", ("Ctrl+O",), icon="folder-open"),
    Command("file.import", "Import images…", icon="download"),
    Command("file.import folder", "Import a folder…", icon="folder"),
    *_of_images(IN_FILE_MENU),
    Command("file.models", "Models…", icon="sliders-horizontal", search_terms="add model hide rename star order price"),
    Command("file.settings", "Settings…", ("Ctrl+,",), icon="settings"),
    Command("file.shortcuts", "Keyboard shortcuts…", ("F1",)),
    Command("file.quit", "Quit", ("Ctrl+Q",)),
    Command("edit.cut", "Cut", ("Ctrl+X",), applies_to=lambda now: now.can_cut),
    Command("edit.copy plain", "Copy", ("Ctrl+C",), icon="copy", applies_to=lambda now: now.can_copy),
    Command("edit.paste", "Paste", ("Ctrl+V",), icon="clipboard-paste", applies_to=lambda now: now.can_paste),
    Command("edit.select all", "Select all", ("Ctrl+A",), applies_to=lambda now: now.can_select),
    *_of_images(IN_EDIT_MENU),
    Command("edit.history", "History…", icon="history", applies_to=on_canvas),
    Command("edit.find", "Find", ("Ctrl+F",), icon="search"),
    Command(
        "prompt.history",
        "Prompt history",
        ("Ctrl+Shift+H",),
        icon="history",
        search_terms="recent favorites",
        applies_to=_in_form,
    ),
    Command(
        "prompt.replace",
        "Find and replace in prompt",
        ("Ctrl+H",),
        icon="search",
        search_terms="change words",
        applies_to=_in_form,
    ),
    Command("prompt.templates", "Prompt templates", ("Ctrl+Shift+T",), icon="file-text", applies_to=_in_form),
    *_of_images(IN_IMAGE_MENU),
    IMAGE_COMMANDS[TRASH],
    Command(
        "job.go",
        "Submit",
        ("Ctrl+Enter", "Ctrl+Return"),
        icon="send",
        auto_repeat=False,
        applies_to=_in_form,
    ),
    Command(
        "job.compare models",
        "Compare models…",
        icon="columns-2",
        search_terms="several blind",
        applies_to=lambda now: now.tab in ("generate", "edit") or on_canvas(now),
    ),
    Command(
        "job.batch",
        "Batch…",
        ("Ctrl+Shift+B",),
        icon="list",
        search_terms="many matrix csv wildcards alternatives variations folder",
        applies_to=lambda now: now.tab in ("generate", "edit") or (now.tab == "gallery" and is_kept(now)),
    ),
    Command("job.cancel", "Cancel newest job", ("Ctrl+.",), icon="circle-stop", applies_to=_has_jobs),
    Command("job.cancel all", "Cancel all jobs", applies_to=_has_jobs),
    Command("view.fit", "Fit", ("Ctrl+0",), icon="maximize", search_terms="zoom", applies_to=_has_zoom),
    Command("view.actual", "100%", ("Ctrl+1",), search_terms="zoom", applies_to=_has_zoom),
    Command("view.in", "Zoom in", ("Ctrl++", "Ctrl+="), icon="zoom-in", applies_to=_has_zoom),
    Command("view.out", "Zoom out", ("Ctrl+-",), icon="zoom-out", applies_to=_has_zoom),
    Command("view.turn left", "Rotate view left", ("Ctrl+[",), applies_to=on_canvas),
    Command("view.turn right", "Rotate view right", ("Ctrl+]",), applies_to=on_canvas),
    Command("view.upright", "Reset rotation", ("Ctrl+R",), applies_to=on_canvas),
    Command("view.compare", "Before/after", ("\\",), applies_to=lambda now: now.before),
    Command("view.library", "Library panel", ("Ctrl+B",), checkable=True),
    Command("view.jobs", "Jobs…", ("Ctrl+J",), icon="list", search_terms="queue batches history failed log"),
    Command("view.log", "Job log", ("Ctrl+L",), checkable=True),
    Command("view.fullscreen", "Full screen", ("F11",), checkable=True),
    Command("view.commands", "Search commands", ("Ctrl+K",)),
    Command("tab.generate", "Generate", ("Alt+1",), icon="sparkles", checkable=True),
    Command("tab.edit", "Edit", ("Alt+2",), icon="pencil", checkable=True),
    Command("tab.inpaint", "Inpaint", ("Alt+3",), icon="brush", checkable=True),
    Command("tab.gallery", "Gallery", ("Alt+4",), icon="layout-grid", checkable=True),
    Command(
        "mask.add",
        "Add to the mask",
        icon="square-plus",
        icon_in_menu=True,
        short="Add",
        checkable=True,
        applies_to=on_canvas,
    ),
    Command(
        "mask.subtract",
        "Subtract from the mask",
        icon="square-minus",
        icon_in_menu=True,
        short="Subtract",
        checkable=True,
        applies_to=on_canvas,
    ),
    Command(
        "mask.intersect",
        "Intersect with the mask",
        icon="square-intersect",
        icon_in_menu=True,
        short="Intersect",
        checkable=True,
        applies_to=on_canvas,
    ),
    Command("mask.invert", "Invert", ("Ctrl+I", "Ctrl+Shift+I"), applies_to=on_canvas),
    Command("mask.clear", "Clear", ("Delete",), applies_to=on_canvas),
    Command("mask.fill", "Fill", ("Shift+Delete",), applies_to=on_canvas),
    Command("mask.grow", "Grow", applies_to=on_canvas),
    Command("mask.shrink", "Shrink", applies_to=on_canvas),
    Command("mask.feather", "Feather", ("Shift+F6",), applies_to=on_canvas),
    Command("mask.smooth", "Smooth", applies_to=on_canvas),
    Command("mask.specks", "Remove specks", applies_to=on_canvas),
    Command("mask.holes", "Fill holes", applies_to=on_canvas),
    Command("mask.transparency", "From transparency", applies_to=on_canvas),
    Command("mask.luminosity", "From luminosity", applies_to=on_canvas),
    Command("mask.show", "Show mask", ("Q",), checkable=True, applies_to=on_canvas),
    Command("mask.tint", "Mask as tint", checkable=True, applies_to=on_canvas),
    Command("mask.black and white", "Mask in black and white", checkable=True, applies_to=on_canvas),
    Command("mask.outline", "Mask as outline", checkable=True, applies_to=on_canvas),
    Command("mask.tint colour", "Tint color and strength…", applies_to=on_canvas),
    Command("mask.copy", "Copy mask", ("Ctrl+Alt+C",), icon="copy", applies_to=on_canvas),
    Command("mask.paste", "Paste as mask", ("Ctrl+Alt+V",), icon="clipboard-paste", applies_to=on_canvas),
    Command("mask.load", "Load mask…", icon="folder-open", applies_to=on_canvas),
    Command("mask.save", "Save mask…", icon="save", applies_to=on_canvas),
    *(
        Command(
            f"mark.{stars} stars",
            f"{stars} stars" if stars != 1 else "1 star",
            (str(stars),),
            icon="star",
            search_terms="rating rate",
            applies_to=is_kept,
        )
        for stars in range(6)
    ),
    Command("mark.red", "Red label", ("6",), search_terms="color rate", applies_to=is_kept),
    Command("mark.yellow", "Yellow label", ("7",), search_terms="color rate", applies_to=is_kept),
    Command("mark.green", "Green label", ("8",), search_terms="color rate", applies_to=is_kept),
    Command("mark.blue", "Blue label", ("9",), search_terms="color rate", applies_to=is_kept),
    Command("mark.purple", "Purple label", search_terms="color rate", applies_to=is_kept),
    Command(
        "mark.take out", "Remove from collection", ("Delete",), search_terms="delete", applies_to=in_shown_collection
    ),
    Command("loupe.facts", "Image info", ("I",), applies_to=_in_loupe),
    Command("loupe.zoom", "Zoom to 100% or fit", ("Z",), applies_to=_in_loupe),
    Command("loupe.full screen", "Full-screen image", ("F",), applies_to=_in_loupe),
    Command("loupe.advance", "Auto-advance", checkable=True),
    Command("view.spending", "Spending…", icon="wallet"),
    Command("brush.smaller", "Smaller brush", ("[",), applies_to=in_inpaint),
    Command("brush.larger", "Larger brush", ("]",), applies_to=in_inpaint),
    # Platforms report Shift and a bracket as "Shift+[" or as "{". An action with both would be ambiguous with itself.
    Command("brush.softer", "Softer brush", ("{", "Shift+{"), applies_to=in_inpaint),
    Command("brush.harder", "Harder brush", ("}", "Shift+}"), applies_to=in_inpaint),
    Command("brush.fainter", "Less opacity", applies_to=in_inpaint),
    Command("brush.stronger", "More opacity", applies_to=in_inpaint),
    *(
        Command(f"brush.opacity {percent}", f"Opacity {percent}%", (str(percent // 10 % 10),), applies_to=in_inpaint)
        for percent in range(10, 101, 10)
    ),
    Command("theme.system", "Theme: match system", icon="monitor", checkable=True),
    Command("theme.dark", "Theme: dark", icon="moon", checkable=True),
    Command("theme.light", "Theme: light", icon="sun", checkable=True),
    Command("help.report", "Report a problem…"),
    Command("help.about", "About ImagineArt Desktop"),
)

_BRUSH = ("brush.smaller", "brush.larger", "brush.softer", "brush.harder", "brush.fainter", "brush.stronger")
_OPACITY = tuple(f"brush.opacity {percent}" for percent in range(10, 101, 10))

TOOLS_SUBMENU = "tool."
"""Stands for the submenu of the canvas tools, which `ui` declares."""

TITLES = {
    "file": "File",
    "edit": "Edit",
    "image": "Image",
    "mask": "Mask",
    "view": "View",
    "window": "Window",
    "help": "Help",
}
WINDOW_MENUS: dict[str, Entries] = {
    "file": (
        "file.open",
        "file.import",
        "file.import folder",
        None,
        *IN_FILE_MENU,
        None,
        "mask.load",
        "mask.save",
        None,
        "file.models",
        "file.settings",
        "file.shortcuts",
        None,
        "file.quit",
    ),
    "edit": (
        "edit.undo",
        "edit.redo",
        "mark.undo",
        "mark.redo",
        "edit.history",
        None,
        "edit.cut",
        "edit.copy plain",
        "edit.paste",
        "edit.select all",
        None,
        *IN_EDIT_MENU,
        None,
        "edit.find",
        "prompt.replace",
        None,
        "prompt.history",
        "prompt.templates",
    ),
    "image": (
        "job.go",
        "job.compare models",
        "job.batch",
        "job.cancel",
        "job.cancel all",
        None,
        *IN_IMAGE_MENU,
        ("Rating", tuple(f"mark.{stars} stars" for stars in range(6))),
        ("Label", ("mark.red", "mark.yellow", "mark.green", "mark.blue", "mark.purple")),
        None,
        "mark.take out",
        TRASH,
    ),
    "mask": (
        TOOLS_SUBMENU,
        ("Brush", _BRUSH),
        ("Opacity", _OPACITY),
        None,
        "mask.add",
        "mask.subtract",
        "mask.intersect",
        None,
        "mask.invert",
        "mask.clear",
        "mask.fill",
        None,
        "mask.grow",
        "mask.shrink",
        "mask.feather",
        "mask.smooth",
        None,
        "mask.specks",
        "mask.holes",
        "mask.transparency",
        "mask.luminosity",
        None,
        "mask.show",
        "mask.tint",
        "mask.black and white",
        "mask.outline",
        "mask.tint colour",
        None,
        "mask.copy",
        "mask.paste",
        "mask.load",
        "mask.save",
    ),
    "view": (
        "view.fit",
        "view.actual",
        "view.in",
        "view.out",
        None,
        "view.turn left",
        "view.turn right",
        "view.upright",
        None,
        "view.compare",
        "loupe.facts",
        "loupe.zoom",
        "loupe.full screen",
        "loupe.advance",
        None,
        "theme.system",
        "theme.dark",
        "theme.light",
        None,
        "view.spending",
        "view.fullscreen",
    ),
    "window": (
        "tab.generate",
        "tab.edit",
        "tab.inpaint",
        "tab.gallery",
        None,
        "view.library",
        "view.jobs",
        "view.log",
    ),
    "help": ("file.shortcuts", "view.commands", None, "help.report", None, "help.about"),
}
"""Menu → ids of its commands. None is a separator, a pair is a submenu."""
