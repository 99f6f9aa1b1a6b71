"""What can be dropped or pasted: files, images and image URLs."""

from __future__ import annotations

import os
import socket
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote_to_bytes

from PySide6.QtCore import QMimeData
from PySide6.QtGui import QGuiApplication, QImage

from imagineart_desktop.imaging import ENDINGS
from imagineart_desktop.support import parse_int

IMAGE_IDS_MIME = "application/x-imagineart-pictures"
"""Ids of library images, separated by commas, in a drag from one part of the window to another."""

IMAGE_NAME_FILTER = f"Images ({' '.join(f'*{ending}' for ending in ENDINGS)});;All files (*)"


EMPTY_CLIPBOARD = "There is no image on the clipboard."

_URI_LISTS = ("text/uri-list", "x-special/gnome-copied-files", "application/x-kde4-urilist")
"""URL lists of browsers and file managers. GNOME's starts with a line “copy” or “cut”."""

_MAX_URL_LENGTH = 4096
_MAX_DATA_URL_LENGTH = 400 * 2**20
"""Maximum length of a data: URL, which contains a whole image."""


@dataclass(frozen=True, slots=True)
class ImageSource:
    """One dropped or pasted item; exactly one field is set. url: http, https, data or another scheme."""

    path: Path | None = None
    image: QImage | None = None
    url: str | None = None
    picture_id: int | None = None


def clipboard_data() -> QMimeData:
    """Return the clipboard's content. Qt returns None if another program's data can't be read."""
    data: QMimeData | None = QGuiApplication.clipboard().mimeData()
    return data if data is not None else QMimeData()


def accepts_mime(mime: QMimeData) -> bool:
    """Return whether it may contain an image."""
    return mime.hasFormat(IMAGE_IDS_MIME) or mime.hasImage() or bool(_urls(mime))


def sources_from_mime(mime: QMimeData) -> list[ImageSource]:
    """Return what it contains: library images, else files, else the image itself, else URLs, in order.

    For an image inside a link, browsers offer the URL of the linked page, but the user means the image itself.
    """
    if mime.hasFormat(IMAGE_IDS_MIME):
        numbers = bytes(mime.data(IMAGE_IDS_MIME).data()).decode("ascii", "ignore").split(",")
        found = [parse_int(number, 1) for number in numbers]
        return [ImageSource(picture_id=number) for number in found if number is not None]
    taken = [_source_of_url(address) for address in _urls(mime)]
    if mime.hasImage() and not any(one.path for one in taken):
        image = mime.imageData()
        if isinstance(image, QImage) and not image.isNull():
            return [ImageSource(image=image)]
    return taken


def local_files(mime: QMimeData) -> list[Path]:
    """Return its files and folders; none for a drag of library images."""
    if mime.hasFormat(IMAGE_IDS_MIME):
        return []
    return [path for address in _urls(mime) if (path := _local_path(address)) is not None]


def _urls(mime: QMimeData) -> list[bytes]:
    """Return the entries of a URL list, without comments; otherwise the text, if it's a single URL."""
    for kind in _URI_LISTS:
        lines = bytes(mime.data(kind).data()).replace(b"\0", b"").splitlines()
        found = [line.strip() for line in lines if b":" in line and not line.startswith(b"#")]
        if found:
            return found
    text = mime.text().strip()
    return [text.encode()] if _is_url(text) else []


def _source_of_url(address: bytes) -> ImageSource:
    path = _local_path(address)
    if path is not None:
        return ImageSource(path=path)
    return ImageSource(url=address.decode("utf-8", "replace"))


def _local_path(address: bytes) -> Path | None:
    """Return the path of a file: URL, keeping the bytes of the file system's encoding."""
    scheme, _, rest = address.partition(b":")
    if scheme.lower() != b"file":
        return None
    if rest.startswith(b"//"):
        host, slash, path = rest[2:].partition(b"/")
        # Only Windows opens files on other computers by name.
        rest = slash + path if host.lower() in (b"", b"localhost", socket.gethostname().encode().lower()) else rest
    name = os.fsdecode(unquote_to_bytes(rest))
    # On Windows the path is /C:/folder.
    return Path(name.removeprefix("/") if os.name == "nt" and name[2:3] == ":" else name)


def _is_url(text: str) -> bool:
    if text[:11].lower() == "data:image/":
        return len(text) <= _MAX_DATA_URL_LENGTH
    is_known = text.lower().startswith(("http://", "https://", "file:"))
    return is_known and len(text) <= _MAX_URL_LENGTH and len(text.split()) == 1
