"""Numbers of pictures and sizes of files, in words."""

from __future__ import annotations


def size_words(length: int) -> str:
    """“4.2 MB”, “12 kB”. length: bytes."""
    return f"{length / 2**20:.1f} MB" if length >= 2**20 else f"{max(1, round(length / 1024))} kB"
