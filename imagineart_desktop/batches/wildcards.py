"""Wildcards: text files in the library's folder, one entry per line."""

from __future__ import annotations

import os
from pathlib import Path

from imagineart_desktop.library import WILDCARDS
from imagineart_desktop.support import UserError

MAX_BYTES = 2**20
MAX_ENTRIES = 10_000
"""Maximum size and number of entries of one file."""
_MAX_LISTED = 1000


class WildcardError(UserError):
    """A wildcard's file is missing or can't be used. The message is a sentence for the user."""


class Wildcards:
    """The wildcards of a library. library: its folder; the files are read when they're needed."""

    def __init__(self, library: Path) -> None:
        self.folder = library / WILDCARDS

    def names(self) -> list[str]:
        """Return the names of all wildcards, sorted: “materials”, “styles/photo”."""
        found: list[str] = []
        for folder, subfolders, files in os.walk(self.folder):
            subfolders.sort()
            for name in sorted(files):
                if name.endswith(".txt") and len(found) < _MAX_LISTED:
                    path = Path(folder, name).relative_to(self.folder)
                    found.append(path.with_suffix("").as_posix())
        return found

    def entries(self, name: str) -> list[tuple[int, str]]:
        """Return (line number, entry) of each entry. Raises WildcardError.

        name: letters, digits, - and _, with / between folders, as the parser lets through.
        """
        path = self.folder / f"{name}.txt"
        try:
            if path.exists() and not path.is_file():
                # Reading a pipe would wait for its other end.
                raise WildcardError(f"“{path}” can’t be read: it isn’t a file. Put a text file there.")
            with path.open("rb") as file:
                data = file.read(MAX_BYTES + 1)
            text = data.decode("utf-8-sig")
        except FileNotFoundError:
            raise WildcardError(
                f"There is no wildcard “{name}”. Add {WILDCARDS}/{name}.txt to the library folder, one entry per line."
            ) from None
        except OSError as error:
            raise WildcardError(f"“{path}” can’t be read: {error.strerror}. Check the file.") from error
        except UnicodeDecodeError:
            raise WildcardError(f"“{path}” isn’t UTF-8 text. Save it again as UTF-8.") from None
        if len(data) > MAX_BYTES:
            raise WildcardError(f"“{path}” is larger than 1 MB. Split it into several wildcards.")
        lines = ((number, line.strip()) for number, line in enumerate(text.splitlines(), 1))
        found = [(number, line) for number, line in lines if line and not line.startswith("#")]
        if not found:
            raise WildcardError(f"“{path}” has no entries. Write one per line.")
        if len(found) > MAX_ENTRIES:
            raise WildcardError(f"“{path}” has {len(found):,} entries; the limit is {MAX_ENTRIES:,}.")
        return found
