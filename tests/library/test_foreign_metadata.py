"""Metadata that other programs write into their images."""

from __future__ import annotations

import io
import json
from typing import Any

import pytest
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from imagineart_desktop.library.metadata.foreign_metadata import ForeignRecipe, foreign_recipe

JOB = "0a1b2c3d-1111-2222-3333-444455556666"
SWARM = {"sui_image_params": {"prompt": "a cup", "negativeprompt": "blurry", "model": "sdxl", "seed": 7, "steps": 20}}
FOOOCUS = {
    "prompt": "a cup",
    "negative_prompt": "",
    "base_model": "jugger",
    "seed": "7",
    "steps": 30,
    "loras": [["x", 1]],
}
OLD_FOOOCUS = {"Prompt": "a cup", "Negative Prompt": "blurry", "Base Model": "jugger", "Seed": 7}
NOVEL = {"prompt": "1girl, cup", "uc": "lowres", "seed": 7, "steps": 28, "sampler": "k_euler"}
NOVEL_4 = {
    "v4_prompt": {"caption": {"base_caption": "a cup", "char_captions": []}},
    "v4_negative_prompt": {"caption": {"base_caption": "blurry"}},
    "seed": 2**64 - 1,
}

NOVEL_PEOPLE = {
    "prompt": "a cup",
    "uc": "blurry",
    "v4_prompt": {
        "caption": {"base_caption": "a cup", "char_captions": [{"char_caption": "girl"}, {"char_caption": "boy"}]}
    },
    "v4_negative_prompt": {"caption": {"base_caption": "blurry", "char_captions": [{"char_caption": "hat"}]}},
    "seed": 7,
}


def png(**texts: str) -> Image.Image:
    info = PngInfo()
    for name, text in texts.items():
        if text.isascii():
            info.add_text(name.replace("__", " "), text)
        else:
            info.add_itxt(name.replace("__", " "), text)
    held = io.BytesIO()
    Image.new("RGB", (8, 8)).save(held, "PNG", pnginfo=info)
    return Image.open(held)


@pytest.mark.parametrize(
    ("texts", "wanted"),
    [
        ({"parameters": json.dumps(SWARM)}, ("SwarmUI", "sdxl", "a cup", "blurry", 7)),
        ({"parameters": json.dumps(FOOOCUS)}, ("Fooocus", "jugger", "a cup", "", 7)),
        ({"parameters": json.dumps(OLD_FOOOCUS)}, ("Fooocus", "jugger", "a cup", "blurry", 7)),
        (
            {"parameters": "a cup\nSteps: 9, Seed: 7, Model: jugger, Version: Fooocus v2.5"},
            ("Fooocus", "jugger", "a cup", "", 7),
        ),
        ({"parameters": "a cup\nSteps: 9, Seed: 7, Model: m, App: SD.Next"}, ("SD.Next", "m", "a cup", "", 7)),
        (
            {
                "Software": "NovelAI",
                "Source": "Stable Diffusion XL 7BCC",
                "Comment": json.dumps(NOVEL),
                "Description": "x",
            },
            ("NovelAI", "Stable Diffusion XL 7BCC", "1girl, cup", "lowres", 7),
        ),
        ({"Software": "NovelAI", "Comment": json.dumps(NOVEL_4)}, ("NovelAI", "", "a cup", "blurry", 2**64 - 1)),
        (
            {"prompt": "a cup", "negative_prompt": "blurry", "seed": "7", "use_stable_diffusion_model": "sd-v1-5"},
            ("Easy Diffusion", "sd-v1-5", "a cup", "blurry", 7),
        ),
        (
            {"Prompt": "a cup", "Negative__Prompt": "blurry", "Seed": "7", "Stable__Diffusion__model": "sd-v1-5"},
            ("Easy Diffusion", "sd-v1-5", "a cup", "blurry", 7),
        ),
        (
            {"Description": f"a cup — on a table --ar 16:9 --no hands, text --seed 7 --v 6.1 Job ID: {JOB}"},
            ("Midjourney", "", "a cup — on a table", "hands, text", 7),
        ),
        ({"Description": f"a cup Job ID: {JOB}"}, ("Midjourney", "", "a cup", "", None)),
        (
            {"Description": f"a cup --no hands --no text --v 7 Job ID: {JOB}"},
            ("Midjourney", "", "a cup", "hands, text", None),
        ),
        (
            {"Software": "NovelAI", "Comment": json.dumps(NOVEL_PEOPLE)},
            ("NovelAI", "", "a cup, girl, boy", "blurry, hat", 7),
        ),
        ({"Dream": '"a "red" cup" -s 50 -S42'}, ("InvokeAI", "", 'a "red" cup', "", 42)),
        ({"parameters": "a cup\nSteps: 9, Seed: 4_2, Model: m"}, ("AUTOMATIC1111", "m", "a cup", "", None)),
    ],
)
def test_each_program_is_understood(texts: dict[str, str], wanted: tuple[Any, ...]) -> None:
    found = foreign_recipe(png(**texts))
    assert found is not None
    assert (found.program, found.model, found.prompt, found.negative, found.seed) == wanted


def test_midjourneys_switches_are_settings() -> None:
    found = foreign_recipe(png(Description=f"a cup --ar 16:9 --tile --v 6.1 Job ID: {JOB}"))
    assert found is not None
    assert found.settings == {"ar": "16:9", "tile": "yes", "v": "6.1", "Job ID": JOB}


def test_utf_8_in_a_latin_1_chunk_is_read() -> None:
    info = PngInfo()
    info.add(b"tEXt", b"parameters\0" + "一只红色的杯子, café\nSteps: 9, Seed: 7, Model: m".encode())
    held = io.BytesIO()
    Image.new("RGB", (8, 8)).save(held, "PNG", pnginfo=info)
    found = foreign_recipe(Image.open(held))
    assert found is not None
    assert found.prompt == "一只红色的杯子, café"


@pytest.mark.parametrize(
    "texts",
    [
        {"Description": "a holiday picture"},
        {"prompt": "not a graph"},
        {"parameters": "{"},
        {"parameters": '{"prompt": 3}'},
        {"parameters": '{"sui_image_params": []}'},
        {"Software": "NovelAI", "Comment": "[1]"},
        {"Software": "GIMP", "Comment": json.dumps(NOVEL)},
        {"prompt": '{"1": {"class_type": "KSampler", "inputs": []}}'},
    ],
)
def test_what_is_not_understood_is_not_there(texts: dict[str, str]) -> None:
    assert foreign_recipe(png(**texts)) is None


def test_swarms_jpeg_has_it_in_exif() -> None:
    exif = Image.Exif()
    exif.get_ifd(0x8769)[0x9286] = b"UNICODE\0" + json.dumps(SWARM).encode("utf-16-be")
    held = io.BytesIO()
    Image.new("RGB", (8, 8)).save(held, "JPEG", exif=exif)
    found = foreign_recipe(Image.open(held))
    assert found == ForeignRecipe("SwarmUI", "sdxl", "a cup", "blurry", 7, {"steps": "20"})
