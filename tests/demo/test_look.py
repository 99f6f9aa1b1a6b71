"""The demo shows what a request says about colors and style, and refuses what the service refuses."""

from __future__ import annotations

import base64
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from imagineart_desktop.demo import errors
from imagineart_desktop.demo.painting.look import look_of, tint
from imagineart_desktop.demo.painting.scene import paint_scene
from imagineart_desktop.demo.renderer import render, validate
from imagineart_desktop.demo.request_store import DemoStore
from imagineart_desktop.imaging import Pixels, new_mask
from imagineart_desktop.models import IDEOGRAM_V3, IMAGINEART_20, ModelRegistry
from imagineart_desktop.support.json_types import JsonObject

RED = {"rgb": {"r": 255, "g": 0, "b": 0}, "color_weight": 1.0}
BLUE = {"rgb": {"r": 0, "g": 0, "b": 255}, "color_weight": 0.25}


def painted(**fields: Any) -> Pixels:
    pixels = paint_scene("a lighthouse", 5, (320, 240))
    tint(pixels, look_of(IDEOGRAM_V3.parse({"prompt": "a lighthouse", **fields})))
    return pixels


def test_a_palette_colors_the_whole_image_and_is_shown_in_a_strip() -> None:
    plain, toned = painted(), painted(color_palette={"members": [RED, BLUE]})
    assert (plain == paint_scene("a lighthouse", 5, (320, 240))).all()
    assert toned.mean(axis=(0, 1))[1] < plain.mean(axis=(0, 1))[1] / 2
    # The weights are the widths: 4 to 1.
    assert [tuple(toned[0, x]) for x in (0, 255, 257, 319)] == [(255, 0, 0)] * 2 + [(0, 0, 255)] * 2


def test_presets_differ() -> None:
    shown = [painted(color_palette={"name": name}) for name in IDEOGRAM_V3.fields_by_name["color_palette"].options]
    means = {tuple(np.round(picture.mean(axis=(0, 1)))) for picture in shown}
    assert len(means) == len(shown) == 8


def test_only_the_masked_area_of_an_inpaint_is_colored() -> None:
    pixels = paint_scene("a lighthouse", 5, (320, 240))
    before, mask = pixels.copy(), new_mask((320, 240))
    mask[100:200, 50:150] = 255
    tint(pixels, look_of(IDEOGRAM_V3.parse({"prompt": "x", "color_palette": {"members": [RED]}})), mask)
    assert (pixels[mask == 0] == before[mask == 0]).all()
    assert (pixels[mask == 255] != before[mask == 255]).any()


def test_the_label_names_the_style() -> None:
    def words(**fields: Any) -> str:
        return look_of(IDEOGRAM_V3.parse({"prompt": "x", **fields})).words

    assert words() == ""
    assert words(style="DESIGN", style_preset="ART_DECO") == "Design · Art deco"
    assert words(style_codes=["12ab34CD", "00000000", "11111111"]) == "12ab34CD 00000000"
    assert look_of(IMAGINEART_20.parse({"prompt": "x"})).words == ""


@pytest.mark.parametrize(
    ("fields", "place"),
    [
        ({"style_codes": ["12ab34CD"], "style": "AUTO"}, ["body", "style_codes"]),
        ({"style_codes": ["12ab34CG"]}, ["body", "style_codes", 0]),
        ({"image_size": {"width": 9, "height": 512}}, ["body", "image_size", "own", "width"]),
        ({"color_palette": {"name": "PLAID"}}, ["body", "color_palette", "name", "name"]),
    ],
)
def test_what_the_service_refuses_is_answered_with_its_place(fields: dict[str, Any], place: list[str | int]) -> None:
    with pytest.raises(errors.RequestError) as caught:
        validate(ModelRegistry(), IDEOGRAM_V3.endpoint, {"prompt": "x", **fields})
    assert caught.value.status == 422
    detail = caught.value.body["detail"]
    assert isinstance(detail, list)
    assert isinstance(detail[0], dict)
    assert detail[0]["loc"] == place
    assert detail[0]["msg"]


def test_style_images_color_the_image_unless_there_is_a_palette() -> None:
    images = [np.full((8, 8, 3), (200, 30, 30), np.uint8), np.full((8, 8, 3), (20, 30, 200), np.uint8)]
    plain = look_of(IDEOGRAM_V3.parse({"prompt": "x"}), images)
    assert plain.words == "2 style images"
    assert {color for color, _ in plain.colors} == {(200, 30, 30), (20, 30, 200)}
    named = look_of(IDEOGRAM_V3.parse({"prompt": "x", "color_palette": {"members": [RED]}}), images)
    assert [color for color, _ in named.colors] == [(255, 0, 0)]


def test_more_than_the_limit_of_style_images_is_refused_before_anything_is_painted(tmp_path: Path) -> None:
    url = f"data:image/png;base64,{base64.b64encode(bytes(6 * 2**20)).decode()}"
    body: JsonObject = {"prompt": "x", "image_urls": [url, url]}
    model, request = validate(ModelRegistry(), IDEOGRAM_V3.endpoint, body)
    with pytest.raises(errors.RequestError) as caught:
        render(model, request, DemoStore(tmp_path), "http://127.0.0.1:1/cdn")
    assert (caught.value.status, caught.value.error_type) == (422, "file_too_large")
