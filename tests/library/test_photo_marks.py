"""Ratings, labels, keywords, captions and dates are exchanged with other programs through files."""

from __future__ import annotations

import io
from datetime import UTC, datetime
from pathlib import Path

import pillow_heif
import pillow_jxl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from imagineart_desktop.imaging import USER_FORMATS, ExportSettings, FileFormat, open_checked
from imagineart_desktop.library import ExportOptions, Label, Library, Marks, Query, export_pictures, import_pictures
from imagineart_desktop.library.files.embedding import xmp_packet
from imagineart_desktop.library.metadata.photo_marks import PhotoMetadata, build_xmp_description, read_photo_marks
from imagineart_desktop.support.plain_text import sanitize_text
from tests.library.test_damage import started
from tests.library.test_library import keep, recipe

assert pillow_jxl
pillow_heif.register_heif_opener()

LIGHTROOM = """<?xpacket begin='' id='W5M0MpCehiHzreSzNTczkc9d'?><x:xmpmeta xmlns:x='adobe:ns:meta/'>
<rdf:RDF xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#'><rdf:Description rdf:about=''
 xmlns:xmp='http://ns.adobe.com/xap/1.0/' xmlns:photoshop='http://ns.adobe.com/photoshop/1.0/'
 xmlns:dc='http://purl.org/dc/elements/1.1/' xmp:Rating='3' xmp:Label='Blue'
 photoshop:DateCreated='2021-03-04T05:06:07+02:00'>
 <dc:subject><rdf:Bag><rdf:li>sea</rdf:li><rdf:li>"night"</rdf:li><rdf:li> </rdf:li></rdf:Bag></dc:subject>
 <dc:description><rdf:Alt><rdf:li xml:lang='x-default'>The bay &amp; the pier</rdf:li></rdf:Alt></dc:description>
</rdf:Description></rdf:RDF></x:xmpmeta><?xpacket end='w'?>   """
BOMB = """<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">]><x>&b;</x>"""


def saved(packet: bytes, kind: str = "JPEG", **options: object) -> bytes:
    held = io.BytesIO()
    Image.new("RGB", (40, 30)).save(held, kind, xmp=packet, **options)
    return held.getvalue()


def marks_of(data: bytes) -> PhotoMetadata:
    with open_checked(data, None, USER_FORMATS) as image:
        return read_photo_marks(image)


def read(packet: str, kind: str = "JPEG") -> PhotoMetadata:
    return marks_of(saved(packet.encode(), kind))


@pytest.mark.parametrize("kind", ["JPEG", "WEBP", "TIFF", "AVIF", "HEIF", "JXL"])
def test_what_lightroom_writes_is_read(kind: str) -> None:
    if kind == "TIFF":
        held = io.BytesIO()
        Image.new("RGB", (40, 30)).save(held, kind, tiffinfo={700: LIGHTROOM.encode()})
        found = marks_of(held.getvalue())
    else:
        found = read(LIGHTROOM, kind)
    taken = datetime(2021, 3, 4, 3, 6, 7, tzinfo=UTC)
    assert found == PhotoMetadata(3, False, Label.BLUE, ("sea", "night"), "The bay & the pier", taken)


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-32-be"])
@pytest.mark.parametrize("declaration", ["", '<?xml version="1.0" encoding="UTF-16"?>'])
def test_packets_in_every_encoding_of_the_standard_are_read(encoding: str, declaration: str) -> None:
    if declaration and encoding == "utf-8-sig":
        return
    packet = declaration + LIGHTROOM[LIGHTROOM.index("<x:") :]
    found = marks_of(saved(packet.encode(encoding)))
    assert (found.rating, found.keywords, found.caption) == (3, ("sea", "night"), "The bay & the pier")


def test_of_several_languages_the_default_is_the_caption() -> None:
    other = "<rdf:li xml:lang='de-DE'>Die Bucht</rdf:li><rdf:li xml:lang='x-default'>The bay"
    assert read(LIGHTROOM.replace("<rdf:li xml:lang='x-default'>The bay", other)).caption == "The bay & the pier"


@pytest.mark.parametrize(
    ("changed", "wanted"),
    [
        (LIGHTROOM.replace("Rating='3'", "Rating='-1'"), 0),
        *(
            (LIGHTROOM.replace("Rating='3'", f"Rating='{written}'"), wanted)
            for written, wanted in {
                "0": 0,
                "0.4": 0,
                "1": 1,
                "3.7": 4,
                "4.0": 4,
                "5": 5,
                "5.1": 0,
                "9": 0,
                "99": 0,
                "-2": 0,
                "-0.5": 0,
                "": 0,
                " ": 0,
                "five": 0,
                "3,7": 0,
                "nan": 0,
                "inf": 0,
                "1e999": 0,
            }.items()
        ),
        (LIGHTROOM[:200], 0),
        (BOMB, 0),
        ("", 0),
    ],
)
def test_nothing_is_trusted(changed: str, wanted: int) -> None:
    assert read(changed).rating == wanted


def test_a_rating_that_the_standard_does_not_know_gives_way_to_the_cameras() -> None:
    exif = Image.Exif()
    exif[0x4746] = 2
    assert marks_of(saved(LIGHTROOM.replace("Rating='3'", "Rating='five'").encode(), exif=exif)).rating == 2


@pytest.mark.asyncio
async def test_a_rejected_image_stays_rejected_in_other_programs_until_it_is_rated(tmp_path: Path) -> None:
    library = await started(tmp_path / "one")
    (tmp_path / "photo.jpg").write_bytes(saved(LIGHTROOM.replace("Rating='3'", "Rating='-1.0'").encode()))
    (picture_id,) = (await import_pictures(library, [tmp_path / "photo.jpg"])).added

    async def exported(kind: FileFormat) -> PhotoMetadata:
        order = ExportOptions(tmp_path / "out", settings=ExportSettings(kind))
        (path,) = (await export_pictures(library, [picture_id], order)).written
        return marks_of(path.read_bytes())

    ((_, marks),) = await library.annotations.marks([picture_id])
    assert marks.rating == 0
    assert (await exported(FileFormat.JPEG)).rejected
    await library.annotations.rate([picture_id], 2)
    found = await exported(FileFormat.PNG)
    assert (found.rejected, found.rating) == (False, 2)
    library.close()


@pytest.mark.parametrize(("name", "label"), [("Rot", Label.RED), ("Grün", Label.GREEN), ("Bleu", Label.BLUE)])
def test_labels_have_the_language_of_the_program_that_wrote_them(name: str, label: Label) -> None:
    assert read(LIGHTROOM.replace("Label='Blue'", f"Label='{name}'")).label is label


@pytest.mark.parametrize("date", ["2021", "yesterday", "2021-13-45", "0001-01-01T00:00:00+14:00", ""])
def test_an_invalid_date_is_left_out(date: str) -> None:
    assert read(LIGHTROOM.replace("2021-03-04T05:06:07+02:00", date)).captured is None


def test_a_date_without_a_time_is_local() -> None:
    found = read(LIGHTROOM.replace("2021-03-04T05:06:07+02:00", "2021-03-04")).captured
    assert found is not None
    assert found.astimezone().replace(tzinfo=None) == datetime(2021, 3, 4)


def test_a_camera_says_when_it_was_taken() -> None:
    exif = Image.Exif()
    exif.get_ifd(0x8769).update({0x9003: "2019:05:06 07:08:09", 0x9011: "+02:00"})
    exif[0x4746] = 2
    held = io.BytesIO()
    Image.new("RGB", (40, 30)).save(held, "JPEG", exif=exif)
    found = marks_of(held.getvalue())
    assert (found.captured, found.rating) == (datetime(2019, 5, 6, 5, 8, 9, tzinfo=UTC), 2)


texts = st.text(st.characters(codec="utf-8", exclude_categories=["C"]), min_size=1).map(str.strip).filter(bool)


@given(st.integers(0, 5), st.sampled_from(list(Label)), texts)
def test_what_is_written_is_read(rating: int, label: Label, note: str) -> None:
    packet = xmp_packet(
        None, build_xmp_description(Marks(rating, label, note), datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC))
    )
    found = read(packet.decode())
    assert (found.rating, found.label, found.captured) == (rating, label, datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC))
    assert found.caption == sanitize_text(note).strip()


@pytest.mark.asyncio
@pytest.mark.parametrize("kind", list(FileFormat))
async def test_marks_and_recipe_travel_in_every_format(tmp_path: Path, kind: FileFormat) -> None:
    library = await started(tmp_path / "one")
    await keep(library, recipe(1, "a red lake"))
    await library.annotations.rate([1], 4)
    await library.annotations.set_label([1], Label.GREEN)
    await library.annotations.tag([1], ["holiday", "夜景"])
    await library.annotations.set_note(1, "for <the> client & co")
    report = await export_pictures(library, [1], ExportOptions(tmp_path / "out", settings=ExportSettings(kind)))
    library.close()
    assert report.failed == []
    other = await started(tmp_path / "two")
    done = await import_pictures(other, [tmp_path / "out"])
    (picture_id,) = done.added
    ((_, marks),) = await other.annotations.marks([picture_id])
    assert (marks.rating, marks.label, marks.tags) == (4, Label.GREEN, ("holiday", "夜景"))
    assert marks.note == "for <the> client & co"
    details = await other.details(picture_id)
    assert details is not None
    assert details.recipe.prompt == "a red lake"
    assert await other.search(Query(text="rating:4 夜")) == [picture_id]
    other.close()


@pytest.mark.asyncio
async def test_without_the_recipe_nothing_is_told(tmp_path: Path) -> None:
    library = await started(tmp_path / "one")
    await keep(library, recipe(1))
    await library.annotations.set_note(1, "secret note")
    for kind in FileFormat:
        order = ExportOptions(tmp_path / "out", settings=ExportSettings(kind), recipe=False)
        await export_pictures(library, [1], order)
    library.close()
    for path in (tmp_path / "out").iterdir():
        assert b"secret note" not in path.read_bytes()
        assert b"xmpmeta" not in path.read_bytes()


@pytest.mark.asyncio
async def test_marks_of_the_library_outlive_a_rebuild(tmp_path: Path) -> None:
    (tmp_path / "photo.jpg").write_bytes(saved(LIGHTROOM.encode()))
    library = Library(tmp_path / "one")
    await library.start()
    await import_pictures(library, [tmp_path / "photo.jpg"])
    library.close()
    (tmp_path / "one" / "library.sqlite").unlink()
    library = await started(tmp_path / "one")
    ((_, marks),) = await library.annotations.marks([1])
    assert (marks.rating, marks.tags, marks.note) == (3, ("night", "sea"), "The bay & the pier")
    details = await library.details(1)
    assert details is not None
    assert details.created_at.year == 2021
    library.close()
