"""Pictures as they are sent: what the service sees has the size and the colours that the user sees."""

from __future__ import annotations

from PIL import Image

from imagineart_desktop.imaging.encoding import encode_png
from imagineart_desktop.imaging.loading import load_picture, probe_picture
from imagineart_desktop.imaging.png_texts import readable

_UNDERSTOOD = ("PNG", "JPEG", "WebP")
_PLAIN_MODES = ("RGB", "RGBA", "L")
_ORIENTATION = 0x0112


def sendable(data: bytes, *, name: str | None = None) -> bytes:
    """The same bytes where any reader sees the same picture in them, else a PNG of it: upright, sRGB, 8 bits.

    Raises PictureError.
    """
    info = probe_picture(data, name=name)
    pixels = load_picture(data, name=name).pixels
    with Image.open(readable(data)) as image:
        plain = (
            info.format in _UNDERSTOOD
            and image.mode in _PLAIN_MODES
            and getattr(image, "n_frames", 1) == 1
            and image.getexif().get(_ORIENTATION, 1) == 1
            and "icc_profile" not in image.info
        )
    return data if plain else encode_png(pixels)
