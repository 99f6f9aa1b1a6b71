"""The report of an import: what became of each file."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path

MAX_SKIPPED_NAMED = 1_000
"""Skipped files named in a report. A folder can hold any number of them."""

_OTHER_IMAGES = frozenset(
    [
        ".svg",
        ".svgz",
        ".psd",
        ".psb",
        ".ai",
        ".eps",
        ".ico",
        ".icns",
        ".tga",
        ".exr",
        ".hdr",
        ".jp2",
        ".j2k",
        ".jpx",
        ".dds",
        ".pcx",
        ".xcf",
        ".kra",
        ".ppm",
        ".pgm",
        ".pbm",
        ".pnm",
        ".dng",
        ".cr2",
        ".cr3",
        ".nef",
        ".arw",
        ".orf",
        ".rw2",
        ".raf",
        ".pef",
        ".srw",
        ".raw",
    ]
)
"""Extensions of image formats that can't be opened. Some raw formats would pass as TIFF with only their small preview.
"""


class ImportResult(StrEnum):
    """The result for one file."""

    ADDED = "added"
    KNOWN = "known"
    """The library already has these bytes."""
    RESTORED = "restored"
    """The image was in the trash, or its file was missing."""
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class ImportedFile:
    """One file of an import. picture_id: None for a refused file; reason: why it was refused, in one sentence.

    name: for the user; in an imported folder, the path relative to it.
    """

    path: Path
    result: ImportResult
    picture_id: int | None = None
    reason: str = ""
    name: str = ""


@dataclass(slots=True)
class SkippedFiles:
    """Files in folders that aren't imported, by their names for the user.

    images: those in unsupported image formats; count: number of the rest; names: the first `MAX_SKIPPED_NAMED` of the
    rest.
    """

    images: list[tuple[Path, str]] = field(default_factory=list)
    names: list[str] = field(default_factory=list)
    count: int = 0

    def add(self, path: Path, name: str) -> None:
        """Count a file, or keep its path if it has the extension of an image format."""
        if path.suffix.lower() in _OTHER_IMAGES:
            self.images.append((path, name))
            return
        self.count += 1
        if len(self.names) < MAX_SKIPPED_NAMED:
            self.names.append(name)

    def refused(self) -> list[ImportedFile]:
        """Return the unsupported images as refused files."""
        reason = "“{}” has an image format that can’t be imported."
        return [
            ImportedFile(path, ImportResult.REFUSED, reason=reason.format(name), name=name)
            for path, name in self.images
        ]


@dataclass(slots=True)
class ImportReport:
    """The result of an import, file by file.

    with_recipe: number of new images with a recipe; problem: what ended the import early, in one sentence; cut:
    whether there were more than `MAX_FILES`; stopped: whether the user canceled it; skipped: files in folders that
    aren't images by their extension; started_at: UTC.
    """

    files: list[ImportedFile] = field(default_factory=list)
    with_recipe: int = 0
    problem: str = ""
    cut: bool = False
    stopped: bool = False
    skipped: SkippedFiles = field(default_factory=SkippedFiles)
    started_at: datetime = field(default_factory=lambda: datetime.now(UTC))

    @property
    def added(self) -> list[int]:
        """Ids of the new images."""
        return self._ids(ImportResult.ADDED)

    @property
    def known(self) -> list[int]:
        """Ids of the images that the library already had."""
        return self._ids(ImportResult.KNOWN)

    @property
    def restored(self) -> list[int]:
        """Ids of the images that were restored."""
        return self._ids(ImportResult.RESTORED)

    @property
    def duplicates(self) -> list[str]:
        """Names of the files whose bytes the library already had."""
        return [file.name for file in self.files if file.result is ImportResult.KNOWN]

    @property
    def refused(self) -> list[str]:
        """The reasons why files were refused, one sentence per file."""
        return [file.reason for file in self.files if file.result is ImportResult.REFUSED]

    def _ids(self, result: ImportResult) -> list[int]:
        return [file.picture_id for file in self.files if file.result is result and file.picture_id is not None]
