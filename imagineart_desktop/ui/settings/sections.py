"""Sections of the settings that can be opened directly."""

from __future__ import annotations

SECTIONS: dict[str, tuple[str, str]] = {
    "account": ("Account: fal.ai key", "api key token live demo team proxy sign in"),
    "theme": ("Theme", "dark light system appearance look"),
    "at_once": ("Simultaneous requests", "parallel limit queue jobs"),
    "auto_advance": ("Auto-advance", "next image after rating label trash culling"),
    "tint": ("Mask tint: color and strength", "mask color overlay opacity"),
    "export": ("Export defaults", "format quality size colors jpeg png tiff profile"),
    "library": ("Library folder", "move change location disk"),
    "care": ("Library: check, back up, restore, rebuild", "backup copy repair database files"),
}
"""Section → its title, and additional search terms."""
