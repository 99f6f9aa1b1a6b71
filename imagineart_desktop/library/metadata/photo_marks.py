"""Rating, label, keywords, caption and capture date of image files: reads XMP and EXIF, writes XMP.

Compatible with Lightroom, Bridge and digiKam. See https://developer.adobe.com/xmp/docs/XMPNamespaces/.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from math import floor

from imagineart_desktop.imaging import exif_of
from imagineart_desktop.library.files.xmp import xmp_of
from imagineart_desktop.library.store.marks import MAX_NOTE_LENGTH, MAX_RATING, Label, Marks, clean_name
from imagineart_desktop.support.pixel_libraries import Image
from imagineart_desktop.support.plain_text import sanitize_text

_XMP = "{http://ns.adobe.com/xap/1.0/}"
_DC = "{http://purl.org/dc/elements/1.1/}"
_PHOTOSHOP = "{http://ns.adobe.com/photoshop/1.0/}"
_EXIF_NAMES = "{http://ns.adobe.com/exif/1.0/}"
_DATES = (f"{_PHOTOSHOP}DateCreated", f"{_EXIF_NAMES}DateTimeOriginal")

_LABELS = {
    name: label
    for label, names in {
        Label.RED: ("red", "select", "rot", "rouge", "rojo", "rosso", "vermelho", "レッド"),
        Label.YELLOW: ("yellow", "second", "gelb", "jaune", "amarillo", "giallo", "amarelo", "イエロー"),
        Label.GREEN: ("green", "approved", "grün", "vert", "verde", "グリーン"),
        Label.BLUE: ("blue", "review", "blau", "bleu", "azul", "blu", "ブルー"),
        Label.PURPLE: (
            "purple",
            "to do",
            "lila",
            "violet",
            "pourpre",
            "púrpura",
            "morado",
            "viola",
            "roxo",
            "パープル",
        ),
    }.items()
    for name in names
}
"""Color names as Lightroom writes them in each language, and Bridge's names for the same labels."""

_EXIF_IFD, _TAKEN, _OFFSET, _RATING = 0x8769, 0x9003, 0x9011, 0x4746
_EXIF_DATE = re.compile(r"(\d{4}):(\d\d):(\d\d) (\d\d):(\d\d):(\d\d)")
_ISO_DATE = re.compile(r"\d{4}-\d\d-\d\d(?:T\d\d:\d\d.*)?")
_MAX_KEYWORDS = 200
_REJECTED = -1
_NOT_IN_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


@dataclass(frozen=True, slots=True)
class PhotoMetadata:
    """Annotations stored in an image file.

    rejected: XMP's rating −1, for which the library has no mark; captured: when the photo was taken, None if
    unknown.
    """

    rating: int = 0
    rejected: bool = False
    label: Label = Label.NONE
    keywords: tuple[str, ...] = ()
    caption: str = ""
    captured: datetime | None = None

    def fill_in(self, marks: Marks) -> Marks:
        """Return the library's marks with these filled in where the library has none of that kind."""
        return Marks(
            marks.rating or self.rating,
            marks.label or self.label,
            marks.note or self.caption,
            marks.favourite,
            marks.tagged(self.keywords),
            marks.collections,
        )


def read_photo_marks(image: Image.Image) -> PhotoMetadata:
    """Read the annotations of an opened file without decoding pixels. Nothing is trusted."""
    told = xmp_of(image)
    exif = exif_of(image)
    captions = told.texts(f"{_DC}description")
    rating = next(filter(None, map(_rating, (*told.texts(f"{_XMP}Rating"), str(exif.get(_RATING, ""))))), 0)
    return PhotoMetadata(
        max(0, rating),
        rating == _REJECTED,
        _LABELS.get(told.text(f"{_XMP}Label").strip().casefold(), Label.NONE),
        tuple(dict.fromkeys(filter(None, map(clean_name, told.texts(f"{_DC}subject")[:_MAX_KEYWORDS])))),
        sanitize_text(captions[0]).strip()[:MAX_NOTE_LENGTH] if captions else "",
        next(filter(None, (_iso_date(told.text(name)) for name in _DATES)), None) or _exif_date(exif),
    )


def build_xmp_description(marks: Marks, created: datetime, *, rejected: bool = False) -> str:
    """Return `rdf:Description` elements that convey the marks to other programs; the note becomes the caption.

    rejected: as the image was imported; a rating given since then takes precedence.
    """
    tags = "".join(f"<rdf:li>{_escaped(tag)}</rdf:li>" for tag in marks.tags)
    parts = [f"<photoshop:DateCreated>{created.astimezone(UTC).isoformat()}</photoshop:DateCreated>"]
    if rating := marks.rating or (_REJECTED if rejected else 0):
        parts.append(f"<xmp:Rating>{rating}</xmp:Rating>")
    if marks.label:
        parts.append(f"<xmp:Label>{marks.label.value.capitalize()}</xmp:Label>")
    if tags:
        parts.append(f"<dc:subject><rdf:Bag>{tags}</rdf:Bag></dc:subject>")
    if marks.note:
        caption = f'<rdf:li xml:lang="x-default">{_escaped(marks.note)}</rdf:li>'
        parts.append(f"<dc:description><rdf:Alt>{caption}</rdf:Alt></dc:description>")
    names = " ".join(
        f'xmlns:{prefix}="{name[1:-1]}"' for prefix, name in (("xmp", _XMP), ("dc", _DC), ("photoshop", _PHOTOSHOP))
    )
    return f'<rdf:Description rdf:about="" {names}>{"".join(parts)}</rdf:Description>'


def _rating(text: str) -> int:
    """Return −1 for a rejected image, or 0 to 5, rounded; 0 if the value isn't valid."""
    try:
        value = float(text)
    except ValueError:
        return 0
    return floor(value + 0.5) if value == _REJECTED or 0 <= value <= MAX_RATING else 0


def _iso_date(text: str) -> datetime | None:
    if not _ISO_DATE.fullmatch(text.strip()):
        return None
    try:
        return datetime.fromisoformat(text.strip()).astimezone(UTC)
    except (ValueError, OverflowError, OSError):
        return None


def _exif_date(exif: Image.Exif) -> datetime | None:
    """Return the capture time. Without an offset, the camera's clock is taken as local time."""
    try:
        held = exif.get_ifd(_EXIF_IFD)
        match = _EXIF_DATE.match(str(held.get(_TAKEN, "")))
        if match is None:
            return None
        moment = datetime(*map(int, match.groups()))  # type: ignore[arg-type]
        offset = str(held.get(_OFFSET, "")).strip("\0 ")
        return datetime.fromisoformat(f"{moment.isoformat()}{offset}").astimezone(UTC)
    except Exception:  # Pillow lets through whatever a damaged block makes its parser raise.
        return None


def _escaped(text: str) -> str:
    from xml.sax.saxutils import escape

    return escape(_NOT_IN_XML.sub("\ufffd", text))
