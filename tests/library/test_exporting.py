"""Exporting pictures: safe names, nothing overwritten unless asked, and files that other programs can read."""

from __future__ import annotations

import errno
import os
import stat
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import cv2
import numpy as np
import pytest
from PIL import Image

from imagineart_desktop.imaging import ExportProfile, ExportSettings, FileFormat, SizeRule, encode_png
from imagineart_desktop.imaging.files import decoding, full_image_codec, tiff_file
from imagineart_desktop.library import (
    ExportOptions,
    Library,
    OnConflict,
    Query,
    export_pictures,
    read_recipe,
    safe_stem,
    validate_pattern,
    write_atomic,
)
from imagineart_desktop.library.transfer.importing import import_pictures
from imagineart_desktop.library.transfer.naming import DEFAULT_PATTERN, NameValues, file_stem
from imagineart_desktop.support import Progress
from tests.library.test_library import keep, recipe

FACTS = NameValues(
    datetime(2026, 11, 20, 12, tzinfo=UTC), "ImagineArt 2.0", 7, "a red: cup/saucer", (640, 480), 12, "file", 3, 120
)


def plain(folder: Path, **changes: object) -> ExportOptions:
    return ExportOptions(folder, **{"pattern": "{seed}", **changes})  # type: ignore[arg-type]


def test_the_pattern_says_the_name() -> None:
    assert file_stem("{date}_{model}_{seed}_{n}", FACTS) == "2026-11-20_ImagineArt-2.0_7_003"
    assert file_stem("{prompt} {width}x{height} {id} {name}", FACTS) == "a-red-cup-saucer-640x480-12-file"
    # With the default pattern, imported files keep their own names, as far as every system accepts them.
    imported = replace(FACTS, own="my photo: 2\nb")
    assert file_stem(DEFAULT_PATTERN, imported) == "my photo- 2-b"
    assert file_stem("{seed}", imported) == "7"
    assert validate_pattern("{date}_{size}") is not None
    assert "{size}" in (validate_pattern("{date}_{size}") or "")
    assert validate_pattern("{date") is not None
    assert validate_pattern("  ") is not None
    assert validate_pattern("{date}_{time}_{n}") is None


@pytest.mark.parametrize(
    ("asked", "given"),
    [
        ("CON", "CON_"),
        ("com1.txt", "com1.txt_"),
        ('a<b>c:d"e/f\\g|h?i*j', "a-b-c-d-e-f-g-h-i-j"),
        ("../../etc/passwd", "-..-etc-passwd"),
        (".hidden", "hidden"),
        ("name. . .", "name"),
        ("a\x00b\x01c\u202egnp", "abcgnp"),
        ("line\nbreak", "line-break"),
        ("...", "picture"),
        ("Kra\u0301ków 🦊", "Krák\u00f3w-🦊"),
    ],
)
def test_a_name_is_safe_on_every_system(asked: str, given: str) -> None:
    assert safe_stem(asked) == given


def test_a_long_name_fits_every_file_system() -> None:
    assert len(safe_stem("猫" * 500).encode()) <= 200


@pytest.mark.asyncio
@pytest.mark.parametrize("form", list(FileFormat))
@pytest.mark.parametrize("kept", [True, False])
async def test_opencv_reads_an_export_and_the_recipe_travels_with_it_or_not(
    tmp_path: Path, form: FileFormat, kept: bool
) -> None:
    library = Library(tmp_path / "library")
    made = recipe(7, 'quotes " <tags> & ünïcode 🦊')
    picture = await keep(library, made)
    order = plain(tmp_path / "out", settings=ExportSettings(form, 95), recipe=kept)
    report = await export_pictures(library, [picture.id], order)
    (path,) = report.written
    assert path == tmp_path / "out" / f"7.{form.extension}"
    read = cv2.imread(str(path), cv2.IMREAD_UNCHANGED)
    assert read is not None
    assert read.shape == (48, 64, 3)
    assert np.abs(read[:, :, ::-1].astype(int) - (7, 90, 120)).max() <= 6
    assert read_recipe(path) == (made if kept else None)
    assert kept or made.prompt.encode()[:6] not in path.read_bytes()
    library.close()


@pytest.mark.asyncio
async def test_a_file_as_it_is_has_the_very_same_bytes(tmp_path: Path) -> None:
    library = Library(tmp_path / "library")
    picture = await keep(library, recipe(7), "JPEG")
    report = await export_pictures(library, [picture.id], plain(tmp_path / "out", settings=None))
    assert [path.name for path in report.written] == ["7.jpg"]
    assert report.written[0].read_bytes() == picture.path.read_bytes()
    library.close()


@pytest.mark.asyncio
async def test_nothing_is_overwritten_unasked_and_collisions_are_numbered(tmp_path: Path) -> None:
    library = Library(tmp_path / "library")
    numbers = [(await keep(library, recipe(number))).id for number in (1, 2, 3)]
    out = tmp_path / "out"
    out.mkdir()
    (out / "same.png").write_bytes(b"mine")
    report = await export_pictures(library, numbers, plain(out, pattern="same"))
    assert [path.name for path in report.written] == ["same_2.png", "same_3.png", "same_4.png"]
    assert (out / "same.png").read_bytes() == b"mine"
    report = await export_pictures(library, numbers, plain(out, pattern="same", clash=OnConflict.SKIP))
    assert (report.written, report.skipped) == ([], 3)
    report = await export_pictures(library, numbers, plain(out, pattern="same", clash=OnConflict.REPLACE))
    assert [path.name for path in report.written] == ["same.png", "same_2.png", "same_3.png"]
    assert (out / "same.png").read_bytes() != b"mine"
    assert not list(out.glob(".*"))
    library.close()


@pytest.mark.asyncio
async def test_imported_images_keep_their_names(tmp_path: Path) -> None:
    library = Library(tmp_path / "library")
    for folder in ("a", "b"):
        (tmp_path / folder).mkdir()
        Image.new("RGB", (9, 9), "red" if folder == "a" else "blue").save(tmp_path / folder / "my photo.png")
        await import_pictures(library, [tmp_path / folder / "my photo.png"])
    made = await keep(library, recipe(3))
    numbers = [made.id, *(number for number in await library.search(Query()) if number != made.id)]
    report = await export_pictures(library, numbers, ExportOptions(tmp_path / "out"))
    first, *others = [path.name for path in report.written]
    assert first.endswith("_ImagineArt-2.0-Preview_3_1.png")
    assert others == ["my photo.png", "my photo_2.png"]
    library.close()


@pytest.mark.asyncio
async def test_a_batch_tells_how_far_it_is_and_stops_when_asked(tmp_path: Path) -> None:
    library = Library(tmp_path / "library")
    numbers = [(await keep(library, recipe(number))).id for number in range(1, 6)]
    told: list[float] = []

    class CancelledAfterTwo(Progress):
        def __setattr__(self, name: str, value: float | bool) -> None:
            super().__setattr__(name, value)
            if name == "share" and value:
                told.append(value)
                self.is_cancelled = value >= 2 / 5

    order = plain(tmp_path / "out", pattern="{n}")
    report = await export_pictures(library, numbers, order, CancelledAfterTwo())
    assert (told[-2:], sorted(told), len(report.written), report.stopped) == ([1 / 5, 2 / 5], told, 2, True)
    library.close()


@pytest.mark.asyncio
@pytest.mark.parametrize("kind", [FileFormat.PNG, FileFormat.TIFF])
async def test_an_image_tells_how_far_it_is_and_is_cancelled_in_the_middle(
    tmp_path: Path, kind: FileFormat, monkeypatch: pytest.MonkeyPatch
) -> None:
    # As many strips as a large image has.
    monkeypatch.setattr(decoding, "STRIP_PIXELS", 2**17)
    monkeypatch.setattr(full_image_codec, "_STRIP", 2**18)
    monkeypatch.setattr(tiff_file, "_STRIP", 2**18)
    library = Library(tmp_path / "library")
    shape = (600, 900, 3)
    pixels = np.random.default_rng(1).integers(0, 255, shape, dtype=np.uint8)
    source = tmp_path / "incoming"
    source.write_bytes(encode_png(pixels))
    number = (await library.store_result(source, recipe(1))).id
    settings = (
        ExportSettings(kind, rule=SizeRule.PERCENT, amount=101) if kind is FileFormat.PNG else ExportSettings(kind)
    )
    order = ExportOptions(tmp_path / "out", "{n}", settings)
    told: list[float] = []

    class CancelledInTheMiddle(Progress):
        def reach(self, share: float) -> None:
            told.append(share)
            if share > 0.6:
                self.cancel()
            super().reach(share)

    report = await export_pictures(library, [number], order, CancelledInTheMiddle())
    assert (report.written, report.stopped, report.failed) == ([], True, [])
    assert told == sorted(told)
    assert len(told) > 3
    assert told[0] < 0.3 < told[-1] < 1
    assert not list((tmp_path / "out").glob("*"))
    library.close()


@pytest.mark.asyncio
async def test_one_lost_file_does_not_stop_the_others(tmp_path: Path) -> None:
    library = Library(tmp_path / "library")
    pictures = [await keep(library, recipe(number)) for number in (1, 2, 3)]
    pictures[0].path.unlink()
    pictures[1].path.write_bytes(b"no picture")
    report = await export_pictures(library, [*(picture.id for picture in pictures), 99], plain(tmp_path / "out"))
    assert [path.name for path in report.written] == ["3.png"]
    assert len(report.failed) == 3
    assert report.failed[0] == f"The file “{pictures[0].path.name}” is missing."
    library.close()


@pytest.mark.asyncio
@pytest.mark.parametrize("settings", [None, ExportSettings()])
async def test_a_file_that_cannot_be_read_is_not_the_folders_fault(
    tmp_path: Path, settings: ExportSettings | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    library = Library(tmp_path / "library")
    pictures = [await keep(library, recipe(number)) for number in (1, 2)]
    read_bytes = Path.read_bytes

    def read(path: Path) -> bytes:
        if path == pictures[0].path:
            raise OSError(errno.EIO, os.strerror(errno.EIO), str(path))
        return read_bytes(path)

    monkeypatch.setattr(Path, "read_bytes", read)
    order = plain(tmp_path / "out", settings=settings)
    report = await export_pictures(library, [picture.id for picture in pictures], order)
    assert (len(report.written), report.problem, report.is_unwritable) == (1, "", False)
    assert report.failed == [
        f"“{pictures[0].path.name}” cannot be read: the disk cannot be read or written. Check that it is connected."
    ]
    library.close()


@pytest.mark.asyncio
async def test_a_full_disk_ends_the_export_with_a_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    library = Library(tmp_path / "library")
    numbers = [(await keep(library, recipe(number))).id for number in (1, 2)]

    def full(_descriptor: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "fsync", full)
    report = await export_pictures(library, numbers, plain(tmp_path / "out"))
    assert report.problem.endswith("the disk is full. Free some space and try again.")
    assert list((tmp_path / "out").iterdir()) == []
    monkeypatch.undo()
    library.close()


def test_a_name_is_never_taken_from_another_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a.png"
    path.write_bytes(b"mine")
    with pytest.raises(FileExistsError):
        write_atomic(path, b"new", replace=False)

    def no_links(_self: Path, _target: Path) -> None:
        raise PermissionError(errno.EPERM, "no hard links here")

    monkeypatch.setattr(Path, "hardlink_to", no_links)
    with pytest.raises(FileExistsError):
        write_atomic(path, b"new", replace=False)
    write_atomic(tmp_path / "b.png", b"new", replace=False)
    assert path.read_bytes() == b"mine"
    assert sorted(found.name for found in tmp_path.iterdir()) == ["a.png", "b.png"]


@pytest.mark.skipif(os.name != "posix", reason="modes are POSIX's")
def test_an_exported_file_may_be_read_like_any_other(tmp_path: Path) -> None:
    usual = tmp_path / "usual"
    usual.write_bytes(b"")
    write_atomic(tmp_path / "exported", b"", private=False)
    assert stat.S_IMODE((tmp_path / "exported").stat().st_mode) == stat.S_IMODE(usual.stat().st_mode)


@pytest.mark.asyncio
async def test_size_and_profile_are_in_the_file(tmp_path: Path) -> None:
    library = Library(tmp_path / "library")
    picture = await keep(library, recipe(1))
    settings = ExportSettings(FileFormat.JPEG, 80, SizeRule.LONG_EDGE, 32, ExportProfile.SRGB)
    report = await export_pictures(
        library, [picture.id], plain(tmp_path, settings=settings, pattern="{width}x{height}")
    )
    assert report.written[0].name == "32x24.jpg"
    with Image.open(report.written[0]) as image:
        assert image.size == (32, 24)
        assert image.info["icc_profile"]
    library.close()


@pytest.mark.asyncio
@pytest.mark.parametrize("profile", list(ExportProfile))
async def test_a_png_without_its_recipe_is_no_larger_and_has_the_same_pixels(
    tmp_path: Path, profile: ExportProfile
) -> None:
    library = Library(tmp_path / "library")
    source = library.files.incoming("x")
    noise = np.random.default_rng(3).integers(0, 30, (200, 300, 4), dtype=np.uint8).cumsum(0).astype(np.uint8)
    Image.fromarray(noise).save(source, "PNG", optimize=True)
    picture = await library.store_result(source, recipe(7, "a secret"))
    order = plain(tmp_path / "out", settings=ExportSettings(FileFormat.PNG, profile=profile), recipe=False)
    (path,) = (await export_pictures(library, [picture.id], order)).written
    assert path.stat().st_size < picture.path.stat().st_size + 1000
    assert b"secret" not in path.read_bytes()
    with Image.open(path) as read:
        assert np.array_equal(np.asarray(read), noise)
        assert ("icc_profile" in read.info) == (profile is ExportProfile.SRGB)
    library.close()
