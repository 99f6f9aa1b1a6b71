"""The program's components and their licenses."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from pathlib import Path

from imagineart_desktop.resources import resource_path

LIBRARIES = (
    "PySide6-Essentials",
    "qasync",
    "httpx",
    "sniffio",
    "httpx-sse",
    "tenacity",
    "pydantic",
    "Pillow",
    "pillow-heif",
    "pillow-jxl-plugin",
    "numpy",
    "opencv-python-headless",
    "defusedxml",
    "keyring",
    "platformdirs",
    "Send2Trash",
    "starlette",
    "uvicorn",
)
"""The libraries that pyproject.toml lists."""

_OWN = "imagineart-desktop"
_LICENSE_PREFIXES = ("license", "licence", "copying", "notice")
_OWN_FILE = Path(__file__).parents[3] / "LICENSE"
"""The license file in a checkout. An installed program has it among its distribution's files."""


_MIN_BROKEN = 50
"""Minimum length in characters of a line that goes on in the next one."""


@dataclass(frozen=True, slots=True)
class Component:
    """A component.

    name: with its version; license: its short name; text: the license text included in the component, see `reflowed`.
    """

    name: str
    license: str
    text: str


def components() -> list[Component]:
    """Return the program itself, then fonts, icons and libraries. Reads many files."""
    own = _of_library(_OWN)
    text = own.text if own is not None and own.text else _read([_OWN_FILE])
    return [
        Component("ImagineArt Desktop", "MIT", text),
        Component("Inter", "OFL-1.1", _read([resource_path("fonts", "LICENSE.txt")])),
        Component("Lucide icons", "ISC", _read([resource_path("icons", "LICENSE")])),
        *(found for name in LIBRARIES if (found := _of_library(name)) is not None),
    ]


def reflowed(text: str) -> str:
    """Join the lines of a text that was broken at a fixed width, so that a view of any width can break it itself.

    Lines that are indented, listed or short, such as titles, stay lines of their own.
    """
    lines: list[str] = []
    is_open = False
    for line in text.splitlines():
        if is_open and line[:1].isalnum():
            lines[-1] += f" {line.rstrip()}"
        else:
            lines.append(line.rstrip())
        is_open = len(line.rstrip()) >= _MIN_BROKEN and line[:1].isalnum()
    return "\n".join(lines)


def _of_library(name: str) -> Component | None:
    try:
        found = distribution(name)
    except PackageNotFoundError:
        return None
    return Component(f"{found.metadata['Name']} {found.version}", _license_of(found), _text_of(found))


def _license_of(found: Distribution) -> str:
    """Return the short name of the license; older packages declare it in a classifier or a free-text field."""
    told = found.metadata.json
    if expression := told.get("license_expression"):
        return str(expression)
    classifiers = found.metadata.get_all("Classifier") or []
    classified = [line.rpartition(" :: ")[2] for line in classifiers if line.startswith("License :: ")]
    return ", ".join(classified) or str(told.get("license", "")).strip().partition("\n")[0]


def _text_of(found: Distribution) -> str:
    files = [file for file in found.files or () if file.name.lower().startswith(_LICENSE_PREFIXES)]
    return _read(Path(str(found.locate_file(file))) for file in files)


def _read(paths: Iterable[Path]) -> str:
    texts = []
    for path in paths:
        try:
            texts.append(reflowed(path.read_text(encoding="utf-8", errors="replace").strip()))
        except OSError:
            continue
    return "\n\n".join(texts)
