"""Every command that writes something exits with the same code for the same problem."""

from __future__ import annotations

import errno
import io
import os
import re
import sqlite3
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest
from PIL import Image

from imagineart_desktop import cli
from imagineart_desktop.cli.exit_codes import EXIT_CODES, ExitCode
from imagineart_desktop.cli.outcome import outcome_of_error
from imagineart_desktop.cli.parser import make_parser
from imagineart_desktop.demo import FAST_TIMING, server
from imagineart_desktop.library import LibraryError
from imagineart_desktop.support import flush_notices

SMALL = ("--prompt", "x", "--resolution", "1K", "--aspect-ratio", "4:1")


@pytest.fixture(autouse=True)
def swift(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(vars(server), "Timing", lambda: FAST_TIMING)


@pytest.fixture
def commands(tmp_path: Path, photos: Path) -> dict[str, tuple[str, ...]]:
    """Create a library with one image; return all commands that write something, with `OUT` for a folder written to."""
    photo = str(photos / "coffee.png")
    assert cli.main(["library", "import", photo, "--data", str(tmp_path / "data")]) == ExitCode.OK
    return {
        "generate": ("generate", *SMALL, "--out", "OUT"),
        "edit": ("edit", "--prompt", "x", "--image", photo, "--out", "OUT"),
        "inpaint": ("inpaint", "--prompt", "x", "--image", photo, "--outpaint", "0,0,64,0", "--out", "OUT"),
        "resume": ("resume", "--out", "OUT"),
        "library import": ("library", "import", photo),
        "library search": ("library", "search", ""),
        "library show": ("library", "show", "1"),
        "library export": ("library", "export", "1", "--out", "OUT"),
        "library check": ("library", "check"),
        "library rebuild": ("library", "rebuild"),
    }


def code_of(tmp_path: Path, words: tuple[str, ...], out: str = "out") -> int:
    arguments = [str(tmp_path / out) if word == "OUT" else word for word in words]
    return cli.main([*arguments, "--data", str(tmp_path / "data")])


class Full(io.TextIOWrapper):
    """Standard output on a full disk."""

    def __init__(self) -> None:
        super().__init__(io.BytesIO(), encoding="utf-8")

    def write(self, _text: str) -> int:
        raise full()


def full(*_arguments: object, **_named: object) -> OSError:
    return OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def raise_full(*_arguments: object, **_named: object) -> None:
    raise full()


def test_a_report_that_cannot_be_written(
    tmp_path: Path, commands: dict[str, tuple[str, ...]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "stdout", Full())
    codes = {name: code_of(tmp_path, words) for name, words in commands.items()}
    assert codes == dict.fromkeys(commands, ExitCode.NO_OUTPUT)


def test_a_folder_that_cannot_be_written(
    tmp_path: Path, commands: dict[str, tuple[str, ...]], monkeypatch: pytest.MonkeyPatch
) -> None:
    into = {name: words for name, words in commands.items() if "OUT" in words}
    (tmp_path / "file").touch()
    assert {code_of(tmp_path, words, "file/below") for words in into.values()} == {ExitCode.NO_OUTPUT}
    assert cli.main(["tour", "--out", str(tmp_path / "file" / "below")]) == ExitCode.NO_OUTPUT
    monkeypatch.setattr("shutil.disk_usage", lambda path: SimpleNamespace(free=0 if "out" in str(path) else 2**40))
    (tmp_path / "out").mkdir()
    assert {code_of(tmp_path, words) for words in into.values()} == {ExitCode.NO_OUTPUT}
    assert list((tmp_path / "out").iterdir()) == []


def test_a_folder_that_fills_while_it_is_written(
    tmp_path: Path, commands: dict[str, tuple[str, ...]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("imagineart_desktop.library.transfer.exporting.write_atomic", raise_full)
    monkeypatch.setattr("imagineart_desktop.cli.job_report.whole_file", raise_full)
    for name in ("generate", "library export"):
        assert code_of(tmp_path, commands[name]) == ExitCode.NO_OUTPUT, name


def test_a_library_whose_disk_is_full(
    tmp_path: Path, commands: dict[str, tuple[str, ...]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("imagineart_desktop.library.transfer.importing.write_atomic", raise_full)
    Image.new("RGB", (4, 3)).save(tmp_path / "new.png")
    assert code_of(tmp_path, ("library", "import", str(tmp_path / "new.png"))) == ExitCode.FAILED
    monkeypatch.setattr("shutil.disk_usage", lambda path: SimpleNamespace(free=0 if "data" in str(path) else 2**40))
    for name in ("generate", "edit", "inpaint"):
        assert code_of(tmp_path, commands[name]) == ExitCode.FAILED, name


@pytest.mark.skipif(not hasattr(os, "statvfs"), reason="the system does not say whether a disk is read-only")
def test_a_library_on_a_small_read_only_disk(
    tmp_path: Path,
    commands: dict[str, tuple[str, ...]],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr("shutil.disk_usage", lambda path: SimpleNamespace(free=0))
    monkeypatch.setattr("os.statvfs", lambda path: SimpleNamespace(f_flag=os.ST_RDONLY))
    assert code_of(tmp_path, commands["generate"]) == ExitCode.FAILED
    folder = tmp_path / "data" / "library"
    assert (
        capsys.readouterr().err
        == f"The library folder {folder} cannot be used: the disk is read-only. Choose another folder.\n"
    )


@pytest.mark.parametrize(
    ("error", "sentence"),
    [
        (full(), "The command failed: the disk is full. Free some space and try again."),
        (
            OSError(errno.EIO, os.strerror(errno.EIO), "a.png"),
            "“a.png” cannot be read or written: the disk cannot be read or written. Check that it is connected.",
        ),
        (
            OSError(errno.ENAMETOOLONG, "File name too long", "a.png"),
            "“a.png” cannot be read or written: File name too long. Check the path and try again.",
        ),
        (
            sqlite3.IntegrityError("FOREIGN KEY constraint failed"),
            "The library database cannot be used: FOREIGN KEY constraint failed. Try again.",
        ),
        (LibraryError("It is so.", "Do that."), "It is so. Do that."),
    ],
)
def test_errors_are_said_with_what_to_do(error: Exception, sentence: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert outcome_of_error(error).code is ExitCode.FAILED
    flush_notices()
    assert capsys.readouterr().err == f"{sentence}\n"


@pytest.mark.parametrize("words", [(), ("generate",), ("resume",), ("library", "export"), ("library", "import")])
def test_help_lists_every_code(words: tuple[str, ...], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        make_parser().parse_args([*words, "--help"])
    assert EXIT_CODES in capsys.readouterr().out
    numbers = set(map(int, re.findall(r"^\s+(\d+)\s{2,}", EXIT_CODES, re.MULTILINE)))
    assert numbers == set(map(int, ExitCode))
    readme = (Path(__file__).parents[2] / "README.md").read_text(encoding="utf-8")
    assert numbers == set(map(int, re.findall(r"^\| (\d+) \|", readme, re.MULTILINE)))
