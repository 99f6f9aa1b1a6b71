"""Images by path or URL: pipes, devices and folders are refused, and no read is unbounded."""

from __future__ import annotations

import os
import socket
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest

from imagineart_desktop.cli.exit_codes import ExitCode
from imagineart_desktop.fal.url_safety import ResolvedUrl
from imagineart_desktop.imaging import PictureError, load_picture, read_file
from tests.cli.conftest import command

posix = pytest.mark.skipif(os.name != "posix", reason="needs POSIX files")


def _odd_files(folder: Path) -> dict[str, Path]:
    os.mkfifo(folder / "fifo")
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(folder / "socket"))
    (folder / "dangling").symlink_to("nowhere")
    (folder / "loop").symlink_to("loop")
    (folder / "empty").touch()
    with (folder / "huge").open("wb") as file:
        file.truncate(300 * 2**20)
    return {
        **{name: folder / name for name in ("fifo", "socket", "dangling", "loop", "empty", "huge")},
        "zero": Path("/dev/zero"),
        "folder": folder,
        "nul": folder / "a\0b",
        "long": folder / ("x" * 5000),
    }


@posix
def test_what_is_no_file_is_refused_without_reading_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    files = _odd_files(Path())
    for name, path in files.items():
        for read in (read_file, load_picture):
            with pytest.raises(PictureError) as refused:
                read(path)
            assert str(refused.value).startswith("“"), name


@posix
@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("edit", "--image", "fifo"), "“fifo” is not a file but a pipe, socket or device. Choose a file."),
        (("inpaint", "--image", "PHOTO", "--mask", "/dev/zero"), "“zero” is not a file but a pipe"),
        (("inpaint", "--image", "."), "is a folder. Choose a file."),
        (("edit", "--image", "https://127.0.0.1/x.png"), "“x.png” could not be fetched. The address is inside"),
        (("inpaint", "--image", "PHOTO", "--outpaint", "1²,0,0,0"), "“1²,0,0,0” is not four numbers of pixels"),
        (("inpaint", "--image", "PHOTO", "--ratio", "١:٢"), "“١:٢” is not a ratio"),
    ],
)
def test_the_command_says_so_in_one_sentence(
    tmp_path: Path,
    photos: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    arguments: tuple[str, ...],
    sentence: str,
) -> None:
    monkeypatch.chdir(tmp_path)
    os.mkfifo("fifo")
    photo = str(photos / "coffee.png")
    words = [photo if word == "PHOTO" else word for word in arguments]
    assert command(tmp_path, *words, "--prompt", "x") == ExitCode.WRONG_REQUEST
    assert sentence in capsys.readouterr().err


@pytest.mark.parametrize(
    "words",
    [
        ("edit", "--image", "file:///etc/passwd"),
        ("edit", "--image", "ftp://pictures.example/a.png"),
        ("edit", "--image", "https://"),
        ("edit", "--image", "http://[bad/a.png"),
        ("edit", "--image", "data:image/png;base64,AAAA"),
        ("inpaint", "--image", "a.png", "--feather", "1_000"),
        ("inpaint", "--image", "a.png", "--seed", "9" * 5000),
        ("inpaint", "--image", "a.png", "--n", "²"),
    ],
)
def test_arguments_that_cannot_be_meant_are_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], words: tuple[str, ...]
) -> None:
    with pytest.raises(SystemExit) as refused:
        command(tmp_path, *words, "--prompt", "x")
    assert refused.value.code == ExitCode.WRONG_REQUEST
    assert len(capsys.readouterr().err) < 5000


def test_an_image_is_fetched_from_its_address(
    tmp_path: Path, photos: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The server is local, so the check for a public address is skipped."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(_Quiet, directory=str(photos)))
    at = f"127.0.0.1:{server.server_port}"

    async def local(url: str, *_: object, **_schemes: object) -> list[ResolvedUrl]:
        return [ResolvedUrl(url.replace("pictures.example", at), "pictures.example", None)]

    monkeypatch.setattr("imagineart_desktop.fal.download.resolve_public_url", local)
    Thread(target=server.serve_forever, daemon=True).start()
    address = "http://pictures.example/coffee.png"
    # A margin of zero is refused once the image is known.
    assert command(tmp_path, "inpaint", "--image", address, "--prompt", "x", "--ratio", "3:2") == 2
    assert "The image is 600 × 400, which is 3:2 already." in capsys.readouterr().err
    assert command(tmp_path, "inpaint", "--image", f"{address}x", "--prompt", "x", "--ratio", "1:1") == 2
    assert "“coffee.pngx” could not be fetched." in capsys.readouterr().err
    server.shutdown()
    server.server_close()


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_words: object) -> None:
        """Log nothing."""
