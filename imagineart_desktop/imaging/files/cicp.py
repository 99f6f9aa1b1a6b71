"""ICC profiles for colors given as code points (CICP, ITU-T H.273) in AVIF, HEIC, and PNG.

HDR transfer functions (PQ and HLG) become a tone curve for standard displays: diffuse white keeps its place and
highlights are compressed. The curve is strictly increasing below the peak, so colors can be converted back.
"""

from __future__ import annotations

import mmap
import struct
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

from imagineart_desktop.imaging.files.media_boxes import image_properties
from imagineart_desktop.imaging.files.png_texts import png_chunks
from imagineart_desktop.support.pixel_libraries import Image, np

if TYPE_CHECKING:
    from numpy.typing import NDArray

_PQ, _HLG = 16, 18
_PRIMARIES = {
    1: ("BT.709", ((0.64, 0.33), (0.30, 0.60), (0.15, 0.06))),
    9: ("BT.2020", ((0.708, 0.292), (0.170, 0.797), (0.131, 0.046))),
    12: ("Display P3", ((0.680, 0.320), (0.265, 0.690), (0.150, 0.060))),
}
_CURVES = {4: "gamma 2.2", 5: "gamma 2.8", 8: "linear", _PQ: "PQ", _HLG: "HLG"}
"""All others use the sRGB curve, as browsers do."""

_D65, _D50 = (0.3127, 0.3290), (0.9642, 1.0, 0.8249)
_BRADFORD = ((0.8951, 0.2664, -0.1614), (-0.7502, 1.7135, 0.0367), (0.0389, -0.0685, 1.0296))
_STEPS = 4096

_WHITE_NITS, _PEAK_NITS = 203.0, 1000.0
"""Diffuse white of HDR images (ITU-R BT.2408), and the luminance from which everything is white."""

_KNEE = 0.6
"""Share of the display range that stays unchanged; highlights are compressed into the rest."""

Curve: TypeAlias = "NDArray[np.float64]"


@dataclass(frozen=True, slots=True)
class Cicp:
    """Code points for primaries and transfer characteristics."""

    primaries: int
    transfer: int

    @property
    def is_hdr(self) -> bool:
        """Whether the image exceeds the brightness of a standard display."""
        return self.transfer in (_PQ, _HLG)

    @property
    def chunk(self) -> bytes:
        """The content of a PNG's cICP chunk: RGB, full range."""
        return bytes((self.primaries, self.transfer, 0, 1))

    @property
    def profile(self) -> bytes | None:
        """An ICC profile for these colors; None for sRGB."""
        return _profile(self.primaries if self.primaries in _PRIMARIES else 1, self.transfer)


def cicp_of(image: Image.Image, source: Path | bytes) -> Cicp | None:
    """Return the code points of an opened image if they apply: an ICC profile takes precedence, except in PNG."""
    if image.mode not in ("RGB", "RGBA"):
        return None
    if image.format == "PNG":
        return _of_png(source)
    if image.format not in ("AVIF", "HEIF") or "icc_profile" in image.info:
        return None
    for kind, content in image_properties(source):
        if kind == b"colr" and content[:4] == b"nclx" and len(content) >= 8:
            return Cicp(*struct.unpack(">HH", content[4:8]))
    return None


def _of_png(source: Path | bytes) -> Cicp | None:
    if isinstance(source, bytes):
        return _of_chunks(source)
    with source.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
        return _of_chunks(data)


def _of_chunks(data: bytes | mmap.mmap) -> Cicp | None:
    for kind, start, end in png_chunks(data):
        if kind == b"cICP" and end - start == 16:
            return Cicp(data[start + 8], data[start + 9])
        if kind == b"IDAT":
            break
    return None


@cache
def _profile(primaries: int, transfer: int) -> bytes | None:
    name, points = _PRIMARIES[primaries]
    curve = _CURVES.get(transfer)
    if primaries == 1 and curve is None:
        return None
    said = f"{name} {curve}" if curve else name
    tags = {
        b"desc": b"desc\0\0\0\0" + struct.pack(">I", len(said) + 1) + said.encode() + b"\0" * 79,
        b"cprt": b"text\0\0\0\0Public domain\0",
        b"wtpt": _xyz(np.array(_D50)),
    }
    for letter, column in zip(b"rgb", _colorants(points).T, strict=True):
        tags[bytes([letter]) + b"XYZ"] = _xyz(column)
        tags[bytes([letter]) + b"TRC"] = _curve_tag(_to_light(transfer, np.linspace(0, 1, _STEPS)))
    return _assembled(tags)


def _to_light(transfer: int, code: Curve) -> Curve:
    """Return the light of a standard display, 0 to 1, per code value, 0 to 1."""
    match transfer:
        case 4:
            return code**2.2
        case 5:
            return code**2.8
        case 8:
            return code
        case 16:
            root = code ** (32 / 2523)
            nits = 10_000 * (np.maximum(root - 0.8359375, 0) / (18.8515625 - 18.6875 * root)) ** (16384 / 2610)
            return _compressed(nits / _WHITE_NITS)
        case 18:
            low, high = code**2 / 3, (np.exp((code - 0.55991073) / 0.17883277) + 0.28466892) / 12
            scene = np.where(code <= 0.5, low, high)
            return _compressed(_PEAK_NITS * scene**1.2 / _WHITE_NITS)
    return np.where(code <= 0.04045, code / 12.92, ((code + 0.055) / 1.055) ** 2.4)


def _compressed(light: Curve) -> Curve:
    """Compress highlights into the range of a standard display. light: 1 is diffuse white."""
    room, above = 1 - _KNEE, np.maximum(light - _KNEE, 0)
    far = _PEAK_NITS / _WHITE_NITS - _KNEE
    # Continues the slope of the linear part below and reaches 1 at the peak.
    bent = above / (1 + above * (1 / room - 1 / far))
    return np.clip(np.where(light <= _KNEE, light, _KNEE + bent), 0, 1)


def _colorants(points: tuple[tuple[float, float], ...]) -> NDArray[np.float64]:
    """Return the XYZ of red, green, and blue as columns, adapted to the profile's white."""
    plain = np.array([_of_chromaticity(point) for point in points]).T
    white = _of_chromaticity(_D65)
    scaled = plain * np.linalg.solve(plain, white)
    bradford = np.array(_BRADFORD)
    cones = (bradford @ np.array(_D50)) / (bradford @ white)
    adapted: NDArray[np.float64] = np.linalg.inv(bradford) @ np.diag(cones) @ bradford @ scaled
    return adapted


def _of_chromaticity(point: tuple[float, float]) -> NDArray[np.float64]:
    x, y = point
    return np.array([x / y, 1.0, (1 - x - y) / y])


def _xyz(values: NDArray[np.float64]) -> bytes:
    return b"XYZ \0\0\0\0" + struct.pack(">3i", *(round(float(value) * 65536) for value in values))


def _curve_tag(values: Curve) -> bytes:
    return b"curv\0\0\0\0" + struct.pack(">I", len(values)) + np.rint(values * 65535).astype(">u2").tobytes()


def _assembled(tags: dict[bytes, bytes]) -> bytes:
    """Return an ICC profile, version 2, for a display."""
    table, contents = b"", b""
    start = 128 + 4 + 12 * len(tags)
    for kind, content in tags.items():
        table += struct.pack(">4sII", kind, start + len(contents), len(content))
        contents += content + b"\0" * (-len(content) % 4)
    body = struct.pack(">I", len(tags)) + table + contents
    head = struct.pack(">I4sI4s4s4s", 128 + len(body), b"\0\0\0\0", 0x02400000, b"mntr", b"RGB ", b"XYZ ")
    head += struct.pack(">6H4s", 2026, 1, 1, 0, 0, 0, b"acsp")
    head = head.ljust(68, b"\0") + _xyz(np.array(_D50))[8:]
    return head.ljust(128, b"\0") + body
