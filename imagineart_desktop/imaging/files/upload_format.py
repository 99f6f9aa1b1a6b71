"""Converts images for upload, so that the service sees the size and colors that the user sees."""

from __future__ import annotations

from imagineart_desktop.imaging.files.damaged_metadata import without_unreadable
from imagineart_desktop.imaging.files.encoding import encode_png
from imagineart_desktop.imaging.files.formats import USER_FORMATS
from imagineart_desktop.imaging.files.loading import load_picture, open_checked, probe_picture
from imagineart_desktop.imaging.files.metadata import orientation_of

_UNDERSTOOD = ("PNG", "JPEG", "WebP")
_PLAIN_MODES = ("RGB", "RGBA", "L")


def normalize_for_upload(data: bytes, *, name: str | None = None) -> bytes:
    """Return the same bytes if any reader decodes them identically, otherwise an upright 8-bit sRGB PNG.

    Raises PictureError.
    """
    info = probe_picture(data, name=name)
    pixels = load_picture(data, name=name).pixels
    with open_checked(data, name, USER_FORMATS) as image:
        plain = (
            info.format in _UNDERSTOOD
            and image.mode in _PLAIN_MODES
            # Readers of JPEG see only the first image of several.
            and (image.format == "MPO" or getattr(image, "n_frames", 1) == 1)
            and orientation_of(image) == 1
            and "icc_profile" not in image.info
            # Other readers may reject the file for it.
            and without_unreadable(data) is None
        )
    return data if plain else encode_png(pixels)
