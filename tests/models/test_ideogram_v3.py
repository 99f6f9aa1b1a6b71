"""What Ideogram V3 takes beyond a prompt: palettes, style codes, sizes of one's own, and what excludes what."""

from __future__ import annotations

from typing import Any

import pytest

from imagineart_desktop.models import (
    IDEOGRAM_45,
    IDEOGRAM_V3,
    IDEOGRAM_V3_EDIT,
    IDEOGRAM_V3_REMIX,
    IDEOGRAM_V3_REPLACE_BACKGROUND,
    TRAITS,
    InvalidRequestError,
    ModelSpec,
    excluded_fields,
    input_reference,
)
from imagineart_desktop.models.file_limits import total_problem
from imagineart_desktop.models.own_size import read_size
from imagineart_desktop.models.palette import PaletteColor, colors_of, palette_of, read_palette
from imagineart_desktop.models.style_codes import read_codes

PICTURE = input_reference("ab" * 32)
ALL = (IDEOGRAM_V3, IDEOGRAM_V3_EDIT, IDEOGRAM_V3_REMIX, IDEOGRAM_V3_REPLACE_BACKGROUND)
RED = {"rgb": {"r": 200, "g": 20, "b": 10}, "color_weight": 0.7}


def body(model: ModelSpec, **fields: Any) -> dict[str, Any]:
    """Return the body of a request with these fields and whatever else the model requires."""
    images = {field.name: PICTURE for field in model.fields if field.required and field.name != "prompt"}
    return model.parse({"prompt": "x", **images, **fields}).to_wire({PICTURE: "https://cdn/a.png"})


def problem(model: ModelSpec, **fields: Any) -> str:
    with pytest.raises(InvalidRequestError) as caught:
        body(model, **fields)
    return str(caught.value)


@pytest.mark.parametrize("model", ALL, ids=lambda model: model.endpoint)
def test_a_palette_is_sent_as_documented(model: ModelSpec) -> None:
    assert body(model, color_palette={"name": "EMBER"})["color_palette"] == {"name": "EMBER"}
    colors = [RED, {"rgb": {"r": 0, "g": 0, "b": 255}}]
    sent = body(model, color_palette={"members": colors})["color_palette"]
    assert sent == {"members": [RED, {"rgb": {"r": 0, "g": 0, "b": 255}, "color_weight": 0.5}]}
    assert "color_palette" not in body(model)


@pytest.mark.parametrize(
    ("palette", "sentence"),
    [
        ({"name": "PLAID"}, "Color palette must be one of 'EMBER', 'FRESH'"),
        ({"name": "EMBER", "members": [RED]}, "A palette is either a preset or a list of colors."),
        ({}, "A palette is either a preset or a list of colors."),
        ("EMBER", "A palette is either a preset or a list of colors."),
        ({"members": []}, "at least 1 is needed"),
        ({"members": [RED] * 17}, "at most 16, there are 17"),
        ({"members": [RED | {"color_weight": 0.04}]}, "The weight of a color is 0.05 to 1."),
        ({"members": [RED | {"color_weight": 1.01}]}, "The weight of a color is 0.05 to 1."),
        ({"members": [{"rgb": {"r": 256}}]}, "Color palette must be 255 or less."),
        ({"members": [{"color_weight": 0.5}]}, "missing"),
    ],
)
def test_a_palette_that_is_none_is_named(palette: object, sentence: str) -> None:
    assert sentence in problem(IDEOGRAM_V3, color_palette=palette)


@pytest.mark.parametrize(
    ("codes", "sentence"),
    [
        (["12ab34CD", "12AB"], "“12AB” has 4 of 8 hexadecimal digits."),
        (["12ab34CD5"], "“12ab34CD5” has 9 of 8 hexadecimal digits."),
        (["f" * 300], "“ffffffffffffffff…” has 300 of 8 hexadecimal digits."),
        (["12AB34CG"], "“G” isn’t a hexadecimal digit (0–9, A–F)."),
        (["١٢٣٤٥٦٧٨"], "isn’t a hexadecimal digit"),
        ([], "at least 1 is needed"),
        (["00000000"] * 17, "at most 16, there are 17"),
        ([12345678], "Style codes"),
    ],
)
def test_style_codes_are_eight_hexadecimal_digits(codes: object, sentence: str) -> None:
    assert body(IDEOGRAM_V3_EDIT, style_codes=["12ab34CD", "00000000"])["style_codes"] == ["12ab34CD", "00000000"]
    assert sentence in problem(IDEOGRAM_V3_EDIT, style_codes=codes)


@pytest.mark.parametrize("model", [IDEOGRAM_V3, IDEOGRAM_V3_REMIX], ids=lambda model: model.endpoint)
def test_a_size_is_a_preset_or_a_width_and_a_height(model: ModelSpec) -> None:
    assert body(model, image_size="portrait_4_3")["image_size"] == "portrait_4_3"
    assert body(model, image_size={"width": 1536, "height": 512})["image_size"] == {"width": 1536, "height": 512}
    assert body(model, image_size={"width": 800})["image_size"] == {"width": 800, "height": 512}
    assert problem(model, image_size={"width": 511, "height": 512}) == "Width must be 512–1,536 px."
    assert problem(model, image_size={"width": 512, "height": 1537}) == "Height must be 512–1,536 px."
    for odd in ({"width": "800"}, {"width": True}, "plain", 800, None):
        assert problem(model, image_size=odd).startswith("Image size")


def test_the_size_of_the_result_is_the_one_that_was_asked_for() -> None:
    own = IDEOGRAM_V3.parse({"prompt": "x", "image_size": {"width": 720, "height": 1280}})
    assert IDEOGRAM_V3.output_size(own, ()) == (720, 1280)
    assert IDEOGRAM_V3.output_size(IDEOGRAM_V3.parse({"prompt": "x"}), ()) == (1024, 1024)


def test_style_codes_and_a_style_are_not_sent_together() -> None:
    sentence = "Use either style codes or style, not both."
    assert problem(IDEOGRAM_V3, style_codes=["12ab34CD"], style="AUTO") == sentence
    assert problem(IDEOGRAM_V3, style_codes=["12ab34CD"], style="DESIGN") == sentence
    assert "style" not in body(IDEOGRAM_V3, style_codes=["12ab34CD"])
    assert body(IDEOGRAM_V3)["style"] == "AUTO"
    request = IDEOGRAM_V3.parse({"prompt": "x", "style_codes": ["12ab34CD"]})
    assert IDEOGRAM_V3.parse(request.to_fields()) == request


def test_style_images_are_sent_as_urls_in_the_role_of_a_style_and_not_with_codes() -> None:
    style = input_reference("cd" * 32)
    request = IDEOGRAM_V3_REMIX.parse({"prompt": "x", "image_url": PICTURE, "image_urls": [style, style]})
    assert request.images() == (("picture", PICTURE), ("style", style), ("style", style))
    sent = request.to_wire({PICTURE: "https://cdn/a.png", style: "https://cdn/b.png"})
    assert (sent["image_url"], sent["image_urls"]) == ("https://cdn/a.png", ["https://cdn/b.png"] * 2)
    assert IDEOGRAM_V3_REMIX.parse(request.to_fields()) == request
    assert "image_urls" not in body(IDEOGRAM_V3)
    conflict = problem(IDEOGRAM_V3, image_urls=[style], style_codes=["12ab34CD"])
    assert conflict == "Use either style codes or style images, not both."
    assert "at most 16" in problem(IDEOGRAM_V3, image_urls=[style] * 17)


def test_style_images_have_a_size_in_all() -> None:
    field = IDEOGRAM_V3.fields_by_name["image_urls"]
    assert total_problem(10 * 2**20, field) == ""
    sentence = "Style images are limited to 10 MB in total; these have 10.5 MB."
    assert total_problem(10 * 2**20 + 2**19, field) == sentence


@pytest.mark.parametrize(
    ("values", "excluded"),
    [
        ({}, {}),
        ({"style": "AUTO", "style_codes": None}, {}),
        ({"style": "DESIGN", "style_codes": None}, {"style_codes": "style"}),
        ({"style": "AUTO", "style_codes": ["1"]}, {"style": "style_codes"}),
        ({"style": "DESIGN", "style_codes": ["1"]}, {"style": "style_codes"}),
    ],
)
def test_of_two_fields_that_exclude_each_other_a_form_sends_one(
    values: dict[str, object], excluded: dict[str, str]
) -> None:
    found = excluded_fields(IDEOGRAM_V3.fields_by_name, values)
    assert {name: field.name for name, field in found.items() if name != "image_urls"} == excluded
    assert ("image_urls" in found) == ("style" in excluded)
    # V3 Edit has no style.
    assert "style_codes" not in excluded_fields(IDEOGRAM_V3_EDIT.fields_by_name, values)


@pytest.mark.parametrize(
    ("name", "value", "shown"),
    [
        ("color_palette", {"name": "EMBER"}, "Ember"),
        ("color_palette", {"members": [RED, {"rgb": {"b": 255}}]}, "#C8140A 0.7, #0000FF 0.5"),
        ("color_palette", {"members": [3]}, "{'members': [3]}"),
        ("style_codes", ["12ab34CD", "00000000"], "12ab34CD, 00000000"),
        ("style_codes", 3, "3"),
        ("image_size", "square_hd", "Square, large"),
        ("image_size", {"width": 720, "height": 1280}, "720 × 1280"),
        ("image_size", {"width": "720"}, "{'width': '720'}"),
    ],
)
def test_a_value_is_shown_in_words_even_if_a_damaged_recipe_has_it(name: str, value: object, shown: str) -> None:
    field = IDEOGRAM_V3.fields_by_name[name]
    text_of = TRAITS[field.kind].text_of
    assert text_of is not None
    assert text_of(field, value) == shown


def test_values_are_read_from_the_text_of_an_argument() -> None:
    assert read_palette("EMBER") == {"name": "EMBER"}
    colors = [PaletteColor((200, 50, 20), 0.6), PaletteColor((31, 111, 235))]
    assert read_palette("#C83214:0.6, 1f6feb") == palette_of(colors)
    assert colors_of(palette_of(colors)) == colors
    assert "weight" in problem(IDEOGRAM_V3, color_palette=read_palette("C83214:1.2.3"))
    assert read_size("1280x720") == read_size(" 1280 × 720") == {"width": 1280, "height": 720}
    assert read_size("square_hd") == "square_hd"
    assert read_codes(" 12ab34CD,00000000; ffffffff\n") == ["12ab34CD", "00000000", "ffffffff"]


def test_what_a_field_excludes_is_data() -> None:
    again = ModelSpec.model_validate_json(IDEOGRAM_V3.model_dump_json())
    assert again.fields_by_name["style_codes"].excludes == ("style", "image_urls")


def test_a_model_with_a_list_of_sizes_takes_a_preset_or_one_of_them() -> None:
    assert body(IDEOGRAM_45, image_size="portrait_4_3")["image_size"] == "portrait_4_3"
    for size in IDEOGRAM_45.fields_by_name["image_size"].sizes:
        sent = IDEOGRAM_45.parse({"prompt": "x", "image_size": {"width": size[0], "height": size[1]}})
        assert IDEOGRAM_45.output_size(sent, ()) == size
    for width, height in ((1024, 1025), (2560, 1441), (512, 512), (0, 0)):
        said = problem(IDEOGRAM_45, image_size={"width": width, "height": height})
        assert said.startswith("Image size must be one of 1024 × 1024, 1280 × 720, ")
    # A size that another model had doesn't come along: there is no field in which to change it.
    assert not IDEOGRAM_45.accepts("image_size", {"width": 640, "height": 512})
    assert IDEOGRAM_V3.accepts("image_size", {"width": 640, "height": 5})
