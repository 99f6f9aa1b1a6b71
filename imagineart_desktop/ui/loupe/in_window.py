"""The loupes of the window's tabs: their keys, auto-advance, and full-screen mode."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QMainWindow

from imagineart_desktop.library import Label
from imagineart_desktop.ui.commands.actions import Actions
from imagineart_desktop.ui.commands.image_commands import ImageCommands
from imagineart_desktop.ui.widgets.deferred import Lazy
from imagineart_desktop.workspace.gallery.organizer import GalleryCommands
from imagineart_desktop.workspace.preferences import Preferences

if TYPE_CHECKING:
    from imagineart_desktop.ui.loupe.loupe import Loupe


class LoupeCoordinator(QObject):
    """Connects the loupes of a window to its actions and its full-screen mode.

    fill_screen: switches the window to full screen or back; clear_around: hides the widgets around the loupe on screen,
    or shows them again.
    """

    def __init__(
        self,
        window: QMainWindow,
        actions: Actions,
        preferences: Preferences,
        commands: ImageCommands,
        marking: GalleryCommands,
        fill_screen: Callable[[bool], object],
        clear_around: Callable[[bool], object],
    ) -> None:
        super().__init__(window)
        self._loupes: list[Lazy[Loupe]] = []
        self._actions = actions
        self._commands = commands
        self._marking = marking
        self._clear_around = clear_around
        self._fill_screen = fill_screen
        self._tags: list[str] = []
        self.is_full_screen = False
        """Whether only the image is on screen."""
        advance = actions["loupe.advance"]
        advance.setChecked(preferences.auto_advance)
        advance.toggled.connect(partial(setattr, preferences, Preferences.auto_advance.name))
        preferences.watch(self, Preferences.auto_advance, advance.setChecked)
        actions["loupe.facts"].triggered.connect(partial(self.with_visible, _toggle_facts))
        actions["loupe.full screen"].triggered.connect(partial(self.with_visible, _toggle_full_screen))
        actions["loupe.zoom"].triggered.connect(partial(self.with_visible, _toggle_zoom))

    def add(self, loupe: Lazy[Loupe]) -> None:
        """Manage a loupe as soon as it's built."""
        self._loupes.append(loupe)
        loupe.when_built(self._connect)

    def _connect(self, loupe: Loupe) -> None:
        """Connect a loupe: keys, moving on when an image is sent to the trash, and editing tags in the facts panel."""
        actions = self._actions
        loupe.use_actions(actions)
        loupe.rated.connect(self._rate)
        loupe.labelled.connect(self._label)
        loupe.full_screen_wanted.connect(self.show_full_screen)
        self._commands.trashing.connect(loupe.advance_past)
        self._marking.marked.connect(loupe.flash_mark)
        loupe.facts.tagged.connect(self._marking.tag)
        loupe.facts.untagged.connect(self._marking.untag)
        loupe.facts.set_tags(self._tags)

    def _rate(self, stars: int) -> None:
        self._actions[f"mark.{stars} stars"].trigger()

    def _label(self, label: Label) -> None:
        self._actions[f"mark.{label.value}"].trigger()

    def set_tags(self, tags: list[str]) -> None:
        """Set all existing tags, for completion."""
        self._tags = tags
        for loupe in self._loupes:
            if loupe.built is not None:
                loupe.built.facts.set_tags(tags)

    @property
    def visible_loupe(self) -> Loupe | None:
        """The loupe that is visible to the user, or None."""
        built = (loupe.built for loupe in self._loupes)
        return next((loupe for loupe in built if loupe is not None and loupe.isVisible()), None)

    def with_visible(self, work: Callable[[Loupe], object]) -> None:
        """Apply a function to the visible loupe, if there is one."""
        loupe = self.visible_loupe
        if loupe is not None:
            work(loupe)

    def advance(self) -> None:
        """Show the next image in the visible loupe, if there is one."""
        self.with_visible(_advance)

    def show_full_screen(self, on: bool) -> None:
        """Show only the image, full screen, or restore the window."""
        loupe = self.visible_loupe
        if loupe is None or on == self.is_full_screen:
            return
        self.is_full_screen = on
        loupe.set_full_screen(on)
        self._clear_around(on)
        self._fill_screen(on)
        loupe.take_keys()


def _advance(loupe: Loupe) -> None:
    loupe.advance()


def _toggle_facts(loupe: Loupe) -> None:
    loupe.toggle_facts()


def _toggle_full_screen(loupe: Loupe) -> None:
    loupe.toggle_full_screen()


def _toggle_zoom(loupe: Loupe) -> None:
    loupe.view.toggle_zoom()
