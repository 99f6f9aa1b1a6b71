"""The log records what happened, and never a secret."""

from __future__ import annotations

import json
import logging
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from imagineart_desktop.support import logs, redact, register_secret, start_logging, stop_logging
from imagineart_desktop.support.bundle import BundleFile, log_files, make_zip
from imagineart_desktop.support.logs import NAME

KEY = "0a1b2c3d-1111-2222-3333-444455556666:0123456789abcdef0123456789abcdef"
ODD = "an-odd:key-that-looks-like-none"


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    start_logging(tmp_path / "logs")
    yield tmp_path / "logs"
    stop_logging()


def lines(folder: Path) -> list[dict[str, object]]:
    stop_logging()
    return [json.loads(line) for line in (folder / NAME).read_text().splitlines()]


@pytest.mark.parametrize(
    "text",
    [
        f"Authorization: Key {KEY}",
        f"{{'Authorization': 'Key {KEY}'}}",
        f"FAL_KEY={KEY}",
        f"the key {KEY} was refused",
        "Authorization: Bearer abcdefghijklmnop0123456789",
        "https://me:0123456789abcdef0123456789abcdef@studio.example/",
        "https://v3.fal.media/x?X-Amz-Signature=0123456789abcdef0123456789abcdef&a=1",
        "upload token=0123456789abcdef0123456789abcdef".replace("upload ", "https://x.example/?"),
    ],
)
def test_what_looks_secret_is_hidden(text: str) -> None:
    hidden = redact(text)
    assert "0123456789abcdef" not in hidden
    assert "0123456789" not in hidden
    assert "[hidden]" in hidden


def test_what_is_known_to_be_secret_is_hidden_whatever_it_looks_like() -> None:
    register_secret(ODD)
    assert redact(f"{ODD} and its half key-that-looks-like-none") == "[hidden] and its half [hidden]"


def test_pictures_and_the_home_folder_stay_out() -> None:
    assert redact("url data:image/png;base64,iVBORw0KGgo=") == "url data:[an image]"
    assert redact(f"{Path.home()}/Pictures") == "~/Pictures"


def test_a_line_is_an_object_with_what_support_needs(folder: Path) -> None:
    log = logging.getLogger("imagineart_desktop.jobs.job_registry")
    log.info("a job moved on", extra={"job": "j1", "state": "queued", "secret_thing": "never"})
    try:
        raise ValueError(f"Key {KEY}\nthe prompt was: a red barn")
    except ValueError:
        log.exception("a step of job %s failed", "j1")
    first, second = lines(folder)
    assert first["where"] == "jobs.job_registry"
    assert (first["job"], first["state"]) == ("j1", "queued")
    assert "never" not in json.dumps(first)
    written = json.dumps(second)
    assert "test_logs.py" in written
    assert "red barn" not in written
    assert KEY not in written


@pytest.mark.skipif(sys.platform == "win32", reason="files have no modes there")
def test_the_log_is_for_its_owner_alone_and_does_not_grow_for_ever(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder, files = tmp_path / "logs", logs._FILES
    assert logs._BYTES * (files + 1) < 7_000_000
    monkeypatch.setattr(logs, "_BYTES", 20_000)
    start_logging(folder)
    log = logging.getLogger("imagineart_desktop.test")
    for number in range(20 * (files + 2)):
        log.info("%s %s", number, "x" * 1900)
    stop_logging()
    written = list(folder.iterdir())
    assert 1 < len(written) <= files + 1
    assert sum(path.stat().st_size for path in written) <= 20_000 * (files + 1)
    assert {path.stat().st_mode & 0o777 for path in written} == {0o600}


def test_the_report_holds_what_the_pages_show(folder: Path) -> None:
    register_secret(ODD)
    logging.getLogger("imagineart_desktop.test").info("the key is %s", ODD)
    (folder / "fault-20260101-000000.txt").write_text(f"Segmentation fault {KEY}")
    stop_logging()
    pages = log_files(folder)
    assert [page.name for page in pages] == [NAME, "fault-20260101-000000.txt"]
    packed = make_zip([*pages, BundleFile.of("words.txt", f"my key: {KEY}")])
    assert not any(KEY in page.text or ODD in page.text for page in pages)
    assert ODD.encode() not in packed


def test_half_a_key_is_hidden_too(folder: Path) -> None:
    """Long text is truncated only after the search for secrets, and quotation marks don't hide them from it."""
    quoted = 'quo"ted\\secret:with"quotes'
    register_secret(quoted)
    log = logging.getLogger("imagineart_desktop.test")
    log.info("%s", "x" * 1990 + KEY)
    log.info("the token is %s", quoted)
    try:
        raise ValueError("y" * 290 + KEY)
    except ValueError:
        log.exception("failed")
    written = json.dumps(lines(folder))
    assert "0a1b2c3d" not in written
    assert "ted" not in json.dumps(lines(folder)[1]).replace("hidden", "")
