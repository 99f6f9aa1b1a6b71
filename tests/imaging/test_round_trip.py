"""The inpaint round trip without a service: only painted pixels change, whatever comes back."""

from __future__ import annotations

import io
import os
from typing import Any

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from PIL import Image

from imagineart_desktop.imaging import (
    CompositeResult,
    EmptyMaskError,
    FullMaskError,
    InpaintPlan,
    InpaintSettings,
    Margins,
    Mask,
    RawResult,
    SendMode,
    build_requests,
    composite,
    encode_full_image,
    enlarge_mask,
    full_image_of,
    kept_area,
    load_full_image,
    margins_for_ratio,
    max_feather_of,
    new_mask,
    original_area,
    plan_areas,
    suggest_split,
)
from imagineart_desktop.imaging.inpaint.seam import seam_weights
from imagineart_desktop.support.messages import Message
from tests.imaging import inpaint_fixtures as service
from tests.imaging.inpaint_fixtures import (
    SERVICES,
    SMALL,
    WORKING,
    results_of,
    scene,
    source_of,
    travelled,
    without_and_with_tone_match,
)

EVERY = "IMAGINEART_ROUND_TRIPS" in os.environ
EXAMPLES = int(os.environ.get("IMAGINEART_ROUND_TRIPS", "100"))
"""The reliability battery sets more, and tries every shift of every photograph."""

SHIFTED = {
    "coffee.png": ((3, -2), (11, 4)),
    "chelsea.png": ((-7, 5), (40, 40)),
    "rocket.jpg": ((1, 0), (-45, 30)),
}

KINDS = ("rgb", "rgba", "grey", "grey_alpha", "cmyk", "rgb_profile", "rgb16", "rgba16", "grey16", "grey_alpha16")

masks = st.sampled_from(("blob", "two", "border", "pixel", "soft", "specks"))
margins = st.one_of(
    st.just(Margins()),
    st.builds(Margins, st.integers(0, 30), st.integers(0, 30), st.integers(0, 30), st.integers(0, 30)),
)
inpaint_settings = st.builds(
    InpaintSettings,
    mode=st.sampled_from(SendMode),
    context=st.one_of(st.none(), st.integers(0, 60)),
    feather=st.sampled_from((0, 1, 5, 40)),
    tone_match=st.booleans(),
    each_island=st.booleans(),
    margins=margins,
    overlap=st.sampled_from((0, 0, 1, 12, 400)),
)


def painted(kind: str, width: int, height: int, seed: int) -> Mask:
    rng = np.random.default_rng(seed)
    mask = new_mask((width, height))
    if kind == "pixel":
        mask[int(rng.integers(height)), int(rng.integers(width))] = 255
    elif kind == "border":
        mask[: height // 3 + 1, : width // 2 + 1] = 255
    elif kind == "specks":
        mask[rng.random(mask.shape) < 0.02] = 255
        mask[0, 0] = 255
    else:
        for _ in range(2 if kind == "two" else 1):
            centre = int(rng.integers(width)), int(rng.integers(height))
            cv2.circle(mask, centre, max(1, min(width, height) // 6), 255, -1)
        if kind == "soft":
            mask = np.asarray(cv2.GaussianBlur(mask, (0, 0), 4), np.uint8)
            mask[int(rng.integers(height)), int(rng.integers(width))] = 200
    return mask


@settings(max_examples=EXAMPLES, deadline=None)
@given(
    st.integers(3, 260), st.integers(3, 260), st.sampled_from(KINDS), masks, inpaint_settings,
    st.sampled_from(SERVICES), st.integers(0, 2**16),
)  # fmt: skip
def test_outside_the_mask_not_one_byte_differs(
    width: int, height: int, kind: str, mask_kind: str, settings: InpaintSettings, answer: service.Service, seed: int
) -> None:
    source, mask = source_of(kind, width, height, seed), painted(mask_kind, width, height, seed)
    sent = enlarge_mask(mask, settings.margins, settings.overlap)
    if (sent >= 128).all():
        return
    home = travelled(source, mask, settings, answer, SMALL).picture
    assert home.size == settings.margins.around(source.size)
    assert (home.colours, home.alpha, home.profile) == (source.colours, source.alpha, source.profile)
    assert home.samples.dtype == source.samples.dtype
    kept = home.samples[original_area(source.size, settings.margins).slices]
    outside = sent[original_area(source.size, settings.margins).slices] < 128
    # Beyond what the user painted, only the overlap is painted.
    beside = kept_area(source.size, settings.margins, settings.overlap)
    assert np.array_equal(sent[beside.slices], enlarge_mask(mask, settings.margins)[beside.slices])
    assert np.array_equal(kept[outside], source.samples[outside])
    again = load_full_image(encode_full_image(home))
    assert np.array_equal(again.samples, home.samples)
    assert (again.colours, again.profile) == (home.colours, home.profile)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("mode", SendMode)
def test_inside_the_mask_is_what_came_back(kind: str, mode: SendMode) -> None:
    source = source_of(kind, 300, 200)
    mask = painted("border", 300, 200, 0)
    home = travelled(source, mask, InpaintSettings(mode=mode), service.faithful).picture
    before = np.asarray(source.shown()[:, :, :3], np.int16)
    after = np.asarray(home.shown()[:, :, :3], np.int16)
    marked = mask >= 128
    if source.alpha:
        # Transparent pixels were sent as white, and painted ones become opaque.
        assert (home.samples[marked][:, -1] == home.top).all()
        return
    off = np.abs(after[marked] - (255 - before[marked]))
    # A part is scaled there and back, and CMYK and profiles can't represent every color of sRGB.
    assert np.median(off) <= (2 if mode is SendMode.WHOLE else 6)


@pytest.mark.parametrize("thin", [1, 2, 9])
def test_what_is_narrower_than_the_feather_is_not_lost(thin: int) -> None:
    source, mask = source_of("rgb", 320, 290), new_mask((320, 290))
    mask[40 : 40 + thin, 50 : 50 + thin] = 255
    home = travelled(source, mask, InpaintSettings(feather=40), service.faithful).picture
    middle = 40 + thin // 2, 50 + thin // 2
    assert np.array_equal(home.samples[middle], 255 - source.samples[middle])


def test_the_feather_rises_inwards_over_its_width() -> None:
    source, mask = full_image_of(np.zeros((100, 200, 3), np.uint8)), new_mask((200, 100))
    mask[:, 100:] = 255
    home = travelled(source, mask, InpaintSettings(feather=20), lambda sent, _mask: np.full_like(sent, 255)).picture
    row = home.samples[50, :, 0].astype(int)
    assert (row[:100] == 0).all()
    assert (np.diff(row[100:121]) > 0).all()
    # The picture's own edge isn't a seam.
    assert (row[121:] == 255).all()
    assert (home.samples[:, 125:] == 255).all()


@pytest.mark.parametrize("feather", [0, 1, 60, 400])
@pytest.mark.parametrize("mode", SendMode)
def test_what_is_new_is_the_services_up_to_the_pictures_edge(feather: int, mode: SendMode) -> None:
    source, settings = (
        full_image_of(scene(300, 200)),
        InpaintSettings(mode=mode, feather=feather, margins=Margins(100, 0, 0, 30)),
    )
    home = travelled(
        source, new_mask((300, 200)), settings, lambda sent, _mask: np.full_like(sent, 255)
    ).picture.samples
    at = original_area((300, 200), settings.margins)
    assert np.array_equal(home[at.slices], source.samples)
    home[at.slices] = 255
    assert (home == 255).all()


@pytest.mark.parametrize("feather", [0, 30])
@pytest.mark.parametrize("overlap", [16, 40])
def test_an_overlap_fades_the_new_area_into_the_old_image(feather: int, overlap: int) -> None:
    mask = new_mask((300, 200))
    mask[80:120, 20:60] = 255
    settings = InpaintSettings(feather=feather, margins=Margins(100, 0, 0, 0), overlap=overlap)
    canvas = enlarge_mask(mask, settings.margins, settings.overlap)
    weights = seam_weights(canvas, feather, original_area((300, 200), settings.margins), overlap)
    row = weights[10]
    assert (row[:100] == 1).all()
    fading = row[100 : 100 + overlap]
    assert (np.diff(fading) < 0).all()
    assert fading[0] > 0.9
    assert 0 < fading[-1] < 0.1
    assert (row[100 + overlap :] == 0).all()
    # Areas painted elsewhere have the seam that is set.
    alone = seam_weights(canvas[:, 100:] * (canvas[:, 100:] > 0), feather, original_area((300, 200), Margins()), 0)
    assert weights[100, 159] == alone[100, 59]


def test_a_seam_that_runs_into_the_new_area_rises_to_its_edge() -> None:
    source, mask = full_image_of(np.zeros((100, 200, 3), np.uint8)), new_mask((200, 100))
    mask[:, :20] = 255
    settings = InpaintSettings(feather=60, margins=Margins(80, 0, 0, 0))
    home = travelled(source, mask, settings, lambda sent, _mask: np.full_like(sent, 255)).picture
    row = home.samples[50, :, 0].astype(int)
    assert (row[:80] == 255).all()
    assert (row[100:] == 0).all()
    assert (np.diff(row[80:101]) < 0).all()
    assert row[80] > 240


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (service.faithful, ()),
        (service.other_size, ("900 × 600 for 1200 × 800", "scaled to fit")),
        (service.other_ratio, ("another ratio", "stretched")),
        (service.cut, ("another ratio", "edges are missing")),
        (service.padded, ("another ratio", "cut off")),
        (service.shifted, ("shifted by 3 pixels",)),
        (service.recoloured, ("colors of the whole image",)),
        (service.unchanged, ("came back unchanged",)),
        (service.inverted, ("as if the mask were inverted",)),
    ],
)
def test_what_is_odd_about_a_result_is_said(photos: Any, answer: service.Service, words: tuple[str, ...]) -> None:
    source = photograph(photos, "coffee.png", 1200, 800)
    mask = new_mask((1200, 800))
    cv2.circle(mask, (560, 380), 170, 255, -1)
    said = travelled(source, mask, InpaintSettings(), answer).findings
    if not words:
        assert said == ()
    for word in words:
        assert word in " ".join(map(str, said))
    assert len(said) == (1 if words else 0), said


@pytest.mark.parametrize(("photo", "shifts"), SHIFTED.items(), ids=SHIFTED)
def test_a_shift_is_undone(photos: Any, photo: str, shifts: tuple[tuple[int, int], ...]) -> None:
    source = photograph(photos, photo, 900, 600)
    mask = new_mask((900, 600))
    mask[200:400, 300:600] = 255
    (piece,) = build_requests(source, mask, InpaintSettings(), WORKING, 0)
    raw = service.answered(piece, service.faithful)

    def home(result: NDArray[np.uint8]) -> CompositeResult:
        return composite(source, Margins(), [RawResult(result, piece.mask, piece.box, piece.pair.size, 0)])

    wanted = home(raw).picture.samples
    for x, y in [by for each in SHIFTED.values() for by in each] if EVERY else shifts:
        shifted = home(np.roll(raw, (y, x), axis=(0, 1)))
        assert any("shifted" in str(finding) for finding in shifted.findings), (x, y)
        off = np.abs(shifted.picture.samples.astype(int) - wanted)[220:380, 320:580]
        assert off.mean() < 3, (x, y)


def test_a_result_is_compared_with_what_was_sent_not_with_what_an_earlier_result_made_of_it(photos: Any) -> None:
    source = photograph(photos, "chelsea.png", 300, 200)
    mask = new_mask((300, 200))
    mask[60:120, 100:200] = 255
    settings = InpaintSettings(margins=Margins(40, 0, 0, 0))
    unchanged = results_of(source, mask, settings, service.unchanged)
    finding = Message("result.unchanged")
    assert finding in composite(source, settings.margins, unchanged).findings
    painted = results_of(source, mask, settings, service.faithful)
    assert finding not in composite(source, settings.margins, painted).findings
    assert finding in composite(source, settings.margins, [*painted, *unchanged]).findings


@pytest.mark.parametrize("answer", [service.cut, service.padded, service.other_ratio])
def test_another_ratio_still_lands_where_it_belongs(photos: Any, answer: service.Service) -> None:
    source = photograph(photos, "chelsea.png", 900, 600)
    mask = new_mask((900, 600))
    mask[200:400, 300:600] = 255
    wanted = travelled(source, mask, InpaintSettings(), service.faithful).picture.samples
    home = travelled(source, mask, InpaintSettings(), answer)
    assert np.abs(home.picture.samples.astype(int) - wanted)[220:380, 320:580].mean() < 3


@pytest.mark.parametrize("photo", ["coffee.png", "chelsea.png", "astronaut.png", "rocket.jpg"])
def test_tone_match_takes_the_services_tint_away(photos: Any, photo: str) -> None:
    source = photograph(photos, photo, 900, 600)
    mask = new_mask((900, 600))
    cv2.circle(mask, (450, 300), 150, 255, -1)

    def tinted(sent: NDArray[np.uint8], _mask: Mask) -> NDArray[np.uint8]:
        return service.recoloured(sent, new_mask((sent.shape[1], sent.shape[0])))

    inside = mask >= 128
    before, after = (
        np.abs(found[inside].astype(int) - source.samples[inside]).mean()
        for found in without_and_with_tone_match(source, mask, InpaintSettings(), tinted)
    )
    assert after < before / 2


def seam_psnr(source: NDArray[Any], made: NDArray[Any], mask: Mask) -> float:
    """Return the PSNR of the pixels within 16 pixels of the mask's edge, on both sides."""
    kernel = np.ones((33, 33), np.uint8)
    ring = cv2.dilate(mask, kernel) != cv2.erode(mask, kernel)
    return float(-10 * np.log10(((source[ring].astype(float) - made[ring]) ** 2).mean() / 255**2))


@pytest.mark.parametrize("mode", SendMode)
@pytest.mark.parametrize("photo", ["coffee.png", "chelsea.png", "astronaut.png", "rocket.jpg"])
def test_tone_match_takes_a_cast_of_the_painted_area_out_of_the_seam(photos: Any, photo: str, mode: SendMode) -> None:
    source = photograph(photos, photo, 900, 600)
    mask = new_mask((900, 600))
    cv2.ellipse(mask, (380, 330), (150, 200), 20, 0, 360, 255, -1)
    settings = InpaintSettings(mode=mode, feather=12)
    raw, matched = without_and_with_tone_match(source, mask, settings, service.recoloured_inside)
    assert seam_psnr(source.samples, matched, mask) > seam_psnr(source.samples, raw, mask) + 1
    middle = mask >= 128
    far = [np.abs(made[middle].astype(int) - source.samples[middle]).mean() for made in (raw, matched)]
    assert far[1] < far[0]


def test_tone_match_leaves_another_thing_its_colours(photos: Any) -> None:
    source = photograph(photos, "coffee.png", 900, 600)
    mask = new_mask((900, 600))
    cv2.circle(mask, (450, 300), 150, 255, -1)

    def red(sent: NDArray[np.uint8], marked: Mask) -> NDArray[np.uint8]:
        result = sent.copy()
        result[marked >= 128] = (20, 60, 230)
        return result

    home = travelled(source, mask, InpaintSettings(tone_match=True), red).picture.samples
    assert np.abs(home[mask >= 128].astype(int) - (20, 60, 230)).max() <= 2


@pytest.mark.parametrize("tone_match", [False, True])
def test_match_tone_is_not_advised_where_it_is_on(photos: Any, tone_match: bool) -> None:
    source = photograph(photos, "coffee.png", 900, 600)
    mask = new_mask((900, 600))
    cv2.circle(mask, (450, 300), 150, 255, -1)
    (said,) = travelled(source, mask, InpaintSettings(tone_match=tone_match), service.recoloured).findings
    assert ("Match tone" in str(said)) is not tone_match


def test_far_islands_are_sent_alone_and_near_ones_together() -> None:
    mask = new_mask((3000, 700))
    for left, top in ((100, 100), (160, 120), (2500, 600)):
        mask[top : top + 30, left : left + 30] = 255
    each = InpaintSettings(mode=SendMode.ONLY_MASKED, each_island=True)
    boxes = [reach.box for reach in plan_areas(mask, each, WORKING)]
    assert len(boxes) == 2
    assert boxes[0].intersected(boxes[1]).is_empty
    (one,) = plan_areas(mask, InpaintSettings(mode=SendMode.ONLY_MASKED), WORKING)
    assert one.box.width > 2400
    source = full_image_of(scene(3000, 700))
    home = travelled(source, mask, each, service.faithful).picture.samples
    marked = mask >= 128
    assert np.abs(home[marked].astype(int) - (255 - source.samples[marked])).mean() < 12
    assert np.array_equal(home[~marked], source.samples[~marked])


def test_areas_whose_context_meets_can_still_be_sent_alone() -> None:
    mask = new_mask((600, 400))
    for centre in ((150, 200), (400, 190)):
        cv2.ellipse(mask, centre, (70, 55), 0, 0, 360, 255, -1)
    alone = InpaintSettings(mode=SendMode.ONLY_MASKED, each_island=True)
    first, second = plan_areas(mask, alone, WORKING)
    assert not first.box.intersected(second.box).is_empty
    assert len(plan_areas(mask, InpaintSettings(mode=SendMode.ONLY_MASKED), WORKING)) == 1
    source = full_image_of(scene(600, 400))
    home = travelled(source, mask, alone, service.faithful).picture.samples
    marked = mask >= 128
    assert np.array_equal(home[~marked], source.samples[~marked])
    assert np.abs(home[marked].astype(int) - (255 - source.samples[marked])).mean() < 12


def test_two_areas_far_apart_lose_no_detail_to_their_box_and_it_is_said() -> None:
    mask = new_mask((3000, 2000))
    mask[50:150, 50:150] = 255
    mask[1850:1950, 2850:2950] = 255
    settings = InpaintSettings(mode=SendMode.ONLY_MASKED)
    (whole,) = plan_areas(mask, InpaintSettings(), WORKING)
    (part,) = plan_areas(mask, settings, WORKING)
    assert part.sent[0] / part.box.width >= 0.99 * whole.sent[0] / whole.box.width
    assert suggest_split(mask, settings, WORKING) == "Two areas lie far apart: one request for each keeps more detail."
    assert not suggest_split(mask, settings.model_copy(update={"each_island": True}), WORKING)
    assert not suggest_split(mask, InpaintSettings(), WORKING)
    mask[:500] = 0
    assert not suggest_split(mask, settings, WORKING)


def test_thousands_of_specks_are_grouped_in_a_moment() -> None:
    mask = new_mask((3000, 2000))
    random = np.random.default_rng(3)
    mask[random.integers(0, 900, 4000), random.integers(0, 900, 4000)] = 255
    mask[random.integers(1500, 2000, 900), random.integers(2400, 3000, 900)] = 255
    settings = InpaintSettings(mode=SendMode.ONLY_MASKED, each_island=True)
    assert len(plan_areas(mask, settings, WORKING)) == 2


@settings(max_examples=80, deadline=None)
@given(st.integers(1, 5000), st.integers(1, 5000), st.integers(0, 2**16), st.one_of(st.none(), st.integers(0, 400)))
def test_what_is_sent_holds_the_mask_and_fits_the_model(
    width: int, height: int, seed: int, context: int | None
) -> None:
    if width * height > 4_000_000 or width * height < 2:
        return
    rng = np.random.default_rng(seed)
    mask = new_mask((width, height))
    left, top = int(rng.integers(width)), int(rng.integers(height))
    mask[top : top + int(rng.integers(1, height + 1)), left : left + int(rng.integers(1, width + 1))] = 255
    if (mask == 255).all():
        mask[0, 0] = 0
    settings = InpaintSettings(mode=SendMode.ONLY_MASKED, context=context)
    (reach,) = plan_areas(mask, settings, WORKING)
    box = reach.box
    assert 0 <= box.left < box.right <= width
    assert 0 <= box.top < box.bottom <= height
    assert not mask[: box.top].any()
    assert not mask[box.bottom :].any()
    assert not mask[:, : box.left].any()
    assert not mask[:, box.right :].any()
    (whole,) = plan_areas(mask, InpaintSettings(), WORKING)
    scales = [found.sent[0] / found.box.width for found in (reach, whole)]
    assert scales[0] >= scales[1] * 0.99
    if scales[0] > scales[1] * 1.01:
        assert max(reach.sent) <= WORKING.max_edge
        assert reach.sent[0] * reach.sent[1] <= WORKING.native_pixels * 1.01 or min(reach.sent) <= WORKING.min_edge


def test_a_small_picture_is_sent_larger_and_a_huge_one_smaller() -> None:
    mask = new_mask((100, 60))
    mask[20:30, 20:30] = 255
    (small,) = plan_areas(mask, InpaintSettings(), WORKING)
    assert small.sent == (427, 256)
    mask = new_mask((6000, 4000))
    mask[20:30, 20:30] = 255
    (huge,) = plan_areas(mask, InpaintSettings(), WORKING)
    assert huge.sent[0] * huge.sent[1] == pytest.approx(WORKING.max_pixels, rel=0.01)
    (part,) = plan_areas(mask, InpaintSettings(mode=SendMode.ONLY_MASKED), WORKING)
    assert part.box.width < 200


def test_a_single_pixel_of_a_large_picture_is_sent_and_comes_back() -> None:
    # Reduced to a tenth of its width and height, in several strips.
    source, mask = full_image_of(scene(2000, 1200)), new_mask((2000, 1200))
    mask[834, 1345] = 255
    for mode in SendMode:
        (piece,) = build_requests(source, mask, InpaintSettings(mode=mode), SMALL, 0)
        sent = np.asarray(Image.open(io.BytesIO(piece.pair.mask_png)))
        assert set(np.unique(sent)) == {0, 255}
    home = travelled(source, mask, InpaintSettings(feather=12), lambda sent, _: np.full_like(sent, 7), SMALL).picture
    assert home.samples[834, 1345].tolist() == [7, 7, 7]
    assert np.count_nonzero(np.any(home.samples != source.samples, axis=2)) == 1


def test_nothing_painted_and_everything_painted_are_refused() -> None:
    source = full_image_of(scene(300, 40))
    with pytest.raises(EmptyMaskError):
        build_requests(source, new_mask((300, 40)), InpaintSettings(), WORKING, 0)
    for mode in SendMode:
        with pytest.raises(FullMaskError):
            build_requests(source, np.full((40, 300), 255, np.uint8), InpaintSettings(mode=mode), WORKING, 0)
    (piece,) = build_requests(source, new_mask((300, 40)), InpaintSettings(margins=Margins(0, 0, 60, 0)), WORKING, 0)
    assert piece.mask[:, 300:].all()
    assert not piece.mask[:, :300].any()


@pytest.mark.parametrize(
    ("size", "ratio", "wanted"),
    [((1200, 800), (16, 9), (1422, 800)), ((800, 1200), (1, 1), (1200, 1200)), ((16, 9), (16, 9), (16, 9))],
)
def test_outpainting_to_a_ratio_only_adds(
    size: tuple[int, int], ratio: tuple[int, int], wanted: tuple[int, int]
) -> None:
    assert margins_for_ratio(size, ratio).around(size) == wanted


def test_the_new_area_continues_the_picture(photos: Any) -> None:
    source = photograph(photos, "coffee.png", 600, 400)
    settings = InpaintSettings(margins=Margins(150, 0, 80, 120))
    (piece,) = build_requests(source, new_mask((600, 400)), settings, WORKING, 0)
    sent = np.asarray(Image.open(io.BytesIO(piece.pair.image_png)))
    at = original_area((600, 400), settings.margins)
    assert np.array_equal(sent[at.slices], source.samples)
    beside = sent[:400, 146:150].astype(float).mean(axis=1), source.samples[:, :4].astype(float).mean(axis=1)
    assert np.abs(beside[0] - beside[1]).mean() < 24


def photograph(photos: Any, name: str, width: int, height: int) -> Any:
    with Image.open(photos / name) as image:
        return full_image_of(np.asarray(image.convert("RGB").resize((width, height), Image.Resampling.LANCZOS)))


def test_the_widest_seam_is_that_of_the_narrowest_area() -> None:
    mask = new_mask((400, 300))
    assert max_feather_of(mask) == 0
    mask[100:153, 50:350] = 255
    assert max_feather_of(mask) == 27
    mask[200:240, 50:350] = 255
    assert max_feather_of(mask) == 20
    mask[5, 5] = 255
    assert max_feather_of(mask) == 20
    large = np.zeros((3000, 4000), np.uint8)
    large[1000:1530, 500:3500] = 255
    assert abs(max_feather_of(large) - 265) <= 6
    mask[:] = 255
    assert max_feather_of(mask) == 1000


def test_a_plan_keeps_the_key_under_which_every_version_stores_its_settings() -> None:
    stored = '{"trip":{"feather":7},"source":"a","mask":"b","box":[0,0,8,8],"sent":[8,8]}'
    plan = InpaintPlan.model_validate_json(stored)
    assert plan.settings.feather == 7
    assert plan.model_dump(mode="json")["trip"]["feather"] == 7
    assert InpaintPlan.model_validate_json(plan.model_dump_json()) == plan
