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
from imagineart_desktop.support.redaction import redacted

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
_MOST = 400_000
"""Maximum length of a page, in characters; of a longer one the end is kept."""


@dataclass(frozen=True, slots=True)
class Page:
    """One file of the report. text: with secrets already removed."""

    name: str
    text: str

    @classmethod
    def of(cls, name: str, text: str) -> Page:
        """Create a page with secrets hidden and only the end of a very long text."""
        return cls(name, redacted(text)[-_MOST:])


def machine_page(more: Mapping[str, object]) -> Page:
    """Return a page about the system that the program runs on. more: facts that only the window knows."""
    facts: dict[str, object] = {
        "program": __version__,
        "python": sys.version.split()[0],
        "system": platform.platform(),
        "libraries": {name: _version(name) for name in _LIBRARIES},
    }
    return Page.of("machine.json", json.dumps(facts | dict(more), indent=2, default=str))


def pages_of_folder(folder: Path) -> list[Page]:
    """Return the logs and the fault traces as pages, newest first."""
    found = sorted(folder.glob("log.jsonl*")) + sorted(folder.glob("fault*.txt"), reverse=True)
    return [Page.of(path.name, path.read_text("utf-8", "replace")) for path in found if path.stat().st_size]


def zip_of(pages: Iterable[Page]) -> bytes:
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
