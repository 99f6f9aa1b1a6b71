"""Loads untrusted images safely: upright, sRGB, 8 bits per channel.

The format is determined from the file's bytes, only listed formats are decoded, and images that would need too much
memory are rejected before decoding.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

from PIL import UnidentifiedImageError

from imagineart_desktop.imaging.errors import MaskError, PictureError, UnreadablePictureError
from imagineart_desktop.imaging.files.cicp import cicp_of
from imagineart_desktop.imaging.files.damaged_metadata import leave_out_unreadable
from imagineart_desktop.imaging.files.decoding import decode_srgb
from imagineart_desktop.imaging.files.file_input import check_file, check_length
from imagineart_desktop.imaging.files.formats import USER_FORMATS, decoders_for, format_name, has_known_signature
from imagineart_desktop.imaging.files.jxl_header import jxl_xmp
from imagineart_desktop.imaging.files.metadata import orientation_of, read_late_chunks
from imagineart_desktop.imaging.files.png_chunks import join_chunks
from imagineart_desktop.imaging.files.profiles import is_non_srgb_profile
from imagineart_desktop.imaging.files.progressive_preview import OnRows, ProgressivePreview
from imagineart_desktop.imaging.files.tiff_layout import misread_tiff_reason
from imagineart_desktop.imaging.files.unsupported_formats import unsupported_reason, unsupported_tiff_reason
from imagineart_desktop.imaging.geometry import Size
from imagineart_desktop.support import ReportProgress, WorkCanceledError
from imagineart_desktop.support.messages import Message
from imagineart_desktop.support.pixel_libraries import Image, np

if TYPE_CHECKING:
    from numpy.typing import NDArray

Pixels: TypeAlias = "NDArray[np.uint8]"
"""height × width × 3 or 4, uint8, sRGB, straight alpha."""

Name: TypeAlias = str | Message
"""What to call an image in an error: the name of its file, or what it is."""

MAX_PIXELS = 300_000_000
_ROTATED = {5, 6, 7, 8}
_READ_IN_PIECES = ("PNG", "JPEG")


@dataclass(frozen=True, slots=True)
class PictureInfo:
    """Header data of an image. format: “PNG”, “JPEG” …; size: upright, (width, height) in pixels."""

    format: str
    size: Size


@dataclass(frozen=True, slots=True, eq=False)
class Picture:
    """A decoded image. pixels: height × width × 3 or 4, uint8, sRGB, upright."""

    pixels: Pixels
    format: str

    @property
    def size(self) -> Size:
        """(width, height) in pixels."""
        return int(self.pixels.shape[1]), int(self.pixels.shape[0])


def probe_picture(
    source: Path | bytes, *, name: Name | None = None, formats: tuple[str, ...] = USER_FORMATS
) -> PictureInfo:
    """Return the format and upright size without decoding the pixels. Raises PictureError."""
    with open_checked(source, name, formats) as image:
        width, height = image.size
        # Pillow reports a TIFF's upright size.
        if image.format != "TIFF" and orientation_of(image) in _ROTATED:
            width, height = height, width
        return PictureInfo(format_name(image.format), (width, height))


def load_picture(
    source: Path | bytes,
    *,
    name: Name | None = None,
    formats: tuple[str, ...] = USER_FORMATS,
    at_least: int | None = None,
    reach: ReportProgress | None = None,
) -> Picture:
    """Load an image's pixels; of an animation, its first frame. Raises PictureError.

    name: what to call it in an error. at_least: required length of the longer edge in pixels; the image may then be
    reduced, and a JPEG is decoded at a reduced size, which is many times faster. reach: called with the share read so
    far; may raise WorkCanceledError.
    """
    with open_checked(source, name, formats) as image:
        if at_least is not None:
            image.draft(None, (at_least, at_least))
        kind = format_name(image.format)
        with report_decoding(image, source, reach):
            return Picture(decode_srgb(image, at_least), kind)


def has_non_srgb_colors(source: Path | bytes) -> bool:
    """Return whether an image file has colors that sRGB doesn't represent: CMYK, or a profile other than sRGB.

    Raises PictureError.
    """
    with open_checked(source, None, USER_FORMATS) as image:
        return image.mode == "CMYK" or is_non_srgb_profile(image.info.get("icc_profile"))


@contextmanager
def open_checked(source: Path | bytes, name: Name | None, formats: tuple[str, ...]) -> Iterator[Image.Image]:
    """Open an image of acceptable size; its header is read, but no pixel is decoded yet.

    Raises PictureError, also for anything a decoder raises inside the block: decoders pass on whatever exception
    damaged bytes cause.
    """
    label = _label(source, name)
    _check_bytes(source, label)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            with Image.open(leave_out_unreadable(source), formats=decoders_for(source, formats)) as image:
                if image.width * image.height > MAX_PIXELS:
                    raise PictureError(_too_large(image, label))
                if image.format == "TIFF":
                    _prepare_tiff(image, label)
                read_late_chunks(image)
                _add_missing_info(image, source)
                yield image
    except (PictureError, MaskError, WorkCanceledError):
        raise
    except UnidentifiedImageError:
        refused = unsupported_reason(source, label) or ("TIFF" in formats and unsupported_tiff_reason(source, label))
        raise PictureError(refused or _not_usable(source, label, formats)) from None
    except MemoryError as error:
        raise UnreadablePictureError(Message("image.no_memory", label=label)) from error
    except Exception as error:
        if isinstance(error, OSError) and error.errno is not None:
            raise UnreadablePictureError(
                Message("image.not_readable", label=label, reason=str(error.strerror))
            ) from error
        raise PictureError(unsupported_reason(source, label) or _not_usable(source, label, formats)) from error


def _prepare_tiff(image: Image.Image, label: Message) -> None:
    """Keep Pillow from decoding a TIFF to wrong pixels. Raises PictureError if it would anyway."""
    misread = misread_tiff_reason(image, label)
    if misread is not None:
        raise PictureError(misread)
    # Pillow maps uncompressed samples into memory, but with the upright width and height, which scrambles the rows of
    # a rotated image. It reads a file without a name.
    image.filename = ""  # type: ignore[attr-defined]


def _add_missing_info(image: Image.Image, source: Path | bytes) -> None:
    """Add what Pillow and its plugins don't read: a profile for colors given as code points, and JPEG XL's XMP."""
    if image.format == "JXL" and (packet := jxl_xmp(source)) is not None:
        image.info["xmp"] = packet
    cicp = cicp_of(image, source)
    if cicp is not None:
        image.info["cicp"] = cicp
        image.info.pop("icc_profile", None)
        if cicp.profile is not None:
            image.info["icc_profile"] = cicp.profile


@contextmanager
def report_decoding(
    image: Image.Image, source: Path | bytes, reach: ReportProgress | None, show_rows: OnRows | None = None
) -> Iterator[ProgressivePreview | None]:
    """Report the share of the file read during decoding, if the decoder reads piece by piece.

    reach: may raise to abort decoding. show_rows: see `ProgressivePreview`.
    """
    inner = getattr(image, "load_read", None) or getattr(getattr(image, "fp", None), "read", None)
    if reach is None or inner is None or image.format not in _READ_IN_PIECES:
        yield None
        return
    length, done = len(source) if isinstance(source, bytes) else source.stat().st_size, 0
    rows = ProgressivePreview.of(image, show_rows)
    joined = join_chunks(inner, image, source)

    def read(size: int) -> bytes:
        nonlocal done
        piece = joined(size)
        done += len(piece)
        share = min(1.0, done / length)
        reach(share)
        if rows is not None:
            rows.look(share)
        return piece

    image.load_read = read  # type: ignore[attr-defined]
    try:
        yield rows
    finally:
        # It refers to the image, which would otherwise stay in memory until the next garbage collection.
        del image.load_read  # type: ignore[attr-defined]
        if rows is not None:
            rows.close()


def _check_bytes(source: Path | bytes, label: Message) -> None:
    if isinstance(source, bytes):
        check_length(len(source), label)
    else:
        check_file(source, label)


def _label(source: Path | bytes, name: Name | None) -> Message:
    named = name or (source.name if isinstance(source, Path) else None)
    return Message("image.this") if named is None else Message("image.named", name=named)


def _too_large(image: Image.Image, label: Message) -> Message:
    limit = MAX_PIXELS // 1_000_000
    return Message("image.too_large", label=label, width=image.width, height=image.height, megapixels=limit)


def _not_usable(source: Path | bytes, label: Message, formats: tuple[str, ...]) -> Message:
    """Return what's wrong with a file that no decoder opens: it's damaged if its first bytes are those of an image."""
    with suppress(OSError):
        if has_known_signature(source, formats):
            return Message("image.damaged", label=label)
    return Message("image.no_image", label=label, formats=_listed(formats))


def _listed(formats: tuple[str, ...]) -> str:
    return ", ".join(format_name(name) for name in formats)
