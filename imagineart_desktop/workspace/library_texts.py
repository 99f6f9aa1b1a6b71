"""Messages about library operations: imports, exports, checks, rebuilds and emptying the trash."""

from __future__ import annotations

from imagineart_desktop.library import ExportReport, ImportReport
from imagineart_desktop.library.maintenance.integrity_check import IntegrityReport
from imagineart_desktop.library.maintenance.rebuild import RebuildResult
from imagineart_desktop.support.messages import Message
from imagineart_desktop.support.wording import pluralize

NO_LONGER_THERE = "This image is no longer in the library."
TOO_MANY_FILES = "There were too many files for one import. Import the folders inside one by one."

_MAX_NAMED = 3


def images(count: int) -> str:
    """Return “1 image” or “1,200 images”."""
    return pluralize(count, "image")


def import_text(report: ImportReport) -> str:
    """Summarize an import: how many images were imported, with or without recipes, and how many were already there."""
    parts = []
    if report.added:
        recipes = report.with_recipe
        how = "" if not recipes else ", with its recipe" if len(report.added) == 1 else f", {recipes} with a recipe"
        parts.append(f"{images(len(report.added))} imported{how}.")
    if report.known:
        there = "was" if len(report.known) == 1 else "were"
        parts.append(f"{images(len(report.known))} {there} already in the library.")
    if report.restored:
        there = "was missing and is" if len(report.restored) == 1 else "were missing and are"
        parts.append(f"{images(len(report.restored))} {there} back.")
    if not parts:
        refused = report.refused or report.problem
        parts.append("Nothing was imported." if refused else "There were no images to import.")
    if report.refused:
        files = "1 file" if len(report.refused) == 1 else f"{len(report.refused):,} files"
        parts.append(f"{files} couldn’t be imported.")
    if skipped := report.skipped.count:
        files = "1 other file was" if skipped == 1 else f"{skipped:,} other files were"
        named = ", ".join(report.skipped.names[:_MAX_NAMED])
        more = f" and {skipped - _MAX_NAMED:,} more" if skipped > _MAX_NAMED else ""
        parts.append(f"{files} skipped: {named}{more}.")
    if report.stopped:
        parts.append("Canceled before the rest.")
    return " ".join(parts)


def skipped_texts(report: ImportReport, most: int) -> list[str]:
    """Name the files that an import skipped, one sentence per file.

    most: number of files to name; another sentence counts the others.
    """
    skipped = report.skipped
    told = [f"“{name}” isn’t an image." for name in skipped.names[:most]]
    if more := skipped.count - len(told):
        told.append("1 other file isn’t an image." if more == 1 else f"{more:,} other files aren’t images.")
    return told


def export_text(report: ExportReport) -> tuple[str, str]:
    """Summarize an export: what was written, what wasn't, and what couldn't be preserved. Returns (tone, text)."""
    lines = [_written(report)]
    if report.stopped:
        lines[0] += " Canceled before the rest."
    if report.problem:
        lines.append(report.problem)
    if report.skipped:
        lines.append(f"{images(report.skipped)} left out: files of those names already exist.")
    lines += report.failed[:_MAX_NAMED]
    if len(report.failed) > _MAX_NAMED:
        lines.append(f"And {len(report.failed) - _MAX_NAMED} more couldn’t be exported.")
    for remark, count in report.remarks.items():
        lines.append(remark if len(report.written) == 1 else f"{images(count)}: {remark}")
    tone = "error" if report.problem or report.failed else "caution" if report.skipped or report.stopped else "info"
    return tone, "\n".join(lines)


def check_text(health: IntegrityReport) -> tuple[str, str]:
    """Summarize a check: what is missing or damaged. Returns (tone, text)."""
    said = [health.damaged] if health.damaged else []
    if health.missing:
        are = "file is" if len(health.missing) == 1 else "files are"
        said.append(
            f"{len(health.missing):,} of {health.pictures:,} image {are} missing from the library folder: moved or"
            " deleted outside the program."
        )
    if health.broken:
        are = "file is" if len(health.broken) == 1 else "files are"
        said.append(f"{len(health.broken):,} image {are} incomplete or damaged. Restore from a backup.")
    if health.unreadable:
        are = "record is" if len(health.unreadable) == 1 else "records are"
        said.append(f"{len(health.unreadable):,} image {are} damaged. {Message('library.advice.rebuild')}")
    if health.definitions:
        are = "model definition is" if len(health.definitions) == 1 else "model definitions are"
        said.append(f"{len(health.definitions):,} {are} damaged. Restore from a backup.")
    if not said:
        said.append("Nothing wrong so far." if health.stopped else f"All {images(health.pictures)} are there.")
    if health.added:
        said.append(f"Added {images(health.added)} found in the library folder.")
    if health.stopped:
        said.append("Stopped before all files were checked.")
    return "error" if health.damaged else "caution" if health.files else "info", " ".join(said)


def rebuild_text(done: RebuildResult) -> str:
    """Summarize a rebuild, and say where the previous database is."""
    if done.aside is None:
        return "Stopped. Nothing was changed."
    without = f", {done.sources:,} of them without a recipe" if done.sources else ""
    return (
        f"Rebuilt: {images(done.pictures)}{without}. The old database was saved in {done.aside} and can be restored"
        " from there."
    )


def emptied_text(gone: int, left: int) -> str:
    """Say how many images were moved to the system's trash, and how many weren't."""
    if not gone:
        return "Nothing was moved."
    rest = f" {images(left)} {'is' if left == 1 else 'are'} still in Trash." if left else ""
    return f"Moved {images(gone)} to the system’s trash.{rest}"


def _written(report: ExportReport) -> str:
    if len(report.written) == 1:
        return f"Exported as {report.written[0].name}."
    return f"Exported {images(len(report.written))}." if report.written else "Nothing was exported."
