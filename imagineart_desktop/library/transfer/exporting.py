"""Export of images, one or thousands: each written atomically, and none replacing an existing file unless asked."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import count as count_from
from pathlib import Path

from imagineart_desktop.imaging import (
    ExportSettings,
    FileFormat,
    PictureError,
    SizeRule,
    encode_picture,
    load_full_image,
    strip_png,
)
from imagineart_desktop.library.errors import disk_error
from imagineart_desktop.library.files.embedding import embed_text, embed_xmp, xmp_packet
from imagineart_desktop.library.files.files import write_atomic
from imagineart_desktop.library.library import Library
from imagineart_desktop.library.metadata.photo_marks import build_xmp_description
from imagineart_desktop.library.store.notices import NoticeCode
from imagineart_desktop.library.store.records import PictureDetails
from imagineart_desktop.library.transfer.naming import (
    DEFAULT_PATTERN,
    NameValues,
    UsedNames,
    file_stem,
    numbered,
    validate_pattern,
)
from imagineart_desktop.support import Progress, ReportProgress, WorkCanceledError
from imagineart_desktop.support.plain_text import sanitize_text

_DECODED = 0.3
"""Share of an export's progress reached when the image is decoded."""


class OnConflict(StrEnum):
    """What to do if a file of that name already exists."""

    NUMBER = "number"
    REPLACE = "replace"
    SKIP = "skip"


@dataclass(frozen=True, slots=True)
class ExportOptions:
    """Options for an export.

    settings: None to copy the files unchanged; recipe: whether to embed the recipe.
    """

    folder: Path
    pattern: str = DEFAULT_PATTERN
    settings: ExportSettings | None = field(default_factory=ExportSettings)
    recipe: bool = True
    clash: OnConflict = OnConflict.NUMBER


@dataclass(slots=True)
class ExportReport:
    """Result of an export. failed: one sentence per image; remarks: sentence → number of images it applies to.

    problem: what ended the export early, empty if nothing did; is_unwritable: whether the folder was the cause,
    e.g. a full disk; stopped: whether the user canceled it.
    """

    written: list[Path] = field(default_factory=list)
    skipped: int = 0
    failed: list[str] = field(default_factory=list)
    remarks: Counter[str] = field(default_factory=Counter)
    problem: str = ""
    is_unwritable: bool = False
    stopped: bool = False


def export_name(details: PictureDetails, order: ExportOptions, place: int = 1, count: int = 1) -> str:
    """Return the file name an image gets if it's free. place: counted from 1. The pattern must be valid."""
    return f"{_stem(details, order, place, count)}.{_extension(details, order)}"


def resolve_name(order: ExportOptions, name: str) -> str | None:
    """Return the name to use given the files that exist, or None to skip the image. Reads the disk."""
    if order.clash is OnConflict.REPLACE or not (order.folder / name).exists():
        return name
    if order.clash is OnConflict.SKIP:
        return None
    stem, _, extension = name.rpartition(".")
    names = (f"{numbered(stem, time)}.{extension}" for time in count_from(2))
    return next(found for found in names if not (order.folder / found).exists())


def write_unique(folder: Path, stem: str, extension: str, data: bytes) -> Path:
    """Write a new file, adding a number if the name is taken. Raises OSError."""
    for time in count_from(1):
        path = folder / f"{numbered(stem, time)}.{extension}"
        try:
            write_atomic(path, data, replace=False, private=False)
        except FileExistsError:
            continue
        return path
    raise AssertionError("names never end")


async def export_pictures(
    library: Library,
    numbers: Sequence[int],
    order: ExportOptions,
    progress: Progress | None = None,
) -> ExportReport:
    """Export pictures into a folder. progress: of the whole export, each picture an equal share.

    A picture that can't be written is reported, and the others continue. Raises ValueError for an invalid pattern,
    LibraryError.
    """
    problem = validate_pattern(order.pattern)
    if problem is not None:
        raise ValueError(problem)
    report = ExportReport()
    if await asyncio.to_thread(_is_inside, order.folder, library.files.root):
        report.problem = "This folder belongs to the library. Choose another one."
        return report
    folder = sanitize_text(str(order.folder))
    async with (
        library.track_outgoing_folder(order.folder),
        library.operations.noticed(NoticeCode.EXPORT_CUT_OFF, pictures=len(numbers), folder=folder),
    ):
        await _export_all(library, numbers, order, report, progress or Progress())
    return report


def _is_inside(folder: Path, root: Path) -> bool:
    """Return whether the folder is inside the library, which would treat its files as its own."""
    return folder.resolve().is_relative_to(root.resolve())


async def _export_all(
    library: Library,
    numbers: Sequence[int],
    order: ExportOptions,
    report: ExportReport,
    progress: Progress,
) -> None:
    names = UsedNames(order.folder)
    for place, number in enumerate(numbers, start=1):
        if progress.is_cancelled:
            report.stopped = True
            break
        details = await library.details(number)
        if details is None:
            report.failed.append(f"Image {number} is no longer in the library.")
            continue
        stem = _stem(details, order, place, len(numbers))
        try:
            reach = progress.part((place - 1) / len(numbers), place / len(numbers))
            await asyncio.to_thread(_export, details, order, stem, names, report, reach)
        except WorkCanceledError:
            report.stopped = True
            break
        except PictureError as error:
            report.failed.append(str(error))
        except OSError as error:
            report.problem = str(disk_error(error, f"Can’t write to {order.folder}"))
            report.is_unwritable = True
            break
        progress.share = place / len(numbers)


def _export(
    details: PictureDetails,
    order: ExportOptions,
    stem: str,
    names: UsedNames,
    report: ExportReport,
    reach: ReportProgress,
) -> None:
    try:
        data, remarks = _content(details, order, reach)
    except OSError as error:
        # Not the folder's fault: the other images may still be readable.
        raise PictureError(str(disk_error(error, f"“{details.summary.path.name}” cannot be read"))) from error
    extension = _extension(details, order)
    time = 0
    while True:
        time += 1
        name = f"{numbered(stem, time)}.{extension}"
        if names.contains(name):
            continue
        path = order.folder / name
        try:
            write_atomic(path, data, replace=order.clash is OnConflict.REPLACE, private=False)
        except FileExistsError:
            if order.clash is OnConflict.SKIP:
                report.skipped += 1
                return
            continue
        report.written.append(names.give(name))
        report.remarks.update(remarks)
        return


def _content(details: PictureDetails, order: ExportOptions, reach: ReportProgress) -> tuple[bytes, tuple[str, ...]]:
    """Return (file bytes, remarks on what was lost). Raises PictureError, OSError, WorkCanceledError."""
    path = details.summary.path
    if not path.is_file():
        raise PictureError(f"The file “{path.name}” is missing.")
    if order.settings is None:
        return path.read_bytes(), ()
    text, packet = _inside(details) if order.recipe else (None, None)
    if order.settings.format is FileFormat.PNG and order.settings.rule is SizeRule.ORIGINAL:
        plain = strip_png(path, order.settings.profile)
        if plain is not None:
            return _with_texts(plain, text, packet), ()
    picture = load_full_image(path, reach=lambda share: reach(_DECODED * share))
    made = encode_picture(picture, order.settings, packet, lambda share: reach(_DECODED + (1 - _DECODED) * share))
    if order.settings.format is FileFormat.PNG:
        return _with_texts(made.data, text, packet), made.remarks
    return made.data, made.remarks


def _inside(details: PictureDetails) -> tuple[str | None, bytes]:
    """Return (recipe or None, XMP packet with the recipe and the user's marks)."""
    recipe = details.recipe
    is_plain = recipe.imported is not None and not recipe.imported.program
    text = None if is_plain else recipe.model_dump_json()
    rejected = recipe.imported is not None and recipe.imported.rejected
    return text, xmp_packet(text, build_xmp_description(details.marks, details.created_at, rejected=rejected))


def _with_texts(png: bytes, text: str | None, packet: bytes | None) -> bytes:
    if packet is not None:
        png = embed_xmp(png, packet)
    return png if text is None else embed_text(png, text) or png


def _stem(details: PictureDetails, order: ExportOptions, place: int, count: int) -> str:
    summary, recipe = details.summary, details.recipe
    facts = NameValues(
        details.created_at,
        summary.model_label,
        recipe.seed,
        summary.prompt,
        summary.size if order.settings is None else order.settings.size_of(summary.size),
        summary.id,
        summary.path.stem,
        place,
        count,
        Path(summary.imported_name).stem,
    )
    return file_stem(order.pattern, facts)


def _extension(details: PictureDetails, order: ExportOptions) -> str:
    return details.summary.path.suffix[1:] if order.settings is None else order.settings.format.extension
