"""What can be dropped or pasted: files, pictures, addresses of pictures."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QMimeData, QUrl
from PySide6.QtGui import QImage

from imagineart_desktop.imaging import ENDINGS
from imagineart_desktop.support import whole_number

PICTURE_MIME = "application/x-imagineart-pictures"
"""Numbers of library pictures, separated by commas, in a drag from one part of the window to another."""

PICTURE_FILTER = f"Images ({' '.join(f'*{ending}' for ending in ENDINGS)});;All files (*)"


@dataclass(frozen=True, slots=True)
class Taken:
    """One thing that was dropped or pasted; exactly one field is filled."""

    path: Path | None = None
    image: QImage | None = None
    url: str | None = None
    picture_id: int | None = None


def may_take(mime: QMimeData) -> bool:
    """Whether there is something in it that could be a picture."""
    return mime.hasFormat(PICTURE_MIME) or mime.hasImage() or mime.hasUrls() or _is_address(mime.text())


def take(mime: QMimeData) -> list[Taken]:
    """What is in it, pictures of the library first, in order."""
    if mime.hasFormat(PICTURE_MIME):
        numbers = bytes(mime.data(PICTURE_MIME).data()).decode("ascii", "ignore").split(",")
        found = [whole_number(number, 1) for number in numbers]
        return [Taken(picture_id=number) for number in found if number is not None]
    if mime.hasUrls():
        return [_of_url(url) for url in mime.urls()]
    if mime.hasImage():
        image = mime.imageData()
        if isinstance(image, QImage) and not image.isNull():
            return [Taken(image=image)]
    if _is_address(mime.text()):
        return [Taken(url=mime.text().strip())]
    return []


def _of_url(url: QUrl) -> Taken:
    return Taken(path=Path(url.toLocalFile())) if url.isLocalFile() else Taken(url=url.toString())


def _is_address(text: str) -> bool:
    text = text.strip()
    return text.startswith(("http://", "https://")) and len(text) <= 4096 and len(text.split()) == 1
