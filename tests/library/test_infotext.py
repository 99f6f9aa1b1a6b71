"""AUTOMATIC1111's generation parameters, as it writes them and as others modify them."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from imagineart_desktop.library.metadata.infotext import Infotext, parse_infotext, parse_settings

names = st.from_regex(r"[A-Z][a-z]{1,8}( [a-z]{1,6}){0,2}", fullmatch=True).filter(lambda name: name != "Steps")
plain = st.text(
    st.characters(codec="utf-8", exclude_characters=',:"{}[]\n\r', exclude_categories=["C", "Z"]), min_size=1
)
quoted = st.builds(
    "".join,
    st.tuples(st.text(st.characters(codec="utf-8")), st.sampled_from(',:\n"'), st.text(st.characters(codec="utf-8"))),
)
prompts = st.text(st.characters(codec="utf-8", exclude_categories=["C"]), min_size=1).map(str.strip).filter(bool)


def written(value: str) -> str:
    """Return a value the way AUTOMATIC1111's `quote` writes it."""
    return json.dumps(value, ensure_ascii=False) if any(sign in value for sign in ',:\n"') else value


@given(prompts, prompts, st.dictionaries(names, plain | quoted, min_size=2, max_size=12))
def test_what_is_written_is_read(prompt: str, negative: str, settings: dict[str, str]) -> None:
    line = ", ".join(f"{name}: {written(value)}" for name, value in {"Steps": "20", **settings}.items())
    found = parse_infotext(f"{prompt}\nNegative prompt: {negative}\n{line}")
    assert found == Infotext(prompt, negative, {"Steps": "20", **settings})


@given(st.text())
def test_no_text_raises(text: str) -> None:
    parse_infotext(text)
    parse_settings(text)


@given(quoted)
def test_nothing_inside_a_value_becomes_a_setting(inside: str) -> None:
    value = f"{inside}, Steps: 99, Seed: 99, Model: wrong, " + "x" * 400
    found = parse_infotext(f"a cup\nSteps: 20, Seed: 42, Model: right, Note: {json.dumps(value)}")
    assert found is not None
    assert (found.settings["Steps"], found.settings["Seed"], found.settings["Model"]) == ("20", "42", "right")
    assert found.settings["Note"] == value


def test_dynamic_prompts_write_their_templates_below_the_settings() -> None:
    text = (
        "a red cup\nNegative prompt: blurry\nSteps: 20, Seed: 42, Model: m\nTemplate: a {red|blue} cup\nin two lines\n"
    )
    found = parse_infotext(f"{text}Negative Template: blurry")
    assert found is not None
    assert (found.prompt, found.negative, found.settings["Seed"]) == ("a red cup", "blurry", "42")
    assert found.settings["Template"] == "a {red|blue} cup\nin two lines"
    assert found.settings["Negative Template"] == "blurry"


@pytest.mark.parametrize(
    ("line", "wanted"),
    [
        (
            'Steps: 20, Lora hashes: "detail: 7c6b, light: 1a2b", Version: v1.9',
            {"Steps": "20", "Lora hashes": "detail: 7c6b, light: 1a2b", "Version": "v1.9"},
        ),
        (
            'Steps: 20, Hashes: {"model": "ab, c", "vae": "}"}, Civitai resources: [{"a": 1}, {"b": 2}], CFG scale: 7',
            {
                "Steps": "20",
                "Hashes": '{"model": "ab, c", "vae": "}"}',
                "Civitai resources": '[{"a": 1}, {"b": 2}]',
                "CFG scale": "7",
            },
        ),
        (
            "Steps: 20, Sampler: DPM++ 2M, Karras, Size: 512x768",
            {"Steps": "20", "Sampler": "DPM++ 2M, Karras", "Size": "512x768"},
        ),
        ('Steps: 20, Note: "never closed, Seed: 4', {"Steps": "20", "Note": '"never closed', "Seed": "4"}),
        ("Seed: 1, Seed: 2", {"Seed": "1"}),
        ("Steps: 20,", {"Steps": "20"}),
        ("", {}),
    ],
)
def test_values_of_every_kind(line: str, wanted: dict[str, str]) -> None:
    assert parse_settings(line) == wanted


def test_a_prompt_that_speaks_of_a_negative_prompt_keeps_its_words() -> None:
    found = parse_infotext("the words Negative prompt: on a wall\nSteps: 20, Seed: 42, CFG scale: 7")
    assert found is not None
    assert (found.prompt, found.negative) == ("the words Negative prompt: on a wall", "")


def test_a_negative_prompt_that_reads_like_settings_is_none() -> None:
    found = parse_infotext("a cup\nNegative prompt: style: x, mood: y, light: z")
    assert found == Infotext("a cup", "style: x, mood: y, light: z")


@pytest.mark.parametrize("text", ["", "a caption", "Copyright: me, 2024", '{"prompt": "x"}', "one: 1, two: 2"])
def test_other_texts_are_none_of_it(text: str) -> None:
    assert parse_infotext(text) is None
