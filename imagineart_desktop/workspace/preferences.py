"""What the user chose, kept between sessions. Never the key."""

from __future__ import annotations

import json
import os
from contextlib import suppress
from pathlib import Path
from typing import Any

from PySide6.QtCore import QByteArray, QSettings

from imagineart_desktop.support import whole_number
from imagineart_desktop.workspace.canvas_modifier import CanvasModifier
from imagineart_desktop.workspace.theme_mode import ThemeMode

MOST_AT_ONCE = 10


def make_private(file: Path) -> None:
    """Have a file that is there, readable by its owner alone; its folder likewise where it is made for it.

    QSettings would make it readable for everybody; a file that exists keeps its mode when QSettings replaces it. Where
    this cannot be done, QSettings cannot write either.
    """
    with suppress(OSError):
        file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        os.close(os.open(file, os.O_RDONLY | os.O_CREAT, 0o600))
        file.chmod(0o600)


class Preferences:
    """One settings file. Values that make no sense count as not set."""

    def __init__(self, file: Path) -> None:
        make_private(file)
        self._settings = QSettings(str(file), QSettings.Format.IniFormat)

    @property
    def theme(self) -> ThemeMode:
        """The look."""
        value = str(self._settings.value("theme", ThemeMode.SYSTEM.value))
        return ThemeMode(value) if value in list(ThemeMode) else ThemeMode.SYSTEM

    @theme.setter
    def theme(self, mode: ThemeMode) -> None:
        self._settings.setValue("theme", mode.value)

    @property
    def at_once(self) -> int:
        """Return how many requests are sent at once, 1 to `MOST_AT_ONCE`."""
        value = str(self._settings.value("at_once", 4))
        number = whole_number(value, 0)
        return 4 if number is None else max(1, min(MOST_AT_ONCE, number))

    @at_once.setter
    def at_once(self, count: int) -> None:
        self._settings.setValue("at_once", count)

    @property
    def canvas_modifier(self) -> CanvasModifier:
        """The key that changes what a drag on the canvas does."""
        value = str(self._settings.value("canvas_modifier", CanvasModifier.ALT.value))
        return CanvasModifier(value) if value in list(CanvasModifier) else CanvasModifier.ALT

    @canvas_modifier.setter
    def canvas_modifier(self, modifier: CanvasModifier) -> None:
        self._settings.setValue("canvas_modifier", modifier.value)

    @property
    def folder(self) -> Path | None:
        """Return where the library lies, if the user chose a place."""
        return self._path("folder")

    @folder.setter
    def folder(self, folder: Path) -> None:
        self._settings.setValue("folder", str(folder))

    @property
    def moving(self) -> Path | None:
        """Return where the library is moved to at the next start."""
        return self._path("moving")

    @moving.setter
    def moving(self, folder: Path | None) -> None:
        self._set_path("moving", folder)

    @property
    def left(self) -> Path | None:
        """The folder that the library was moved from, and that is still there."""
        return self._path("left")

    @left.setter
    def left(self, folder: Path | None) -> None:
        self._set_path("left", folder)

    def _path(self, name: str) -> Path | None:
        value = self._settings.value(name)
        return Path(str(value)) if value else None

    def _set_path(self, name: str, folder: Path | None) -> None:
        if folder is None:
            self._settings.remove(name)
        else:
            self._settings.setValue(name, str(folder))

    @property
    def proxy(self) -> str | None:
        """The address of a team's proxy, if the user works through one. Never its token."""
        value = self._settings.value("proxy")
        return str(value) if value else None

    @proxy.setter
    def proxy(self, url: str | None) -> None:
        if url is None:
            self._settings.remove("proxy")
        else:
            self._settings.setValue("proxy", url)

    def layout(self, name: str) -> QByteArray | None:
        """Return how a part of the window was laid out."""
        value = self._settings.value(f"layout/{name}")
        return value if isinstance(value, QByteArray) else None

    def set_layout(self, name: str, state: QByteArray) -> None:
        """Remembers how a part of the window is laid out."""
        self._settings.setValue(f"layout/{name}", state)

    def value(self, name: str) -> Any:
        """A small JSON value, or None."""
        try:
            return json.loads(str(self._settings.value(f"values/{name}", "null")))
        except ValueError:
            return None

    def set_value(self, name: str, value: Any) -> None:
        """Remembers a small JSON value."""
        self._settings.setValue(f"values/{name}", json.dumps(value))

    def save(self) -> None:
        """Writes everything to the disk."""
        self._settings.sync()
