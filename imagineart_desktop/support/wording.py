"""Text formatting shared by the whole program: counts, durations, sizes and shortened text."""

from __future__ import annotations


def pluralize(count: int, noun: str) -> str:
    """Return “1 image”, “1,200 images”."""
    return f"{count:,} {noun}" if count == 1 else f"{count:,} {noun}s"


def format_duration(seconds: float) -> str:
    """Return “20 s” or “2 min 5 s”."""
    minutes, rest = divmod(round(seconds), 60)
    parts = [f"{minutes} min"] * bool(minutes) + [f"{rest} s"] * bool(rest or not minutes)
    return " ".join(parts)


def format_size(length: int) -> str:
    """Return “4.2 MB”, “10 MB” or “12 KB”. length: bytes."""
    megabytes = f"{length / 2**20:,.1f}".removesuffix(".0")
    return f"{megabytes} MB" if length >= 2**20 else f"{max(1, round(length / 1024))} KB"


def ellipsize_words(line: str, letters: int) -> str:
    """Return one line, cut to `letters` characters at the end of a word; “…” marks the cut."""
    return line if len(line) <= letters else f"{line[:letters].rpartition(' ')[0] or line[:letters]}…"


def ellipsize(text: str, letters: int) -> str:
    """Return the text on one line, cut to `letters` characters; “…” counts as one and marks the cut."""
    line = " ".join(text.split())
    return line if len(line) <= letters else f"{line[: letters - 1].rstrip()}…"
