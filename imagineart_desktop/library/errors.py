"""What can be wrong with the library. The text of each error is a sentence for the user."""

from __future__ import annotations

from pathlib import Path


class LibraryError(Exception):
    """The library cannot do what was asked."""


class DatabaseTooNewError(LibraryError):
    """The database was written by a newer version of the program."""

    def __init__(self, path: Path) -> None:
        super().__init__(f"The library in {path.parent} was used by a newer version. Update this program to open it.")


class LibraryReadOnlyError(LibraryError):
    """Something was to be changed in a library that was opened to be looked at."""

    def __init__(self) -> None:
        super().__init__("The library is open in another window. Here it can be looked at, but nothing can be changed.")


class LibraryInUseError(LibraryError):
    """Another program works in the library."""

    def __init__(self, root: Path) -> None:
        super().__init__(
            f"The library in {root} is open in another window. Close that one first, or use another folder."
        )


class DatabaseDamagedError(LibraryError):
    """The database file is no database. path: where it lies."""

    def __init__(self, path: Path) -> None:
        super().__init__(f"The library's database {path} is damaged.")
        self.path = path
