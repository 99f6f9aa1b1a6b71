"""Pictures as they are sent: what the service sees has the size and the colours that the user sees."""

from __future__ import annotations

from imagineart_desktop.imaging.files.encoding import encode_png
from imagineart_desktop.imaging.files.formats import USER_FORMATS
from imagineart_desktop.imaging.files.loading import load_picture, open_checked, probe_picture
from imagineart_desktop.imaging.files.metadata import orientation_of

_UNDERSTOOD = ("PNG", "JPEG", "WebP")
_PLAIN_MODES = ("RGB", "RGBA", "L")


def sendable(data: bytes, *, name: str | None = None) -> bytes:
    """The same bytes where any reader sees the same picture in them, else a PNG of it: upright, sRGB, 8 bits.

    Raises PictureError.
    """
    info = probe_picture(data, name=name)
    pixels = load_picture(data, name=name).pixels
    with open_checked(data, name, USER_FORMATS) as image:
        plain = (
            info.format in _UNDERSTOOD
            and image.mode in _PLAIN_MODES
            # Readers of JPEG see the first image of several alone.
            and (image.format == "MPO" or getattr(image, "n_frames", 1) == 1)
            and orientation_of(image) == 1
            and "icc_profile" not in image.info
        )
    return data if plain else encode_png(pixels)
