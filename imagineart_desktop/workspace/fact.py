"""One thing that is known of an image."""

from __future__ import annotations

from typing import NamedTuple


class Fact(NamedTuple):
    """id: what the program knows it by, whatever its label says; label and value: for the user."""

    id: str
    label: str
    value: str
