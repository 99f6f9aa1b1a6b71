"""The inpaint round trip with a real worker, a real server with injected faults, and real files."""

from __future__ import annotations

import asyncio
import errno
import io
import sqlite3
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest
from PIL import Image

from imagineart_desktop.demo import FAST_TIMING, DemoServer, Fault, Timing
from imagineart_desktop.fal import ServiceKind
from imagineart_desktop.imaging import (
    CompositeResult,
    FullImage,
    InpaintSettings,
    Margins,
    Mask,
    PictureError,
    SendMode,
    encode_full_image,
    load_full_image,
    load_picture,
    new_mask,
    original_area,
)
from imagineart_desktop.jobs import (
    CompositeCache,
    Job,
    JobState,
    MissingError,
    Worker,
    load_result_set_of,
    prepare,
    recomposite,
)
from imagineart_desktop.library import Library, PictureSummary, Query, Recipe, read_recipe
from imagineart_desktop.models import IDEOGRAM_V2_EDIT, FieldKind, referenced_sha256
from tests.imaging.inpaint_fixtures import source_of
from tests.jobs.job_fixtures import at_work, held_work, outcome, until

pytestmark = pytest.mark.asyncio

NO_MARGINS = Margins()
FIELDS = {"prompt": "a copper pot"}
PART = InpaintSettings(mode=SendMode.ONLY_MASKED, feather=6, tone_match=True)


def disc(size: tuple[int, int], *centres: tuple[int, int]) -> Mask:
    mask = new_mask(size)
    for centre in centres:
        cv2.circle(mask, centre, 40, 255, -1)
    return mask


async def sent(
    worker: Worker, source: bytes | Path, mask: Mask, settings: InpaintSettings, seeds: tuple[int, ...] = (5,)
) -> list[Job]:
    prepared = await prepare(source, mask, settings, IDEOGRAM_V2_EDIT)
    return await worker.inpaint(IDEOGRAM_V2_EDIT, ServiceKind.DEMO, FIELDS, prepared, seeds)


async def kept(worker: Worker, library: Library, jobs: list[Job]) -> list[PictureSummary]:
    pictures = []
    for job in jobs:
        event = await outcome(worker, job)
        assert event.job.state is JobState.DONE, event.job.failure
        pictures += await library.summaries(event.pictures)
    return pictures


def assert_kept_outside(home: FullImage, source: FullImage, mask: Mask, margins: Margins = NO_MARGINS) -> None:
    inner = home.samples[original_area(source.size, margins).slices]
    assert inner.dtype == source.samples.dtype
    assert home.profile == source.profile
    assert np.array_equal(inner[mask < 128], source.samples[mask < 128])


@pytest.mark.parametrize(
    ("fault", "words"),
    [
        (None, ""),
        ("work:other_size", "scaled to fit"),
        ("work:other_ratio", "another ratio"),
        ("work:shifted:pixels=4", "shifted by"),
        ("work:shifted:pixels=40", "shifted by"),
        ("work:recoloured", "colors of the whole image"),
        ("work:recoloured_inside", ""),
        ("work:unchanged", "came back unchanged"),
        ("work:inverted", "as if the mask were inverted"),
    ],
)
@pytest.mark.parametrize("mode", SendMode)
async def test_a_misbehaving_service_changes_nothing_outside_the_mask(
    tmp_path: Path, demo: DemoServer, photos: Path, fault: str | None, words: str, mode: SendMode
) -> None:
    demo.order(*[Fault.parse(fault)] if fault else [])
    mask = disc((600, 400), (300, 200))
    async with at_work(tmp_path, demo) as (worker, library):
        settings = PART.model_copy(update={"mode": mode})
        (picture,) = await kept(worker, library, await sent(worker, photos / "coffee.png", mask, settings))
        assert words in " ".join(map(str, picture.findings))
        assert bool(picture.findings) == bool(words), picture.findings
        recipe = read_recipe(picture.path)
        assert recipe is not None
        assert recipe.plan is not None
        assert (recipe.plan.settings, recipe.findings) == (settings, picture.findings)
        raw = await library.raw_result_path(picture.id)
        assert raw is not None
        assert load_picture(raw).size != (600, 400) or mode is SendMode.WHOLE
    assert_kept_outside(load_full_image(picture.path), load_full_image(photos / "coffee.png"), mask)


@pytest.mark.parametrize("kind", ["rgb16", "rgba16", "grey16", "grey_alpha", "cmyk", "rgb_profile"])
async def test_depth_colours_profile_and_transparency_are_kept(tmp_path: Path, demo: DemoServer, kind: str) -> None:
    source = source_of(kind, 320, 280)
    mask = disc((320, 280), (150, 140))
    settings = InpaintSettings(feather=3, margins=Margins(0, 20, 64, 0))
    async with at_work(tmp_path, demo) as (worker, library):
        (picture,) = await kept(worker, library, await sent(worker, encode_full_image(source), mask, settings))
        details = await library.details(picture.id)
        assert details is not None
        assert details.format == ("TIFF" if kind == "cmyk" else "PNG")
        assert details.recipe == read_recipe(picture.path)
        await library.thumbnail(picture, 128)
    home = load_full_image(picture.path)
    assert picture.size == home.size == (384, 300)
    assert_kept_outside(home, source, mask, settings.margins)
    assert not np.array_equal(home.samples[20:, :320], source.samples)


async def test_a_photograph_that_lies_on_its_side_comes_back_upright(
    tmp_path: Path, demo: DemoServer, photos: Path
) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    held = io.BytesIO()
    Image.open(photos / "coffee.png").convert("RGB").save(held, "JPEG", exif=exif, quality=95)
    source = load_full_image(held.getvalue())
    assert source.size == (400, 600)
    mask = disc((400, 600), (100, 100))
    async with at_work(tmp_path, demo) as (worker, library):
        (picture,) = await kept(worker, library, await sent(worker, held.getvalue(), mask, PART))
    assert_kept_outside(load_full_image(picture.path), source, mask)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "TIFF", "CMYK"])
async def test_what_the_file_says_of_the_photograph_is_kept(
    tmp_path: Path, demo: DemoServer, photos: Path, kind: str
) -> None:
    exif = Image.Exif()
    # Pillow itself writes only ASCII to a TIFF.
    owner = "© Ä. Name" if kind in ("JPEG", "PNG") else "A. Name"
    exif[0x0112], exif[0x010F], exif[0x8298] = 6, "Kamera", owner.encode("latin-1")
    exif[0x8769] = {0x829A: 0.004, 0xA002: 600}
    exif[0x8825] = {1: "N"}
    held = io.BytesIO()
    picture = Image.open(photos / "coffee.png").convert("CMYK" if kind == "CMYK" else "RGB")
    picture.save(held, "TIFF" if kind == "CMYK" else kind, exif=exif.tobytes(), dpi=(300, 300))
    source = load_full_image(held.getvalue())
    async with at_work(tmp_path, demo) as (worker, library):
        (made,) = await kept(worker, library, await sent(worker, held.getvalue(), disc(source.size, (200, 200)), PART))
    with Image.open(made.path) as image:
        assert tuple(map(round, image.info["dpi"])) == (300, 300)
        again = image.getexif()
        assert again.get(0x0112, 1) == 1
        assert (again[0x010F], again[0x8298]) == ("Kamera", owner)
        inner = again.get_ifd(0x8769)
        assert float(inner[0x829A]) == pytest.approx(0.004)
        assert 0xA002 not in inner
        assert again.get_ifd(0x8825)[1] == "N"
    assert read_recipe(made.path) is not None or kind == "CMYK"


async def test_transparency_that_is_painted_over_is_told(tmp_path: Path, demo: DemoServer) -> None:
    source = source_of("rgba", 320, 280)
    source.samples[:, :, 3] = 255
    mask = disc((320, 280), (150, 140))
    async with at_work(tmp_path, demo) as (worker, library):
        (opaque,) = await kept(worker, library, await sent(worker, encode_full_image(source), mask, PART))
        source.samples[140, 150, 3] = 20
        (through,) = await kept(worker, library, await sent(worker, encode_full_image(source), mask, PART))
    assert "The transparent parts of the painted area are opaque now." in map(str, through.findings)
    assert not any("opaque" in str(finding) for finding in opaque.findings)


async def test_the_plan_survives_a_restart(tmp_path: Path, photos: Path) -> None:
    mask = disc((600, 400), (300, 200))
    with DemoServer(tmp_path / "demo", pace=Timing(queue=0.1, work=30)) as first:
        async with at_work(tmp_path, first) as (worker, _):
            (job,) = await sent(worker, photos / "coffee.png", mask, PART)
            await until(worker, lambda event: event.job.state is JobState.RUNNING)
    with DemoServer(tmp_path / "demo", pace=FAST_TIMING) as second:
        async with at_work(tmp_path, second) as (worker, library):
            assert worker.jobs()[0].plan == job.plan
            (picture,) = await kept(worker, library, [job])
    assert picture.size == (600, 400)
    assert_kept_outside(load_full_image(picture.path), load_full_image(photos / "coffee.png"), mask)


async def test_each_island_has_its_request_and_all_come_together_in_one_picture(
    tmp_path: Path, demo: DemoServer, photos: Path
) -> None:
    large = cv2.resize(load_picture(photos / "coffee.png").pixels, (1000, 600))
    mask = disc((1000, 600), (150, 150), (850, 450))
    png = tmp_path / "large.png"
    Image.fromarray(large).save(png, compress_level=1)
    settings = PART.model_copy(update={"each_island": True})
    async with at_work(tmp_path, demo) as (worker, library):
        jobs = await sent(worker, png, mask, settings, seeds=(5, 6))
        assert len(jobs) == 4
        assert [job.plan.part for job in jobs if job.plan] == [0, 1, 0, 1]
        assert len({job.plan.together for job in jobs if job.plan}) == 2
        pictures = await kept(worker, library, jobs)
        both = await recomposite(library, [picture.id for picture in pictures[:2]])
        details = await library.details(both.id)
        assert details is not None
        assert details.recipe.cost == 0
        assert {parent.picture_id for parent in details.parents} >= {pictures[0].id, pictures[1].id}
        plan = details.recipe.plan
        assert plan is not None
        whole = await library.inputs.find(plan.mask)
        assert whole is not None
        assert np.array_equal(load_picture(whole.path).pixels[:, :, 0], mask)
        soft = await recomposite(library, [both.id], feather=30, tone_match=False)
        again = await recomposite(library, [soft.id], feather=PART.feather, tone_match=PART.tone_match)
        assert np.array_equal(load_picture(again.path).pixels, load_picture(both.path).pixels)
        softened = load_picture(soft.path).pixels != load_picture(both.path).pixels
        assert all(softened[y - 40 : y + 40, x - 40 : x + 40].any() for x, y in ((150, 150), (850, 450)))
        soft_details = await library.details(soft.id)
        assert soft_details is not None
        assert soft_details.recipe.plan is not None
        assert soft_details.recipe.plan.settings.feather == 30
        came = (await load_result_set_of(library, [soft.id])).as_it_came()
        assert came.shape == large.shape
        for picture in pictures[:2]:
            raw, part = await library.raw_result_path(picture.id), await library.details(picture.id)
            assert raw is not None
            assert part is not None
            assert part.recipe.plan is not None
            box = part.recipe.plan.area
            shrunk = cv2.resize(load_picture(raw).pixels, (box.width, box.height), interpolation=cv2.INTER_AREA)
            assert np.array_equal(came[box.slices][:4], shrunk[:4]) or box.width > load_picture(raw).size[0]
    home = load_picture(both.path).pixels
    assert np.array_equal(home[mask < 128], large[mask < 128])
    for x, y in ((150, 150), (850, 450)):
        assert not np.array_equal(home[y - 20 : y + 20, x - 20 : x + 20], large[y - 20 : y + 20, x - 20 : x + 20])


async def test_another_seam_costs_nothing_and_can_be_chosen_again(
    tmp_path: Path, demo: DemoServer, photos: Path
) -> None:
    mask = disc((600, 400), (300, 200))
    async with at_work(tmp_path, demo) as (worker, library):
        (hard,) = await kept(worker, library, await sent(worker, photos / "coffee.png", mask, InpaintSettings()))
        soft = await recomposite(library, [hard.id], feather=20, tone_match=True)
        again = await recomposite(library, [soft.id], feather=0, tone_match=False)
        details = await library.details(soft.id)
        assert details is not None
        assert details.recipe.plan is not None
        assert details.recipe.plan.settings.feather == 20
        away = hard.path.rename(tmp_path / "away.png")
        with pytest.raises(PictureError, match="cannot be read"):
            await recomposite(library, [hard.id], feather=20)
        away.rename(hard.path)
        kept_input = await library.inputs.find(details.recipe.plan.source)
        assert kept_input is not None
        kept_input.path.unlink()
        with pytest.raises(MissingError):
            await recomposite(library, [soft.id])
    pixels = [load_picture(picture.path).pixels for picture in (hard, soft, again)]
    assert np.array_equal(pixels[0], pixels[2])
    assert not np.array_equal(pixels[0], pixels[1])
    assert np.array_equal(pixels[0][mask < 128], pixels[1][mask < 128])


@pytest.mark.parametrize("box", [(5000, 5000, 6000, 6000), (9, 9, 9, 9), (60, 60, 9, 9), (-50, -50, 90, 90)])
async def test_what_is_paid_for_is_kept_where_the_record_of_what_was_sent_is_damaged(
    tmp_path: Path, demo: DemoServer, photos: Path, box: tuple[int, int, int, int]
) -> None:
    mask = disc((600, 400), (300, 200))
    async with at_work(tmp_path, demo) as (worker, library):
        (request,) = await prepare(photos / "coffee.png", mask, PART, IDEOGRAM_V2_EDIT)
        damaged = replace(request, plan=request.plan.model_copy(update={"box": box}))
        jobs = await worker.inpaint(IDEOGRAM_V2_EDIT, ServiceKind.DEMO, FIELDS, [damaged], (5,))
        (picture,) = await kept(worker, library, jobs)
        assert picture.size == request.plan.sent
        assert "damaged" in str(picture.findings[0])


async def test_what_is_paid_for_is_kept_where_the_source_is_gone(
    tmp_path: Path, demo: DemoServer, photos: Path
) -> None:
    mask = disc((600, 400), (300, 200))
    async with at_work(tmp_path, demo) as (worker, library):
        (job,) = await sent(worker, photos / "coffee.png", mask, PART)
        await until(worker, lambda event: event.job.id == job.id and event.job.state is not JobState.WAITING)
        assert job.plan is not None
        source = await library.inputs.find(job.plan.source)
        assert source is not None
        source.path.unlink()
        (picture,) = await kept(worker, library, [job])
        assert picture.size == job.plan.sent
        assert "no longer in the library" in str(picture.findings[0])


@pytest.mark.parametrize("plan", ["{", "{}", '{"box": 3}', '"' + "a" * 40 + '"', "[1]"])
async def test_a_result_whose_record_of_what_was_sent_is_unreadable_says_so(
    tmp_path: Path, demo: DemoServer, photos: Path, plan: str
) -> None:
    with held_work():
        async with at_work(tmp_path, demo) as (worker, library):
            (job,) = await sent(worker, photos / "coffee.png", disc((600, 400), (300, 200)), PART)
            await until(worker, lambda event: event.job.id == job.id and event.job.state is JobState.RUNNING)
        library.files.job_journal.unlink()
        with closing(sqlite3.connect(library.files.database)) as connection, connection:
            connection.execute("UPDATE jobs SET plan = ?", (plan,))
    async with at_work(tmp_path, demo) as (worker, library):
        (picture,) = await kept(worker, library, [job])
        assert job.plan is not None
        assert picture.size == job.plan.sent
        assert [str(finding) for finding in picture.findings] == [
            "The record of how this was sent is damaged. This is the service’s own result."
        ]


@pytest.mark.parametrize("role", [FieldKind.PICTURE, FieldKind.MASK])
async def test_a_result_without_a_plan_is_kept_and_says_so_where_what_was_sent_is_gone(
    tmp_path: Path, demo: DemoServer, photos: Path, role: FieldKind
) -> None:
    async with at_work(tmp_path, demo) as (worker, library):
        (request,) = await prepare(photos / "coffee.png", disc((600, 400), (300, 200)), PART, IDEOGRAM_V2_EDIT)
        with held_work():
            (job,) = await worker.add(IDEOGRAM_V2_EDIT, ServiceKind.DEMO, FIELDS, request.pictures, (5,))
            await until(worker, lambda event: event.job.id == job.id and event.job.state is JobState.RUNNING)
            (reference,) = [reference for name, reference in job.request.images() if name == role]
            lost = await library.inputs.find(referenced_sha256(reference))
            assert lost is not None
            lost.path.unlink()
        (picture,) = await kept(worker, library, [job])
        assert "no longer in the library. This is the service’s own result." in str(picture.findings[0])


@pytest.mark.parametrize("fails", [False, True])
async def test_a_result_is_kept_even_if_showing_it_fails_or_never_ends(
    tmp_path: Path, demo: DemoServer, photos: Path, monkeypatch: pytest.MonkeyPatch, fails: bool
) -> None:
    monkeypatch.setattr("imagineart_desktop.jobs.composed_cache._MAX_SHOW_WAIT", 600.0 if fails else 0.0)
    composed, shown = CompositeCache(), list[asyncio.Future[object]]()

    def show(_job: Job, _position: int, _home: CompositeResult) -> asyncio.Future[object]:
        showing: asyncio.Future[object] = asyncio.get_running_loop().create_future()
        shown.append(showing)
        if fails:
            showing.set_exception(ValueError("no memory for it"))
        return showing

    async with at_work(tmp_path, demo, composed=composed) as (worker, library):
        composed.on_composed = show
        (job,) = await sent(worker, photos / "coffee.png", disc((600, 400), (300, 200)), PART)
        await kept(worker, library, [job])
        (showing,) = shown
        assert showing.cancel() is not fails
        assert not fails or showing.exception()


async def test_a_result_is_seen_before_its_file_is_written_which_never_costs_what_came(
    tmp_path: Path, demo: DemoServer, photos: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    composed, heard, keep_made = CompositeCache(), list[str](), Library.keep_made
    mask = disc((600, 400), (300, 200))

    async def keep_at_second_try(library: Library, data: bytes, recipe: Recipe) -> PictureSummary:
        # By now the result is on disk under both names.
        came = library.files.incoming(f"{recipe.job_id}-0").read_bytes()
        assert library.files.raw(recipe.job_id, 0, "png").read_bytes() == came
        heard.append(f"kept after {len(await library.search(Query()))}")
        if len(heard) == 2:
            raise OSError(errno.ENOSPC, "full")
        return await keep_made(library, data, recipe)

    monkeypatch.setattr(Library, "keep_made", keep_at_second_try)
    async with at_work(tmp_path, demo, composed=composed) as (worker, library):
        composed.on_composed = lambda _job, _position, home: heard.append(f"composed {home.picture.size}")

        def lost(_job_id: str, _position: int) -> None:
            heard.append("lost")
            raise ValueError("Whoever looks on must not stop what is paid for.")

        composed.on_lost = lost
        failures: list[object] = []
        asyncio.get_running_loop().set_exception_handler(lambda _loop, context: failures.append(context["exception"]))
        (job,) = await sent(worker, photos / "coffee.png", mask, PART)
        (picture,) = await kept(worker, library, [job])
        once = ["composed (600, 400)", "kept after 0"]
        assert heard == [*once, "lost", *once]
        assert [type(failure) for failure in failures] == [ValueError]
        home = composed.take(job.id, 0)
        assert home is not None
        assert np.array_equal(home.picture.samples, load_full_image(picture.path).samples)
        assert not library.files.incoming(f"{job.id}-0").exists()
    assert demo.counts["submissions"] == 1
