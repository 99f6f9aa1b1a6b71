"""One item of an image's metadata."""

from __future__ import annotations

from typing import NamedTuple


class ImageFact(NamedTuple):
    """One fact about an image.

    id: identifies it in code, regardless of its label; label and value: shown to the user.
    """

    id: str
    label: str
    value: str
