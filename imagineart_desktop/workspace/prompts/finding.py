"""Finding text in a prompt."""

from __future__ import annotations

import re

from imagineart_desktop.workspace.prompts.insertion import utf16_length

Span = tuple[int, int]
"""(start, end) of a part of a prompt, as Qt counts its places."""


def find_all(text: str, wanted: str) -> list[Span]:
    """Return where a text occurs, in any case, from the start to the end."""
    if not wanted:
        return []
    spans: list[Span] = []
    place = at = 0
    for found in re.finditer(re.escape(wanted), text, re.IGNORECASE):
        place += utf16_length(text[at : found.start()])
        end = place + utf16_length(found[0])
        spans.append((place, end))
        place, at = end, found.end()
    return spans


def next_span(spans: list[Span], place: int, *, backward: bool = False) -> Span | None:
    """Return the next one behind a place, or before it; from the other end if there is none."""
    if backward:
        return next((span for span in reversed(spans) if span[1] < place), spans[-1] if spans else None)
    return next((span for span in spans if span[0] >= place), spans[0] if spans else None)
