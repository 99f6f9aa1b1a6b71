"""Report of a problem for support: a few pages of text that the user reads before anything leaves the machine."""

from __future__ import annotations

import io
import json
import platform
import sys
import zipfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from imagineart_desktop import __version__
from imagineart_desktop.support.redaction import redact

_LIBRARIES = (
    "PySide6-Essentials",
    "qasync",
    "httpx",
    "pydantic",
    "pillow",
    "numpy",
    "opencv-python-headless",
    "keyring",
)
_MAX_FILE_CHARS = 400_000
"""Maximum length of a page, in characters; of a longer one the end is kept."""


@dataclass(frozen=True, slots=True)
class BundleFile:
    """One file of the report. text: with secrets already removed."""

    name: str
    text: str

    @classmethod
    def of(cls, name: str, text: str) -> BundleFile:
        """Create a page with secrets hidden and only the end of a very long text."""
        return cls(name, redact(text)[-_MAX_FILE_CHARS:])


def system_info(more: Mapping[str, object]) -> BundleFile:
    """Return a page about the system that the program runs on. more: facts that only the window knows."""
    facts: dict[str, object] = {
        "program": __version__,
        "python": sys.version.split()[0],
        "system": platform.platform(),
        "libraries": {name: _version(name) for name in _LIBRARIES},
    }
    return BundleFile.of("machine.json", json.dumps(facts | dict(more), indent=2, default=str))


def log_files(folder: Path) -> list[BundleFile]:
    """Return the logs and the fault traces as pages, newest first."""
    found = sorted(folder.glob("log.jsonl*")) + sorted(folder.glob("fault*.txt"), reverse=True)
    return [BundleFile.of(path.name, path.read_text("utf-8", "replace")) for path in found if path.stat().st_size]


def make_zip(pages: Iterable[BundleFile]) -> bytes:
    """Pack the report into a ZIP archive."""
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as packed:
        for page in pages:
            packed.writestr(page.name, page.text)
    return held.getvalue()


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return "not found"
