"""What can be dropped or pasted: files, pictures, addresses of pictures."""

from __future__ import annotations

import base64
import os
import socket
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote_to_bytes

from PySide6.QtCore import QMimeData
from PySide6.QtGui import QImage

from imagineart_desktop.imaging import ENDINGS
from imagineart_desktop.support import whole_number

PICTURE_MIME = "application/x-imagineart-pictures"
"""Numbers of library pictures, separated by commas, in a drag from one part of the window to another."""

PICTURE_FILTER = f"Images ({' '.join(f'*{ending}' for ending in ENDINGS)});;All files (*)"


_URI_LISTS = ("text/uri-list", "x-special/gnome-copied-files", "application/x-kde4-urilist")
"""Lists of addresses, as browsers and file managers write them; GNOME's begins with a line “copy” or “cut”."""

_MAX_ADDRESS = 4096
_MAX_DATA = 400 * 2**20
"""Characters of a data: address, which holds a whole image."""


@dataclass(frozen=True, slots=True)
class Taken:
    """One thing that was dropped or pasted; exactly one field is filled. data: bytes of an image file."""

    path: Path | None = None
    image: QImage | None = None
    url: str | None = None
    data: bytes | None = None
    picture_id: int | None = None


def may_take(mime: QMimeData) -> bool:
    """Whether there is something in it that could be a picture."""
    return mime.hasFormat(PICTURE_MIME) or mime.hasImage() or bool(_addresses(mime))


def take(mime: QMimeData) -> list[Taken]:
    """What is in it: pictures of the library, else files, else the image itself, else addresses; in order.

    A browser gives the address of a page with an image that is a link: the image itself is what was meant.
    """
    if mime.hasFormat(PICTURE_MIME):
        numbers = bytes(mime.data(PICTURE_MIME).data()).decode("ascii", "ignore").split(",")
        found = [whole_number(number, 1) for number in numbers]
        return [Taken(picture_id=number) for number in found if number is not None]
    taken = [_of_address(address) for address in _addresses(mime)]
    if mime.hasImage() and not any(one.path for one in taken):
        image = mime.imageData()
        if isinstance(image, QImage) and not image.isNull():
            return [Taken(image=image)]
    return taken


def files_in(mime: QMimeData) -> list[Path]:
    """Files and folders that are in it; none where it holds pictures of the library."""
    if mime.hasFormat(PICTURE_MIME):
        return []
    return [path for address in _addresses(mime) if (path := _local_path(address)) is not None]


def _addresses(mime: QMimeData) -> list[bytes]:
    """What a list of addresses holds, without comments; else the text, where it is one address."""
    for kind in _URI_LISTS:
        lines = bytes(mime.data(kind).data()).replace(b"\0", b"").splitlines()
        found = [line.strip() for line in lines if b":" in line and not line.startswith(b"#")]
        if found:
            return found
    text = mime.text().strip()
    return [text.encode()] if _is_address(text) else []


def _of_address(address: bytes) -> Taken:
    path = _local_path(address)
    if path is not None:
        return Taken(path=path)
    if address[:5].lower() == b"data:" and (data := _held_in(address)) is not None:
        return Taken(data=data)
    return Taken(url=address.decode("utf-8", "replace"))


def _local_path(address: bytes) -> Path | None:
    """The path of a file: address. Its bytes are those of the file system, whatever they mean."""
    scheme, _, rest = address.partition(b":")
    if scheme.lower() != b"file":
        return None
    if rest.startswith(b"//"):
        host, slash, path = rest[2:].partition(b"/")
        # Of another computer, Windows alone has the files.
        rest = slash + path if host.lower() in (b"", b"localhost", socket.gethostname().encode().lower()) else rest
    name = os.fsdecode(unquote_to_bytes(rest))
    # Windows: /C:/folder.
    return Path(name.removeprefix("/") if os.name == "nt" and name[2:3] == ":" else name)


def _held_in(address: bytes) -> bytes | None:
    """The bytes in a data: address; None where there are none."""
    head, comma, body = address.partition(b",")
    if not comma or len(address) > _MAX_DATA:
        return None
    try:
        data = unquote_to_bytes(body)
        return base64.b64decode(data, validate=False) if head.lower().endswith(b";base64") else data
    except ValueError:
        return None


def _is_address(text: str) -> bool:
    if text[:11].lower() == "data:image/":
        return len(text) <= _MAX_DATA
    is_known = text.lower().startswith(("http://", "https://", "file:"))
    return is_known and len(text) <= _MAX_ADDRESS and len(text.split()) == 1
