"""The loupes of the window's tabs: their keys, auto-advance, and the image on the whole screen."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QMainWindow

from imagineart_desktop.ui.commands.actions import Actions
from imagineart_desktop.ui.commands.image_commands import PictureCommands
from imagineart_desktop.ui.loupe.loupe import Loupe
from imagineart_desktop.ui.widgets.deferred import Deferred
from imagineart_desktop.workspace.gallery.organizer import Marking
from imagineart_desktop.workspace.preferences import Preferences

_ADVANCE = "auto-advance"


class WindowLoupes(QObject):
    """fill_screen: makes the window as large as the screen, or as it was before.

    clear_around: hides what stands round the loupe on screen, or shows it again.
    """

    def __init__(
        self,
        window: QMainWindow,
        actions: Actions,
        preferences: Preferences,
        commands: PictureCommands,
        marking: Marking,
        fill_screen: Callable[[bool], object],
        clear_around: Callable[[bool], object],
    ) -> None:
        super().__init__(window)
        self._loupes: list[Deferred[Loupe]] = []
        self._actions = actions
        self._commands = commands
        self._marking = marking
        self._clear_around = clear_around
        self._fill_screen = fill_screen
        self._tags: list[str] = []
        self.is_full_screen = False
        """Whether there is nothing on screen but the image."""
        advance = actions["loupe.advance"]
        advance.setChecked(preferences.value(_ADVANCE) is not False)
        advance.toggled.connect(lambda on: preferences.set_value(_ADVANCE, on))
        actions["loupe.facts"].triggered.connect(lambda: self.do(Loupe.toggle_facts))
        actions["loupe.full screen"].triggered.connect(lambda: self.do(Loupe.toggle_full_screen))
        actions["loupe.zoom"].triggered.connect(lambda: self.do(lambda loupe: loupe.view.toggle_zoom()))

    def add(self, loupe: Deferred[Loupe]) -> None:
        """Take care of a loupe as soon as it is built."""
        self._loupes.append(loupe)
        loupe.once_built(self._connect)

    def _connect(self, loupe: Loupe) -> None:
        """Lead the keys to it, go on to the next image when one is sent to the trash, and change tags in the facts."""
        actions = self._actions
        loupe.use_actions([*actions.of_gallery(), *actions.of_loupe()], actions["loupe.advance"])
        loupe.rated.connect(lambda stars: actions[f"mark.{stars} stars"].trigger())
        loupe.labelled.connect(lambda label: actions[f"mark.{label.value}"].trigger())
        loupe.full_screen_wanted.connect(self.show_full_screen)
        self._commands.trashing.connect(loupe.make_way)
        self._marking.marked.connect(loupe.flash_mark)
        loupe.facts.tagged.connect(self._marking.tag)
        loupe.facts.untagged.connect(self._marking.untag)
        loupe.facts.set_tags(self._tags)

    def set_tags(self, tags: list[str]) -> None:
        """Set all tags that there are, to complete with."""
        self._tags = tags
        for loupe in self._loupes:
            if loupe.built is not None:
                loupe.built.facts.set_tags(tags)

    @property
    def on_screen(self) -> Loupe | None:
        """The one that the user sees."""
        built = (loupe.built for loupe in self._loupes)
        return next((loupe for loupe in built if loupe is not None and loupe.isVisible()), None)

    def do(self, work: Callable[[Loupe], object]) -> None:
        """Do something with the loupe that the user sees, if there is one."""
        loupe = self.on_screen
        if loupe is not None:
            work(loupe)

    def show_full_screen(self, on: bool) -> None:
        """Show nothing but the image on the whole screen, or the window as it was before."""
        loupe = self.on_screen
        if loupe is None or on == self.is_full_screen:
            return
        self.is_full_screen = on
        loupe.set_full_screen(on)
        self._clear_around(on)
        self._fill_screen(on)
        loupe.take_keys()
