"""The user's preferences, kept between sessions. They never contain the API key."""

from __future__ import annotations

import json
import os
from contextlib import suppress
from pathlib import Path
from typing import Any

from PySide6.QtCore import QByteArray, QSettings

from imagineart_desktop.support import parse_int
from imagineart_desktop.workspace.canvas_modifier import CanvasModifier
from imagineart_desktop.workspace.theme_mode import ThemeMode

MAX_SIMULTANEOUS = 10


def make_private(file: Path) -> None:
    """Make sure that the file exists and only its owner can read it; a folder created for it is private too.

    QSettings would make the file readable by everyone, but an existing file keeps its mode when QSettings replaces it.
    If this fails, QSettings can't write either.
    """
    with suppress(OSError):
        file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        os.close(os.open(file, os.O_RDONLY | os.O_CREAT, 0o600))
        file.chmod(0o600)


class Preferences:
    """One settings file. Invalid values count as not set."""

    def __init__(self, file: Path) -> None:
        make_private(file)
        self._settings = QSettings(str(file), QSettings.Format.IniFormat)

    @property
    def theme(self) -> ThemeMode:
        """The theme."""
        value = str(self._settings.value("theme", ThemeMode.SYSTEM.value))
        return ThemeMode(value) if value in list(ThemeMode) else ThemeMode.SYSTEM

    @theme.setter
    def theme(self, mode: ThemeMode) -> None:
        self._settings.setValue("theme", mode.value)

    @property
    def at_once(self) -> int:
        """The number of requests that are sent at once, 1 to `MAX_SIMULTANEOUS`."""
        value = str(self._settings.value("at_once", 4))
        number = parse_int(value, 0)
        return 4 if number is None else max(1, min(MAX_SIMULTANEOUS, number))

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
        """The library's folder, or None if the user hasn't chosen one."""
        return self._path("folder")

    @folder.setter
    def folder(self, folder: Path) -> None:
        self._settings.setValue("folder", str(folder))

    @property
    def moving(self) -> Path | None:
        """The folder to which the library is moved on the next start, or None."""
        return self._path("moving")

    @moving.setter
    def moving(self, folder: Path | None) -> None:
        self._set_path("moving", folder)

    @property
    def left(self) -> Path | None:
        """The folder from which the library was moved, if it still exists."""
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
        """The URL of a team's proxy, if the user works through one. Never its token."""
        value = self._settings.value("proxy")
        return str(value) if value else None

    @proxy.setter
    def proxy(self, url: str | None) -> None:
        if url is None:
            self._settings.remove("proxy")
        else:
            self._settings.setValue("proxy", url)

    def layout(self, name: str) -> QByteArray | None:
        """Return the saved layout of a part of the window, or None."""
        value = self._settings.value(f"layout/{name}")
        return value if isinstance(value, QByteArray) else None

    def set_layout(self, name: str, state: QByteArray) -> None:
        """Save the layout of a part of the window."""
        self._settings.setValue(f"layout/{name}", state)

    def value(self, name: str) -> Any:
        """Return a small JSON value, or None."""
        try:
            return json.loads(str(self._settings.value(f"values/{name}", "null")))
        except ValueError:
            return None

    def set_value(self, name: str, value: Any) -> None:
        """Set a small JSON value."""
        self._settings.setValue(f"values/{name}", json.dumps(value))

    def save(self) -> None:
        """Write all settings to disk."""
        self._settings.sync()
