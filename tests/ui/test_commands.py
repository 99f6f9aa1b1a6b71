"""A command has the same words, keys and state in every place that offers it."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from PySide6.QtCore import QPoint
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QMenu, QWidget

from imagineart_desktop.library import Library
from imagineart_desktop.ui.command_search.entries import command_entries
from imagineart_desktop.ui.commands.actions import HistoryAction
from imagineart_desktop.ui.commands.command_button import CommandButton, command_tip
from imagineart_desktop.ui.commands.image_menu import ImageMenu
from imagineart_desktop.ui.commands.menus import MENUS, action_names
from imagineart_desktop.ui.theme import Theme
from imagineart_desktop.workspace.commands.command import CommandContext, ImageSubject, with_note
from imagineart_desktop.workspace.commands.declarations import WINDOW_COMMANDS
from imagineart_desktop.workspace.commands.image_commands import (
    CONTEXT_MENU,
    DETAILS,
    EDIT_BAR,
    FAVORITE,
    HOVER_BUTTONS,
    IMAGE_COMMANDS,
    LOUPE_BAR,
    MISSING_FILE,
    RESULTS_BAR,
    REUSE_ROW,
    applies_to_image,
)
from tests.library.test_library import keep, recipe
from tests.ui.window_driver import Driver, opened, settle


def buttons(widget: QWidget) -> dict[str, CommandButton]:
    """Return the visible command buttons by command."""
    return {made.command.id: made for made in widget.findChildren(CommandButton) if made.isVisible()}


def entries(menu: ImageMenu) -> dict[str, QAction]:
    """Return the entries that run a command, those of submenus as well."""
    found = [action for part in (menu, *menu.findChildren(QMenu)) for action in part.actions()]
    return {str(action.data()): action for action in found if action.data() in IMAGE_COMMANDS}


async def context_menu(at: Driver, number: int) -> dict[str, tuple[str, str, bool]]:
    """Return label, shortcut and state of each command in the image's context menu."""
    at.window.images.show_gallery_menu([number], QPoint())
    await at.until(lambda: at.window.findChildren(ImageMenu))
    (menu,) = at.window.findChildren(ImageMenu)
    assert menu.sizeHint().height() < at.window.minimumHeight(), "it must fit beside the smallest window"
    found = {name: (made.text(), made.shortcut().toString(), made.isEnabled()) for name, made in entries(menu).items()}
    menu.close()
    settle()
    return found


def check_buttons(at: Driver, made: Iterable[CommandButton], image: ImageSubject) -> None:
    """Check that buttons are named, explained and enabled as declared."""
    actions = at.window.window_actions.named()
    for one in made:
        command = one.command
        name = command.label if command.id == FAVORITE else command.button_label
        assert one.text() in (name, command.button_label, f"☆ {name}", f"★ {name}"), command.id
        keys = actions[command.id].shortcut() if command.in_window else QKeySequence()
        assert one.toolTip() == command_tip(command.name, keys), command.id
        assert one.isEnabled() == applies_to_image(command.id, image), command.id


async def trash(at: Driver, number: int, *, of: int) -> None:
    """Move an image to the trash, and wait until the gallery, which has this many, follows."""
    model = at.window.gallery.model
    at.window.go_to("gallery")
    await at.until(lambda: model.rowCount() == of)
    await at.parts.library.trash.put([number])
    await at.until(lambda: model.rowCount() == of - 1)


async def subject(library: Library, number: int) -> ImageSubject:
    details = await library.details(number)
    assert details is not None
    return ImageSubject.from_details(details)


async def check_gallery(at: Driver, number: int, image: ImageSubject) -> None:
    """Check the details, the window's menus and the buttons on the cell."""
    window, details = at.window, at.window.gallery.details
    offered = {name for name in (*MISSING_FILE, *DETAILS) if applies_to_image(name, image)}
    window.finding.show_in_gallery(number)
    await at.until(lambda: offered == buttons(details).keys() & {*MISSING_FILE, *DETAILS})
    check_buttons(at, buttons(details).values(), image)
    usable = window.availability.usable()
    for name in (name for name, command in IMAGE_COMMANDS.items() if command.in_window):
        assert (name in usable) == applies_to_image(name, image), name
    shows_buttons = window.gallery.grid._cells.shows_tools
    assert [shows_buttons] * len(HOVER_BUTTONS) == [applies_to_image(name, image) for name in HOVER_BUTTONS]


async def check_menu(at: Driver, number: int, image: ImageSubject) -> None:
    """Check the context menu, which leaves out what doesn't apply."""
    menu = await context_menu(at, number)
    for name, command in IMAGE_COMMANDS.items():
        applies = applies_to_image(name, image)
        if name not in menu:
            assert not applies, name
            continue
        keys = at.window.window_actions[name].shortcut().toString() if command.in_window else ""
        label = command.label_on if name == FAVORITE and image.is_favorite else command.label
        note = at.window.commands.note(command, CommandContext(image=image), 1)
        assert menu[name] == (with_note(label, note), keys, applies), name


async def check_loupe(at: Driver, number: int, image: ImageSubject) -> None:
    """Check the loupe's bars and its facts."""
    gallery, loupe = at.window.gallery, at.window.gallery.loupe
    gallery.open_loupe(number)
    await at.until(lambda: loupe.current is not None and loupe.current.id == number and loupe.image.subject == image)
    loupe.toggle_facts()
    for part in (loupe.bar, loupe.marks, loupe.facts):
        assert buttons(part)
        check_buttons(at, buttons(part).values(), image)
    loupe.toggle_facts()
    gallery.close_loupe()


async def test_a_command_is_the_same_in_every_place(tmp_path: Path, theme: Theme) -> None:
    async with opened(tmp_path, theme) as at:
        library = at.parts.library
        kept, trashed = [(await keep(library, recipe(seed))).id for seed in (1, 2)]
        await trash(at, trashed, of=2)
        at.window.window_actions["image.lineage"].setShortcut(QKeySequence("Ctrl+Alt+Y"))
        for number in (kept, trashed):
            image = await subject(library, number)
            assert image.in_trash == (number == trashed)
            for check in (check_gallery, check_menu, check_loupe):
                await check(at, number, image)


async def test_a_command_in_the_trash_says_what_it_needs(tmp_path: Path, theme: Theme) -> None:
    async with opened(tmp_path, theme) as at:
        window, library = at.window, at.parts.library
        number = (await keep(library, recipe(1))).id
        await trash(at, number, of=1)
        window.finding.show_in_gallery(number)
        await at.until(lambda: (image := window.images.subject()) is not None and image.in_trash)
        for name in ("image.favourite", "mark.3 stars", "image.edit", "edit.copy"):
            window.status.clear()
            window.window_actions[name].trigger()
            assert window.status.said.text() == "Restore the image first.", name
        assert window._tab() == "gallery"
        details = await library.details(number)
        assert details is not None
        assert (details.marks.rating, details.marks.favourite, details.trashed) == (0, False, True)


async def test_each_command_is_declared_once_and_does_something(tmp_path: Path, theme: Theme) -> None:
    async with opened(tmp_path, theme) as at:
        window, actions = at.window, at.window.window_actions
        assert set(IMAGE_COMMANDS) <= window.commands._runs.keys()
        names = [command.id for command in WINDOW_COMMANDS]
        assert len(names) == len(set(names))
        assert {name for name, command in IMAGE_COMMANDS.items() if command.in_window} <= set(names)
        listed = {name for menu in MENUS.values() for name in action_names(menu)}
        assert listed == set(actions.named()) == set(actions.commands)
        for name, command in actions.commands.items():
            action = actions[name]
            if isinstance(action, HistoryAction):
                continue
            assert (action.text(), action.toolTip()) == (command.label, command_tip(command.name, action.shortcut()))
            assert action.shortcuts() == [QKeySequence(keys) for keys in command.keys]
        searched = [command for command in WINDOW_COMMANDS if command.id != "view.commands"]
        for entry, command in zip(command_entries(actions, names, {}, {}), searched, strict=True):
            assert entry.words == command.name
            assert not command.icon or entry.icon == command.icon
        in_menu = [entry for entry in CONTEXT_MENU if isinstance(entry, str)]
        placed = {*in_menu, *LOUPE_BAR, *RESULTS_BAR, *EDIT_BAR, *DETAILS, *MISSING_FILE, *REUSE_ROW, *HOVER_BUTTONS}
        assert placed <= set(IMAGE_COMMANDS)
