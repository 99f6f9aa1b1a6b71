"""Pillow plugin for floating-point TIFFs: Pillow itself opens only gray ones, and takes their values for 0 to 255.

0 is black and 1 is white; values outside are clipped. OpenCV reads 32- and 64-bit samples as such, and 16-bit samples
as integers.
"""

from __future__ import annotations

import struct
from typing import Any, NamedTuple

from numpy.typing import NDArray
from PIL.TiffImagePlugin import TiffImageFile, _accept

from imagineart_desktop.support.pixel_libraries import Image, cv2, np

_BITS, _COLORS, _ORIENTATION, _PREDICTOR, _TILE_WIDTH, _EXTRA, _KIND = 258, 262, 274, 317, 322, 338, 339
_UNSIGNED, _FLOAT, _NO_PREDICTOR, _FLOAT_PREDICTOR, _PREMULTIPLIED = 1, 3, 1, 3, 1
_WHITE_IS_ZERO = 0
_GRAY_OR_RGB = (_WHITE_IS_ZERO, 1, 2)
_MODES = ("L", "RGB", "RGBA")
_HALF = 16
_SHORT = 3


class _Layout(NamedTuple):
    """Binary layout of a TIFF's tag directory: position of its offset, struct formats of offset, count, and an entry.

    The entry format is that of a tag with one short.
    """

    place: int
    offset: str
    number: str
    entry: str


_CLASSIC, _BIG = _Layout(4, "I", "H", "HHIH2x"), _Layout(8, "Q", "Q", "HHQH6x")
_BIG_MAGIC = 43
"""The third or fourth byte of a BigTIFF."""


class FloatTiffFile(TiffImageFile):
    """Opens a TIFF as 8-bit grayscale, RGB, or RGBA; `wide` returns 16 bits."""

    format = "TIFF"
    format_description = "TIFF with floating-point samples"

    def _setup(self) -> None:
        tags = self.tag_v2
        kinds, bits = tags.get(_KIND, ()), tags.get(_BITS, ())
        if set(kinds) != {_FLOAT} or set(bits) not in ({16}, {32}, {64}) or tags.get(_COLORS) not in _GRAY_OR_RGB:
            raise SyntaxError("not a TIFF with floating-point samples")
        # Pillow reads the rest as for 8 bits.
        try:
            tags[_KIND], tags[_BITS] = (_UNSIGNED,) * len(kinds), (8,) * len(bits)
            super()._setup()
        finally:
            tags[_KIND], tags[_BITS] = kinds, bits
        if self.mode not in _MODES:
            raise SyntaxError("floating-point samples of a kind that is not read")

    def load(self) -> Any:
        """Decode, upright."""
        if self.tile:
            self.tile = []
            wide = self.wide()
            # Convert as 16-bit samples are displayed.
            eight = np.rint(wide[:, :, 0] / 257.0) if self.mode == "L" else wide >> 8
            decoded = Image.fromarray(eight.astype(np.uint8), self.mode)
            self.im, self._size = decoded.im, decoded.size
            self.getexif().pop(_ORIENTATION, None)
        return Image.Image.load(self)

    def wide(self) -> NDArray[np.uint16]:
        """Return the samples, height × width × channels of the mode, 0 to 65535, upright. Raises ValueError."""
        if self.fp is None:
            raise ValueError("a file that is closed")
        self.fp.seek(0)
        data = self.fp.read()
        floats = self._halves(data) if self.tag_v2[_BITS][0] == _HALF else _decoded(data)
        floats = np.ascontiguousarray(floats[:, :, : len(self.getbands())])
        np.nan_to_num(floats, copy=False, nan=0.0, posinf=1.0, neginf=0.0)
        if _PREMULTIPLIED in self.tag_v2.get(_EXTRA, ()) and self.mode == "RGBA":
            floats[:, :, :3] /= np.maximum(floats[:, :, 3:], np.finfo(np.float32).tiny)
        np.clip(floats, 0, 1, out=floats)
        if self.tag_v2.get(_COLORS) == _WHITE_IS_ZERO:
            np.subtract(1, floats, out=floats)
        floats *= 65535
        return np.rint(floats, out=floats).astype(np.uint16)

    def _halves(self, data: bytes) -> NDArray[np.float32]:
        """Decode 16-bit samples, which OpenCV reads as integers."""
        predicted = self.tag_v2.get(_PREDICTOR) == _FLOAT_PREDICTOR
        if predicted and _TILE_WIDTH in self.tag_v2:
            raise ValueError("tiles with a predictor")
        values = {_KIND: _UNSIGNED} | ({_PREDICTOR: _NO_PREDICTOR} if predicted else {})
        words = _decoded(_with_values(data, values))
        if predicted:
            words = _unpredicted(words, swapped=data[:1] == b"M")
        return words.view(np.float16).astype(np.float32)


def _decoded(data: bytes) -> NDArray[Any]:
    """Decode with OpenCV: height × width × channels, colors as RGB. Raises ValueError."""
    try:
        found = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_UNCHANGED)
    except cv2.error as error:
        raise ValueError("OpenCV cannot decode it") from error
    if found is None:
        raise ValueError("OpenCV cannot read it")
    samples = found[:, :, None] if found.ndim == 2 else found
    if samples.shape[2] >= 3:
        samples = samples[:, :, [2, 1, 0, *range(3, samples.shape[2])]]
    return np.ascontiguousarray(samples, np.float32 if samples.dtype.kind == "f" else None)


def _unpredicted(words: NDArray[np.uint16], *, swapped: bool) -> NDArray[np.uint16]:
    """Undo the floating-point predictor: each row stores its high bytes first, as differences.

    See Adobe's TIFF note 3.

    swapped: whether the file's words have the other byte order, which OpenCV has already undone.
    """
    height, width, channels = words.shape
    rows = np.ascontiguousarray(words.byteswap() if swapped else words).view(np.uint8).reshape(height, -1, channels)
    planes = np.add.accumulate(rows, axis=1, dtype=np.uint8).reshape(height, 2, width, channels)
    return np.asarray((planes[:, 0].astype(np.uint16) << 8) | planes[:, 1], np.uint16)


def _with_values(data: bytes, values: dict[int, int]) -> bytes:
    """Return a TIFF with the given tags replaced by one short each. Raises ValueError."""
    order, layout = ">" if data[:1] == b"M" else "<", _BIG if _BIG_MAGIC in data[2:4] else _CLASSIC
    changed = bytearray(data)
    try:
        (start,) = struct.unpack_from(f"{order}{layout.offset}", data, layout.place)
        (count,) = struct.unpack_from(f"{order}{layout.number}", data, start)
        first, step = start + struct.calcsize(f"{order}{layout.number}"), struct.calcsize(f"{order}{layout.entry}")
        for place in range(first, first + step * count, step):
            (tag,) = struct.unpack_from(f"{order}H", data, place)
            if tag in values:
                struct.pack_into(f"{order}{layout.entry}", changed, place, tag, _SHORT, 1, values[tag])
    except (struct.error, OverflowError) as error:
        raise ValueError("a list of tags that is cut off") from error
    return bytes(changed)


Image.register_open("FLOAT_TIFF", FloatTiffFile, _accept)
