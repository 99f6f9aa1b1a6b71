"""Entries of the command search other than images: commands, models, settings and help."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial

from PySide6.QtGui import QKeySequence, QPixmap

from imagineart_desktop.library import PictureSummary
from imagineart_desktop.library.search.search_fields import FIELDS
from imagineart_desktop.models import ModelSpec
from imagineart_desktop.ui.commands.actions import Actions
from imagineart_desktop.ui.commands.menus import menu_of
from imagineart_desktop.ui.settings.sections import SECTIONS
from imagineart_desktop.workspace.commands.declarations import TITLES

_GROUP_ICONS = {
    "file": "file-text",
    "edit": "pencil",
    "image": "image",
    "mask": "brush",
    "view": "eye",
    "window": "panel-left",
    "help": "circle-help",
}
GROUPS = TITLES | {"models": "Models", "settings": "Settings", "terms": "Search terms", "images": "Images"}
"""Group → heading, in display order."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A row of the command search.

    group: one of `GROUPS`; hint: faint text after the words; keys: the shortcut on the right; also: additional search
    terms.

    icon: an icon name or a thumbnail, not a `QIcon`: that crashes if it's freed in a reference cycle, as entries are,
    with its engine. in_full: shown even if nothing is typed.
    """

    group: str
    words: str
    run: Callable[[], object]
    icon: str | QPixmap
    keys: str = ""
    hint: str = ""
    also: str = ""
    always_listed: bool = False

    def matches(self, terms: Sequence[str]) -> bool:
        """Return whether every term occurs in the entry."""
        text = f"{self.words} {self.hint} {self.also} {GROUPS[self.group]} {self.keys}".casefold()
        return all(term in text for term in terms)


def command_entries(
    actions: Actions, usable: Iterable[str], waiting: Mapping[str, str], notes: Mapping[str, str]
) -> list[Entry]:
    """Return the commands that are available, by menu, and those that need something first.

    waiting: name → what it needs; notes: name → what's displayed beside it.
    """
    entries = [replace(_command(actions, name), hint=notes.get(name, "")) for name in usable if name != "view.commands"]
    return entries + [
        replace(_command(actions, name), hint=hint, always_listed=False) for name, hint in waiting.items()
    ]


def _command(actions: Actions, name: str) -> Entry:
    action, command, group = actions[name], actions.commands[name], menu_of(name)
    return Entry(
        group,
        action.text().replace("&", "").rstrip("…"),
        action.trigger,
        command.icon or _GROUP_ICONS[group],
        action.shortcut().toString(QKeySequence.SequenceFormat.NativeText),
        also=command.search_terms,
        always_listed=True,
    )


def model_entries(models: Iterable[ModelSpec], use: Callable[[ModelSpec], object]) -> list[Entry]:
    """Return one entry per model."""
    return [
        Entry("models", model.label, partial(use, model), "sparkles", hint=model.note, also="model use")
        for model in models
    ]


def setting_entries(show: Callable[[str], object]) -> list[Entry]:
    """Return one entry per section of the settings. show: opens the settings at a section."""
    return [
        Entry("settings", words, partial(show, part), "settings", also=also) for part, (words, also) in SECTIONS.items()
    ]


def term_entries(search_for: Callable[[str], object]) -> list[Entry]:
    """Return one entry per field that the library can be searched by; running it starts such a search."""
    return [
        Entry(
            "terms",
            f"{field.name}:",
            partial(search_for, f"{field.name}:"),
            "search",
            hint=field.help,
            also="help search find",
        )
        for field in FIELDS.values()
    ]


def image_entry(picture: PictureSummary, thumbnail: QPixmap, show: Callable[[int], object]) -> Entry:
    """Return the entry of an image that was found by its prompt or name."""
    return Entry("images", " ".join(picture.title.split()), partial(show, picture.id), thumbnail)
