"""The images of a batch's requests: files and http(s) addresses, checked before anything is sent."""

from __future__ import annotations

import stat
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from urllib.parse import urlsplit

from imagineart_desktop.fal import name_from_url
from imagineart_desktop.imaging import PictureError, probe_picture
from imagineart_desktop.models import Size
from imagineart_desktop.support import UserError
from imagineart_desktop.support.wording import ellipsize

LIBRARY, INPUT = "library:", "input:"
"""What names of images of the library and of its inputs begin with."""

_MAX_WORDS = 4096
_QUOTED = 60


class RowImageError(UserError):
    """An image can't be sent. The message is a sentence for the user."""


@dataclass(frozen=True, slots=True)
class RowImage:
    """A file, or an http(s) address. size: in pixels, and length: in bytes, of a file.

    is_kept: whether it's the library's own copy of what was sent before, whose file is named by its hash.
    """

    source: Path | str
    size: Size | None = None
    length: int = 0
    picture_id: int | None = None
    is_kept: bool = False

    @property
    def name(self) -> str:
        """The name of the file, as shown; empty if it says nothing."""
        if self.is_kept:
            return ""
        return self.source.name if isinstance(self.source, Path) else name_from_url(self.source)


class RowImages:
    """Finds the images that rows name, each once. folder: what paths are relative to. known: name → image.

    It reads files: use it outside the GUI thread.
    """

    def __init__(self, folder: Path, known: Mapping[str, RowImage] = MappingProxyType({})) -> None:
        self._folder = folder
        self._known = known
        self._found: dict[str, RowImage | RowImageError] = {}

    def find(self, words: str) -> RowImage:
        """Return the image that a path, an address or a known name stands for. Raises RowImageError."""
        words = words.strip()
        if words not in self._found:
            try:
                self._found[words] = self._known.get(words) or self._read(words)
            except RowImageError as error:
                self._found[words] = error
        found = self._found[words]
        if isinstance(found, RowImageError):
            raise found
        return found

    def _read(self, words: str) -> RowImage:
        scheme, separator, _ = words.partition(":")
        if separator and scheme.lower() in ("http", "https"):
            return RowImage(_checked_address(words))
        if words.startswith((LIBRARY, INPUT)):
            raise RowImageError(f"“{ellipsize(words, _QUOTED)}” isn’t in the library.")
        if "://" in words or scheme.lower() in ("data", "file"):
            raise RowImageError(f"“{ellipsize(words, _QUOTED)}”: name a file, or an http or https address.")
        if len(words) > _MAX_WORDS or "\0" in words:
            raise RowImageError(f"“{ellipsize(words, _QUOTED)}” isn’t the path of a file.")
        return self._read_file(self._folder / words)

    def _read_file(self, path: Path) -> RowImage:
        try:
            about = path.stat()
        except OSError:
            raise RowImageError(f"There is no file “{path.name}” in “{path.parent}”. Check the path.") from None
        if not stat.S_ISREG(about.st_mode):
            raise RowImageError(f"“{path.name}” isn’t a file.")
        try:
            info = probe_picture(path, name=path.name)
        except PictureError as error:
            raise RowImageError(str(error)) from None
        except OSError as error:
            raise RowImageError(f"“{path.name}” can’t be read: {error.strerror}.") from None
        return RowImage(path, info.size, about.st_size)


def _checked_address(words: str) -> str:
    try:
        host = urlsplit(words).hostname
    except ValueError:
        host = None
    if not host or len(words) > _MAX_WORDS or any(letter.isspace() for letter in words):
        raise RowImageError(f"“{ellipsize(words, _QUOTED)}” isn’t a complete address.")
    return words


def folder_images(folder: Path) -> list[Path]:
    """Return the files of a folder, sorted by name, without hidden ones. Raises OSError."""
    return sorted(
        (path for path in folder.iterdir() if not path.name.startswith(".") and path.is_file()),
        key=lambda path: path.name.casefold(),
    )
