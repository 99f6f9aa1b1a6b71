"""Locations of the program's files."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from platformdirs import PlatformDirs

NAME = "ImagineArt Desktop"
_FOLDER_VARIABLES = ("HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_STATE_HOME", "XDG_PICTURES_DIR")


def models_folder(settings: Path) -> Path:
    """Return the folder of the models that the user added. settings: the settings file."""
    return settings.parent / "models"


@dataclass(frozen=True, slots=True)
class AppPaths:
    """Locations of the program's files. library: images and database; demo: the demo server's records."""

    library: Path
    demo: Path
    settings: Path
    logs: Path

    @property
    def models(self) -> Path:
        """The folder of the models that the user added."""
        return models_folder(self.settings)

    @classmethod
    def usual(cls) -> AppPaths:
        """Return the system's standard folders for this user. Raises LibraryError if they can't be determined."""
        for name in _FOLDER_VARIABLES:
            # According to the XDG specification, a relative path is invalid and must be ignored.
            if not Path(os.environ.get(name, os.sep)).is_absolute() and os.name == "posix":
                del os.environ[name]
        dirs = PlatformDirs(NAME, appauthor=False)
        try:
            return cls(
                Path(dirs.user_pictures_dir) / "ImagineArt",
                Path(dirs.user_data_dir) / "demo",
                Path(dirs.user_config_dir) / "settings.ini",
                Path(dirs.user_log_dir),
            )
        except RuntimeError:
            # Imported here, as the help of a command needs the folders but no database.
            from imagineart_desktop.library import LibraryError

            # HOME isn't set, and the system doesn't know the user.
            raise LibraryError("Your home folder is unknown. Set HOME, or choose a folder with --data.") from None

    @classmethod
    def below(cls, folder: Path) -> AppPaths:
        """Return locations inside one folder."""
        return cls(folder / "library", folder / "demo", folder / "settings.ini", folder / "logs")
