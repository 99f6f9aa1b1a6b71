"""Drags and clipboards as browsers and file managers fill them are understood."""

from __future__ import annotations

import base64
import os
import socket
from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QUrl
from PySide6.QtGui import QImage

from imagineart_desktop.imaging import PictureError
from imagineart_desktop.library import Library
from imagineart_desktop.workspace.image_source import load_image
from imagineart_desktop.workspace.mime import IMAGE_IDS_MIME, ImageSource, accepts_mime, local_files, sources_from_mime

PIXEL = base64.b64encode(b"bytes of an image").decode()


def mime(text: str = "", **formats: bytes) -> QMimeData:
    made = QMimeData()
    if text:
        made.setText(text)
    for name, data in formats.items():
        made.setData(name.replace("__", "/").replace("_", "-"), data)
    return made


def image() -> QImage:
    made = QImage(4, 3, QImage.Format.Format_RGB32)
    made.fill(0)
    return made


@pytest.mark.skipif(os.name == "nt", reason="paths of POSIX")
@pytest.mark.parametrize(
    "data",
    [
        b"file:///tmp/a%20b.png\r\n",
        b"# a comment\r\nfile:///tmp/a%20b.png\r\n# another: one",
        b"file://localhost/tmp/a%20b.png",
        b"FILE://LocalHost/tmp/a b.png",
        b"file:/tmp/a b.png",
        b"file://" + socket.gethostname().encode() + b"/tmp/a%20b.png",
        b"file:///tmp/a%20b.png\0",
    ],
)
def test_a_list_of_files_is_read(data: bytes) -> None:
    made = mime(text__uri_list=data)
    assert accepts_mime(made)
    assert sources_from_mime(made) == [ImageSource(path=Path("/tmp/a b.png"))]  # noqa: S108 - nothing is opened
    assert local_files(made) == [Path("/tmp/a b.png")]  # noqa: S108


@pytest.mark.skipif(os.name == "nt", reason="paths of POSIX")
def test_a_name_that_is_not_utf_8_is_the_files_own() -> None:
    (taken,) = sources_from_mime(mime(text__uri_list=b"file:///tmp/caf%E9.png"))
    assert os.fsencode(taken.path or "") == b"/tmp/caf\xe9.png"


@pytest.mark.skipif(os.name == "nt", reason="paths of POSIX")
@pytest.mark.parametrize("word", [b"copy", b"cut"])
def test_what_gnome_copies_is_read(word: bytes) -> None:
    made = mime(x_special__gnome_copied_files=word + b"\nfile:///tmp/a.png\nfile:///tmp/b.png")
    assert [one.path for one in sources_from_mime(made)] == [Path("/tmp/a.png"), Path("/tmp/b.png")]  # noqa: S108


def test_several_things_keep_their_order() -> None:
    made = mime(text__uri_list=b"https://example.com/a.png\r\nfile:///tmp/b.png\r\n")
    assert sources_from_mime(made) == [
        ImageSource(url="https://example.com/a.png"),
        ImageSource(path=Path("/tmp/b.png")),  # noqa: S108
    ]


def test_an_image_that_is_a_link_is_the_image() -> None:
    made = QMimeData()
    made.setUrls([QUrl("https://example.com/page")])
    made.setImageData(image())
    (taken,) = sources_from_mime(made)
    assert taken.image is not None
    assert taken.image.size() == image().size()


def test_a_file_with_its_preview_is_the_file() -> None:
    made = QMimeData()
    made.setUrls([QUrl.fromLocalFile("/tmp/a.png")])  # noqa: S108
    made.setImageData(image())
    assert sources_from_mime(made) == [ImageSource(path=Path("/tmp/a.png"))]  # noqa: S108


@pytest.mark.parametrize("where", ["text", "list"])
def test_a_data_address_is_taken(where: str) -> None:
    address = f"data:image/png;base64,{PIXEL}"
    made = mime(address) if where == "text" else mime(text__uri_list=address.encode())
    assert sources_from_mime(made) == [ImageSource(url=address)]


@pytest.mark.parametrize("text", ["data:text/plain,hello", "see https://example.com", "notes", "c:", ""])
def test_other_texts_are_no_picture(text: str) -> None:
    assert not accepts_mime(mime(text))
    assert sources_from_mime(mime(text)) == []


def test_pictures_of_the_library_come_first() -> None:
    made = mime("https://example.com/a.png")
    made.setData(IMAGE_IDS_MIME, b"3,x,5")
    assert [one.picture_id for one in sources_from_mime(made)] == [3, 5]
    assert local_files(made) == []


@pytest.mark.asyncio
async def test_a_share_of_another_computer_says_what_to_do(tmp_path: Path) -> None:
    library = Library(tmp_path)
    (taken,) = sources_from_mime(mime(text__uri_list=b"smb://server/share/a.png"))
    with pytest.raises(
        PictureError, match=r"“a\.png” can’t be opened from smb: addresses\. Copy the file to this computer"
    ):
        await load_image(taken, library)
    library.close()


@pytest.mark.asyncio
@pytest.mark.parametrize(
    "address",
    [
        f"data:image/png;base64,{PIXEL}",
        "data:image/png,bytes%20of%20an%20image",
        f"DATA:image/png;BASE64,{PIXEL}",
        f"data:image/png;base64,{PIXEL[:8]}\r\n {PIXEL[8:].rstrip('=')}",
        f"data:image/png;name=a.png;base64,{PIXEL[:8]}%0A{PIXEL[8:]}",
    ],
)
async def test_the_bytes_in_an_address_are_loaded(tmp_path: Path, address: str) -> None:
    library = Library(tmp_path)
    (taken,) = sources_from_mime(mime(address))
    assert (await load_image(taken, library)).data == b"bytes of an image"
    library.close()


@pytest.mark.asyncio
@pytest.mark.parametrize("address", ["data:image/png;base64", "data:image/png;base64,", "data:image/png;base64,%%%"])
async def test_an_address_without_an_image_says_so(tmp_path: Path, address: str) -> None:
    library = Library(tmp_path)
    (taken,) = sources_from_mime(mime(address))
    with pytest.raises(PictureError, match="contains no image"):
        await load_image(taken, library)
    library.close()
