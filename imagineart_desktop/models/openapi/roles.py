"""Which field of an endpoint has which role: prompt, images, mask, number of images, seed, size."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from imagineart_desktop.models.openapi.property import Property, Shape

_IMAGE = re.compile(r"(?:\w*_)?(?:image|img|photo|picture)s?(?:_ur[li]s?)?\Z")
_MASK = re.compile(r"(?:\w*_)?mask(?:_image)?(?:_ur[li])?\Z")
_MAIN_IMAGES = ("image_url", "input_image_url", "image", "init_image_url", "source_image_url")
_COUNTS = ("num_images", "n", "number_of_images", "num_outputs")
_SIZES = ("image_size", "aspect_ratio", "size", "resolution")


@dataclass(frozen=True, slots=True)
class Roles:
    """The name of the field of each role; empty where there is none. references: holds several images.

    others: further fields that hold an image's URL.
    """

    prompt: str = ""
    image: str = ""
    references: str = ""
    mask: str = ""
    count: str = ""
    seed: str = ""
    size: str = ""
    others: tuple[str, ...] = ()


def roles_of(inputs: Sequence[Property]) -> Roles:
    """Return the roles of the fields, judged by their names and shapes."""
    texts = [field for field in inputs if field.shape is Shape.TEXT]
    masks = [field for field in texts if _MASK.match(field.name)]
    images = [field for field in texts if _IMAGE.match(field.name) and field not in masks]
    several = [field for field in inputs if field.item is Shape.TEXT and _IMAGE.match(field.name)]
    image = _first(images, _MAIN_IMAGES) or next((field.name for field in images if field.required), "")
    return Roles(
        prompt=_first(texts, ["prompt"]),
        image=image,
        references=next((field.name for field in (*_required(several), *several)), ""),
        mask=next((field.name for field in (*_required(masks), *masks)), ""),
        count=_first((field for field in inputs if field.shape is Shape.INTEGER), _COUNTS),
        seed=_first((field for field in inputs if field.shape is Shape.INTEGER), ["seed"]),
        size=_first(inputs, _SIZES),
        others=tuple(field.name for field in images if field.name != image),
    )


def _required(fields: Iterable[Property]) -> list[Property]:
    return [field for field in fields if field.required]


def _first(fields: Iterable[Property], names: Sequence[str]) -> str:
    """Return the first of the names that a field has; empty if none has one."""
    known = {field.name for field in fields}
    return next((name for name in names if name in known), "")
