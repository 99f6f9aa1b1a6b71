"""Colors and mood derived from the words of a prompt."""

from __future__ import annotations

import colorsys
import hashlib
import re
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Colour = NDArray[np.float32]
"""Red, green, blue; 0 to 1, sRGB."""

_HUES = {
    "red": 0.99, "crimson": 0.97, "orange": 0.07, "amber": 0.10, "gold": 0.12, "golden": 0.12, "yellow": 0.14,
    "green": 0.36, "forest": 0.38, "moss": 0.28, "mint": 0.44, "teal": 0.49, "turquoise": 0.48, "cyan": 0.52,
    "sea": 0.55, "ocean": 0.56, "blue": 0.60, "night": 0.64, "indigo": 0.68, "violet": 0.74, "purple": 0.77,
    "lavender": 0.73, "pink": 0.92, "rose": 0.94, "copper": 0.06, "desert": 0.08, "autumn": 0.06, "coffee": 0.06,
    "walnut": 0.06, "latte": 0.08, "snow": 0.58, "winter": 0.58, "ice": 0.54, "sunset": 0.03, "dawn": 0.04,
    "morning": 0.11, "astronaut": 0.05, "rocket": 0.60, "stars": 0.66, "space": 0.70, "cat": 0.08,
}  # fmt: skip
_DARK = {"night", "dark", "stars", "space", "midnight", "moon", "galaxy", "noir"}
_WATER = {"sea", "ocean", "lake", "water", "river", "beach", "coast", "reflection", "bay"}


@dataclass(frozen=True, slots=True)
class Mood:
    """What the renderer needs to know about a prompt. hue: 0 to 1."""

    hue: float
    accent_hue: float
    dark: bool
    water: bool


def derive_mood(prompt: str, rng: np.random.Generator) -> Mood:
    """Derive the mood from the prompt's words; whatever they leave open is set by their hash and the seed."""
    words = re.findall(r"\w+", prompt.lower())
    named = [_HUES[word] for word in words if word in _HUES]
    hue = named[0] if named else int.from_bytes(hashlib.sha256(prompt.encode()).digest()[:2], "big") / 65536
    hue = (hue + float(rng.uniform(-0.025, 0.025))) % 1
    accent = named[1] if len(named) > 1 else (hue + float(rng.choice([0.07, 0.93, 0.10, 0.46]))) % 1
    dark = bool(_DARK & set(words))
    water = bool(_WATER & set(words)) or rng.random() < 0.35
    return Mood(hue, accent, dark, water)


def colour(hue: float, saturation: float, value: float) -> Colour:
    """Return the color for hue, saturation and value, each 0 to 1."""
    return np.array(colorsys.hsv_to_rgb(hue % 1, saturation, value), np.float32)


def make_rng(*parts: object) -> np.random.Generator:
    """Return a random generator seeded with the parts, so that the same parts give the same image."""
    digest = hashlib.sha256("\x1f".join(map(str, parts)).encode("utf-8", "surrogatepass")).digest()
    return np.random.default_rng(int.from_bytes(digest[:16], "big"))
