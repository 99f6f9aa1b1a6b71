"""The colors of both themes. Neutral grays, so that images can be judged; one accent color."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ThemeColors:
    """Colors as #rrggbb.

    ground is the background of images, panel that of controls; field is inside controls, raised on top of them. accent
    is for lines and small symbols; accent_strong is a background for text (on_accent), accent_deep is its hover color,
    accent_soft marks the selection. check and check_other are the squares of the checkerboard behind transparent
    images.
    """

    dark: bool
    ground: str
    panel: str
    field: str
    raised: str
    line: str
    text: str
    text_muted: str
    text_faint: str
    accent: str
    accent_strong: str
    accent_deep: str
    on_accent: str
    accent_soft: str
    good: str
    caution: str
    error: str
    error_soft: str
    check: str
    check_other: str


DARK = ThemeColors(
    dark=True,
    ground="#161719",
    panel="#1d1f22",
    field="#25282c",
    raised="#30343a",
    line="#34383e",
    text="#e6e7e9",
    text_muted="#a2a7ae",
    text_faint="#8b9098",
    accent="#5b8cff",
    accent_strong="#426ddc",
    accent_deep="#355dc6",
    on_accent="#ffffff",
    accent_soft="#2b3b64",
    good="#41b883",
    caution="#e0a34a",
    error="#ea6f6d",
    error_soft="#3a2526",
    check="#3c3f44",
    check_other="#4a4e54",
)

LIGHT = ThemeColors(
    dark=False,
    ground="#e4e5e7",
    panel="#f5f5f6",
    field="#ffffff",
    raised="#e6e8eb",
    line="#d3d6da",
    text="#1b1d20",
    text_muted="#4c5158",
    text_faint="#62676f",
    accent="#2f62d9",
    accent_strong="#2f62d9",
    accent_deep="#2450b8",
    on_accent="#ffffff",
    accent_soft="#d9e4fd",
    good="#0f6b44",
    caution="#8a5a06",
    error="#b92f2d",
    error_soft="#fbe6e5",
    check="#ffffff",
    check_other="#d9dadd",
)
