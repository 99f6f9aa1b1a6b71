"""Reader for an image's content credentials (C2PA) and IPTC's XMP equivalent: the program used, and whether it was AI.

See https://spec.c2pa.org and https://cv.iptc.org/newscodes/digitalsourcetype/. This is only what the file claims
about itself: signatures aren't verified, and nothing is trusted.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from imagineart_desktop.library.files.cbor import read_cbor
from imagineart_desktop.library.files.xmp import xmp_of
from imagineart_desktop.support.pixel_libraries import Image

DIGITAL_SOURCE = "digitalSourceType"
"""Name of the field in the manifest."""

SOURCE_TEXTS = {
    "trainedAlgorithmicMedia": "Made with AI",
    "compositeWithTrainedAlgorithmicMedia": "Edited with AI",
    "compositeSynthetic": "Partly made with AI",
    "algorithmicallyEnhanced": "Enhanced by software",
    "algorithmicMedia": "Made by software",
    "dataDrivenMedia": "Made from data",
    "digitalCapture": "Photo from a camera",
    "computationalCapture": "Photo from a camera",
    "digitalCreation": "Made by hand",
    "digitalArt": "Made by hand",
    "humanEdits": "Edited by hand",
    "screenCapture": "Screenshot",
}
"""IPTC code → text shown to the user."""

_MAX_STORE = 8 * 2**20
"""Maximum number of bytes parsed; ingredient thumbnails take up most of them."""

_MAX_BOXES = 2000
_DEEPEST = 8
_LABEL_AT = 17
"""Offset of the label in a description box, after the type and the toggles."""

_IPTC = "{http://iptc.org/std/Iptc4xmpExt/2008-02-29/}"
_CREATOR, _CREDIT = "{http://ns.adobe.com/xap/1.0/}CreatorTool", "{http://ns.adobe.com/photoshop/1.0/}Credit"
_WITH_AI = ("trainedAlgorithmicMedia", "compositeWithTrainedAlgorithmicMedia", "compositeSynthetic")

_CLAIMS = ("c2pa.claim", "c2pa.claim.v2")
_ACTIONS = ("c2pa.actions", "c2pa.actions.v2")

Named = tuple[str, bytes]
"""(label of the enclosing box, content of a CBOR box)."""


@dataclass(frozen=True, slots=True)
class Credentials:
    """Claims read from a file.

    generator: the program that signed; agents: programs that created or edited the image; source: IPTC code.
    """

    generator: str = ""
    agents: tuple[str, ...] = ()
    source: str = ""


def read_credentials(image: Image.Image, data: bytes) -> Credentials | None:
    """Read the credentials of an opened image. data: the bytes of its file. Returns None if there are none."""
    claims: list[Credentials] = []
    for label, content in _boxes(_store(image, data), 0, "", [_MAX_BOXES]):
        name = label.rsplit("__", 1)[0] if label.rsplit("__", 1)[-1].isdecimal() else label
        if name not in _CLAIMS + _ACTIONS:
            continue
        try:
            read = read_cbor(content)
        except ValueError:
            continue
        if isinstance(read, dict):
            claims.append(Credentials(_generator(read)) if name in _CLAIMS else _from_actions(read.get("actions")))
    # The last manifest is the active one; earlier ones belong to the ingredients.
    claims.reverse()
    claims.append(_of_xmp(image))
    agents = tuple(dict.fromkeys(agent for claim in claims for agent in claim.agents))
    generator = next((claim.generator for claim in claims if claim.generator), "")
    source = next((claim.source for claim in claims if claim.source), "")
    return Credentials(generator, agents, source) if generator or agents or source else None


def _of_xmp(image: Image.Image) -> Credentials:
    """Read the XMP that Google, Midjourney and Lightroom write if AI was involved."""
    packet = xmp_of(image)
    source = _source_code(packet.text(f"{_IPTC}DigitalSourceType"))
    if source not in _WITH_AI:
        return Credentials()
    return Credentials(packet.text(_CREATOR).strip() or packet.text(_CREDIT).strip(), (), source)


def _source_code(value: object) -> str:
    """Return the code from a URL of IPTC's list, or an empty string."""
    code = value.rstrip("/").rpartition("/")[2] if isinstance(value, str) else ""
    return code if code in SOURCE_TEXTS else ""


def _generator(claim: dict[str, Any]) -> str:
    """Return the program's name, e.g. “Adobe Firefly” from a list or from “Adobe_Firefly/1.0 c2pa-rs/0.9”."""
    told = claim.get("claim_generator_info")
    name = _name(told[0] if isinstance(told, list) and told else told)
    line = claim.get("claim_generator")
    if not name and isinstance(line, str):
        name = line.partition("/")[0].replace("_", " ")
    return name.strip()


def _name(value: object) -> str:
    if isinstance(value, dict):
        value = value.get("name")
    return value if isinstance(value, str) else ""


def _from_actions(actions: object) -> Credentials:
    listed = [action for action in actions if isinstance(action, dict)] if isinstance(actions, list) else []
    agents = tuple(filter(None, (_name(action.get("softwareAgent")) for action in listed)))
    sources = [_source_code(action.get(DIGITAL_SOURCE)) for action in listed]
    # An action that involved AI matters most, wherever it is in the list.
    told = sorted(filter(None, sources), key=lambda code: list(SOURCE_TEXTS).index(code))
    return Credentials("", agents, told[0] if told else "")


def _store(image: Image.Image, data: bytes) -> bytes:
    """Return the JUMBF store of a JPEG, PNG or WebP; empty if it has none."""
    if image.format in ("JPEG", "MPO"):
        return _of_segments(getattr(image, "applist", []))
    if image.format == "PNG":
        chunks = getattr(image, "private_chunks", [])
        return next((bytes(chunk[1]) for chunk in chunks if chunk[0] == b"caBX"), b"")[:_MAX_STORE]
    if image.format == "WEBP":
        return _of_riff(data)
    return b""


def _of_segments(segments: list[tuple[str, bytes]]) -> bytes:
    """Reassemble the store from a JPEG's APP11 segments.

    Each segment has “JP”, a box number, its own sequence number and the box header.
    """
    pieces: dict[int, bytes] = {}
    first = None
    for name, content in segments:
        if name != "APP11" or content[:2] != b"JP" or len(content) < 16:
            continue
        box, place = struct.unpack(">HI", content[2:8])
        first = box if first is None else first
        if box == first:
            pieces[place] = content[8:]
    whole = b"".join(piece[8 if number else 0 :] for number, piece in enumerate(pieces[key] for key in sorted(pieces)))
    return whole[:_MAX_STORE]


def _of_riff(data: bytes) -> bytes:
    place = 12
    for _ in range(_MAX_BOXES):
        if place + 8 > len(data):
            break
        kind, size = struct.unpack_from("<4sI", data, place)
        if kind == b"C2PA":
            return data[place + 8 : place + 8 + min(size, _MAX_STORE)]
        place += 8 + size + size % 2
    return b""


def _boxes(data: bytes, depth: int, label: str, left: list[int]) -> Iterator[Named]:
    """Yield the CBOR boxes in a piece of JUMBF, with the label of the box around each. Clips sizes to the data."""
    place = 0
    while place + 8 <= len(data) and left[0] > 0 and depth <= _DEEPEST:
        left[0] -= 1
        size, kind = struct.unpack_from(">I4s", data, place)
        if size < 8:
            if size:
                return
            size = len(data) - place
        content = data[place + 8 : place + size]
        if kind == b"jumb":
            yield from _boxes(content, depth + 1, "", left)
        elif kind == b"jumd":
            label = content[_LABEL_AT:].partition(b"\0")[0].decode("utf-8", "replace")
        elif kind == b"cbor":
            yield label, content
        place += size
