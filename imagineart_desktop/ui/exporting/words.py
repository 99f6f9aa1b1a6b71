"""What is said of an export."""

from __future__ import annotations

from imagineart_desktop.library import ExportReport

_MOST_NAMED = 3


def pictures(count: int) -> str:
    """“1 picture”, “12 pictures”."""
    return "1 picture" if count == 1 else f"{count:,} pictures".replace(",", " ")


def size_words(length: int) -> str:
    """“4.2 MB”, “12 kB”. length: bytes."""
    return f"{length / 2**20:.1f} MB" if length >= 2**20 else f"{max(1, round(length / 1024))} kB"


def finding_of(report: ExportReport) -> tuple[str, str]:
    """Tone and words: how much was written, what was not, and what could not be kept."""
    lines = [_written(report)]
    if report.stopped:
        lines[0] += " Cancelled before the rest."
    if report.problem:
        lines.append(report.problem)
    if report.skipped:
        lines.append(f"{pictures(report.skipped)} left out: files of those names are there.")
    lines += report.failed[:_MOST_NAMED]
    if len(report.failed) > _MOST_NAMED:
        lines.append(f"And {len(report.failed) - _MOST_NAMED} more could not be exported.")
    for remark, count in report.remarks.items():
        lines.append(remark if len(report.written) == 1 else f"{pictures(count)}: {remark}")
    tone = "error" if report.problem or report.failed else "caution" if report.skipped or report.stopped else "info"
    return tone, "\n".join(lines)


def _written(report: ExportReport) -> str:
    if len(report.written) == 1:
        return f"Exported as {report.written[0].name}."
    return f"{pictures(len(report.written))} exported." if report.written else "Nothing was exported."
