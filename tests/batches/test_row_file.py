"""CSV and JSON Lines files with a request per row: what is read, and each kind of wrong row with its line."""

from __future__ import annotations

import csv
import io
import json
import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from imagineart_desktop.batches.plan import BatchPlan
from imagineart_desktop.batches.row_file import MAX_BYTES, RowFileError, read_row_file
from imagineart_desktop.models import IDEOGRAM_45, IDEOGRAM_V3, IMAGINEART_20, IMAGINEART_20_EDIT
from tests.batches.batch_fixtures import ENDPOINT, rows_of, write_image

TABLE = 'Model,Prompt,Aspect ratio,seed,count\n2.0,a cup,16:9,7,2\n,"two\nlines, and a ""quote""",,,\n'


@pytest.mark.parametrize(
    "data",
    [
        TABLE.encode(),
        b"\xef\xbb\xbf" + TABLE.encode(),
        TABLE.encode("utf-16"),
        TABLE.replace("\n", "\r\n").encode(),
        b"sep=,\r\n" + TABLE.encode(),
        TABLE.replace(",", ";").replace("lines;", "lines,").encode(),
        TABLE.replace(",", "\t").replace("lines\t", "lines,").encode(),
        b"\n".join([TABLE.encode().rstrip(), b"", b",,,,", b"   "]),
    ],
)
def test_a_table_is_read_whatever_program_wrote_it(data: bytes, tmp_path: Path) -> None:
    file = tmp_path / "rows.csv"
    file.write_bytes(data)
    first, second = rows_of(file, BatchPlan(model=ENDPOINT, fields={"resolution": "1K"}))
    assert (first.problems, second.problems) == ((), ())
    assert first.model is IMAGINEART_20
    assert first.fields == {"resolution": "1K", "aspect_ratio": "16:9", "prompt": "a cup"}
    assert (first.seed, first.count) == (7, 2)
    assert second.prompt.text.replace("\r", "") == 'two\nlines, and a "quote"'
    assert (second.seed, second.count) == (None, 1)
    shift = data.startswith(b"sep=")
    assert (first.line, second.line) == (2 + shift, 3 + shift)


def test_lines_of_json_are_read_with_their_types(tmp_path: Path) -> None:
    rows = [
        {"model": IDEOGRAM_V3.endpoint, "prompt": "a {red|teal} cup", "style_codes": ["0123ABCD"], "count": 3},
        {"model": "Ideogram V3", "prompt": "x", "Image size": "800x600", "rendering_speed": "turbo", "seed": "12"},
        {"model": "v3", "prompt": "x", "color_palette": {"name": "EMBER"}, "expand_prompt": False, "num_images": 2},
    ]
    file = tmp_path / "rows.jsonl"
    file.write_text("\n\n".join(json.dumps(row) for row in rows), "utf-8")
    first, second, third = rows_of(file)
    assert [row.problems for row in (first, second, third)] == [(), (), ()]
    # A row is one request: its prompt is sent as it is.
    assert first.prompt.text == "a {red|teal} cup"
    assert (first.fields["style_codes"], first.count) == (["0123ABCD"], 3)
    assert second.fields["image_size"] == {"width": 800, "height": 600}
    assert (second.fields["rendering_speed"], second.seed) == ("TURBO", 12)
    assert (third.fields["color_palette"], third.fields["expand_prompt"], third.count) == ({"name": "EMBER"}, False, 2)
    assert [row.line for row in (first, second, third)] == [1, 3, 5]


def test_an_aspect_ratio_is_a_size_for_a_model_that_takes_sizes(tmp_path: Path) -> None:
    file = tmp_path / "rows.csv"
    file.write_text("model,prompt,aspect ratio,image size\nv3,x,16:9,\n4.5,x,16:9,\nv3,x,16:9,square\n", "utf-8")
    first, second, third = rows_of(file)
    assert (first.problems, second.problems) == ((), ())
    assert first.fields["image_size"] == "landscape_16_9"
    assert second.fields["image_size"] == {"width": 1280, "height": 720}
    assert (first.varied["aspect ratio"], first.size) == ("16:9 as Landscape 16:9", (1024, 576))
    assert third.problems == ("“image size” and “aspect ratio” are the same. Remove one.",)


def test_images_are_relative_to_the_file_or_addresses(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    write_image(tmp_path / "in" / "a.png")
    write_image(tmp_path / "b.png")
    file = tmp_path / "rows.csv"
    rows = ("in/a.png|b.png", "https://example.com/c.png", "b.png|in/a.png")
    models = ("2.0 Edit", "2.0 edit", "4.5 Edit")
    lines = [f"{model},x,{images}" for model, images in zip(models, rows, strict=True)]
    file.write_text("\n".join(["model,prompt,images", *lines]))
    first, second, third = rows_of(file)
    assert [row.problems for row in (first, second, third)] == [(), (), ()]
    assert [image.name for image in first.images["image_urls"]] == ["a.png", "b.png"]
    assert second.images["image_urls"][0].source == "https://example.com/c.png"
    assert {name: [one.name for one in held] for name, held in third.images.items()} == {
        "image_url": ["b.png"],
        "reference_image_urls": ["a.png"],
    }


V3, EDIT, UP = IDEOGRAM_V3.endpoint, IMAGINEART_20_EDIT.endpoint, "Ideogram Upscale"
WRONG_ROWS: list[tuple[str, str]] = [
    ("{", "This isn’t JSON: Expecting property name"),
    ("[1]", "isn’t a JSON object"),
    ("null", "isn’t a JSON object"),
    ('{"prompt": "x"} {"prompt": "y"}', "Extra data at character 17"),
    ('{"prompt": "x", "prompt": "y"}', "“prompt” is there twice"),
    ('{"prompt": "' + "x" * 131_072 + '"}', "longer than 131,072 characters"),
    ("[" * 100_000, "isn’t JSON that can be read"),
    ('{"seed": ' + "9" * 5000 + "}", "isn’t JSON that can be read"),
    ('{"seed": 1}', "Describe the image first."),
    ('{"prompt": "   "}', "Describe the image first."),
    ('{"prompt": 5}', "“5” isn’t text"),
    ('{"prompt": ["x"]}', "isn’t text"),
    ('{"prompt": "' + "x" * 20_001 + '"}', "the limit is 20,000"),
    (r'{"prompt": "a\u0000b"}', "invisible control character (U+0000) at position 2"),
    (r'{"prompt": "\ud800"}', "invisible control character (U+D800)"),
    ('{"model": "nonsense", "prompt": "x"}', "There is no model “nonsense”"),
    ('{"model": 7, "prompt": "x"}', "There is no model “7”"),
    ('{"prompt": "x", "aspect_ratio": "5:1"}', "has no aspect ratio 5:1"),
    ('{"prompt": "x", "aspect_ratio": 1.5}', "Aspect ratio must be one of"),
    ('{"prompt": "x", "resolution": "8K"}', "has no resolution 8K"),
    ('{"prompt": "x", "colour": "red"}', "No model has a field “colour”. Rename or remove the column."),
    ('{"prompt": "x", "style": "AUTO"}', "ImagineArt 2.0 Preview has no field “style”"),
    ('{"prompt": "x", "seed": "many"}', "seed: “many” isn’t a whole number"),
    ('{"prompt": "x", "seed": -2}', "Seed must be -1 or more"),
    ('{"prompt": "x", "seed": 9999999999}', "Seed must be 2147483647 or less"),
    ('{"prompt": "x", "seed": 1.5}', "Seed must be a whole number"),
    ('{"prompt": "x", "Seed": 1, "seed": 2}', "“seed” and “Seed” are the same"),
    ('{"prompt": "x", "count": 0}', "count: “0” isn’t a number of images from 1 to 100"),
    ('{"prompt": "x", "count": "two"}', "“two” isn’t a number of images"),
    ('{"prompt": "x", "count": true}', "“true” isn’t a number of images"),
    ('{"prompt": "x", "image": "a.png"}', "ImagineArt 2.0 Preview has no field “image”"),
    (f'{{"model": "{V3}", "prompt": "x", "expand_prompt": "perhaps"}}', "“perhaps” isn’t yes or no"),
    (f'{{"model": "{V3}", "prompt": "x", "image_size": "300x300"}}', "Width must be 512–1,536 px"),
    (f'{{"model": "{V3}", "prompt": "x", "image_size": "vast"}}', "Image size must be one of"),
    (f'{{"model": "{V3}", "prompt": "x", "style_codes": "xyz"}}', "isn’t a hexadecimal digit"),
    (f'{{"model": "{V3}", "prompt": "x", "style_codes": "0123"}}', "has 4 of 8 hexadecimal digits"),
    (f'{{"model": "{V3}", "prompt": "x", "color_palette": "C83214:7"}}', "The weight of a color is 0.05 to 1"),
    (f'{{"model": "{V3}", "prompt": "x", "color_palette": "beige"}}', "Color palette"),
    (f'{{"model": "{V3}", "prompt": "x", "style": "GENERAL", "style_preset": "ABSTRACT_ORGANIC", "style_codes": '
     '"0123ABCD"}', "not both"),
    (f'{{"model": "{V3}", "prompt": "x", "image_urls": "notes.txt"}}', "notes.txt"),
    (f'{{"model": "{EDIT}", "prompt": "x"}}', "Reference images"),
    (f'{{"model": "{EDIT}", "images": "a.png"}}', "Describe the change first."),
    (f'{{"model": "{EDIT}", "prompt": "x", "images": "gone.png"}}', "There is no file “gone.png”"),
    (f'{{"model": "{EDIT}", "prompt": "x", "images": "."}}', "isn’t a file"),
    (f'{{"model": "{EDIT}", "prompt": "x", "images": "empty.png"}}', "empty.png"),
    (f'{{"model": "{EDIT}", "prompt": "x", "images": "ftp://example.com/a.png"}}', "an http or https address"),
    (f'{{"model": "{EDIT}", "prompt": "x", "images": "data:image/png;base64,AAAA"}}', "an http or https address"),
    (f'{{"model": "{EDIT}", "prompt": "x", "images": "http://"}}', "isn’t a complete address"),
    (f'{{"model": "{EDIT}", "prompt": "x", "images": [1]}}', "isn’t the path or address of an image"),
    (f'{{"model": "{EDIT}", "prompt": "x", "images": "{"|".join(["a.png"] * 20)}"}}', "takes "),
    ('{"model": "Remove Background", "prompt": "x", "image": "a.png"}', "takes no prompt"),
    (f'{{"model": "{UP}", "prompt": "x", "image": "a.png", "resemblance": 101}}', "Resemblance must be 100 or less"),
    (f'{{"model": "{UP}", "prompt": "x", "image": "a.png", "resemblance": "50%"}}', "isn’t a whole number"),
    ('{"model": "V3 Remix", "prompt": "x", "image": "a.png", "strength": "half"}', "isn’t a number"),
    ('{"model": "V2 Edit", "prompt": "x", "image": "a.png", "mask_url": "a.png"}', "takes no masks"),
]  # fmt: skip


def test_each_kind_of_wrong_row_is_told_with_its_line(tmp_path: Path) -> None:
    write_image(tmp_path / "a.png")
    (tmp_path / "notes.txt").write_text("no image")
    (tmp_path / "empty.png").touch()
    good = '{"prompt": "a cup"}'
    lines = [line for wrong, _ in WRONG_ROWS for line in (wrong, good)]
    file = tmp_path / "rows.jsonl"
    file.write_text("\n".join(lines), "utf-8")
    rows = rows_of(file)
    assert len(WRONG_ROWS) >= 40
    assert [row.line for row in rows] == list(range(1, len(lines) + 1))
    assert all(not row.problems for row in rows[1::2])
    for row, (_, words) in zip(rows[::2], WRONG_ROWS, strict=True):
        assert any(words in problem for problem in row.problems), (row.line, words, row.problems)
        assert all(problem.endswith(".") for problem in row.problems)
        assert not row.is_sent


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("prompt,seed\nx,1\ny,2,3\n", 3, "This row has 3 cells, the header has 2."),
        ('prompt\nx\n"never closed\nrow\n', 3, "A quote isn’t closed"),
        ('prompt\nx\n"a"b"\n', 3, "A quote isn’t closed"),
        (f"prompt\n{'x' * 131_073}\n", 2, "a cell is longer"),
        ("prompt,seed\nx,\ny,one\n", 3, "seed: “one” isn’t a whole number"),
        ('prompt,seed\n"x\n\ny",1\nz,-5\n', 5, "Seed must be -1 or more"),
    ],
)
def test_a_wrong_row_of_a_table_is_told_with_its_line(text: str, line: int, words: str, tmp_path: Path) -> None:
    file = tmp_path / "rows.csv"
    file.write_text(text)
    (wrong,) = [row for row in rows_of(file) if row.problems]
    assert wrong.line == line
    assert words in wrong.problems[0]


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "has no names of fields in line 1"),
        (b"\n\n", "has no names of fields"),
        (b"prompt\n", "has no rows"),
        (b"prompt,Prompt\nx,y\n", "has two columns “prompt”"),
        (b"prompt\nbl\xe5\n", "isn’t UTF-8 or UTF-16 text, from line 2 on"),
        (b'"prompt\nx', "line 1 can’t be read"),
        (",".join(f"a{i}" for i in range(201)).encode() + b"\n1\n", "has 201 columns"),
        (b"prompt\n" + b"x\n" * 10_001, "more than 10,000 rows"),
    ],
)
def test_a_file_that_cannot_be_read_is_told(data: bytes, words: str, tmp_path: Path) -> None:
    file = tmp_path / "rows.csv"
    file.write_bytes(data)
    with pytest.raises(RowFileError) as told:
        read_row_file(file)
    assert words in str(told.value)


def test_a_file_that_is_too_large_is_told(tmp_path: Path) -> None:
    file = tmp_path / "rows.csv"
    file.write_bytes(b"prompt\n")
    # Sparse: as a parameter, its content would stay in the memory of each worker.
    os.truncate(file, MAX_BYTES + 1)
    with pytest.raises(RowFileError) as told:
        read_row_file(file)
    assert "larger than 16 MB" in str(told.value)


@given(
    st.one_of(st.binary(max_size=200), st.text(alphabet='prompt,seed"\n;{}[]:12\\ \t\r', max_size=120).map(str.encode))
)
def test_any_file_gives_rows_or_a_sentence(tmp_path_factory: pytest.TempPathFactory, data: bytes) -> None:
    file = tmp_path_factory.getbasetemp() / "fuzzed.csv"
    file.write_bytes(data)
    problem = ""
    try:
        rows = rows_of(file)
    except RowFileError as error:
        rows, problem = [], str(error)
    assert rows or problem.endswith(".")
    assert all(row.line for row in rows)


@given(st.lists(st.text(min_size=1, max_size=20).filter(lambda text: text.strip() and "\0" not in text), min_size=1))
def test_a_table_gives_back_each_prompt(tmp_path_factory: pytest.TempPathFactory, prompts: list[str]) -> None:
    file = tmp_path_factory.getbasetemp() / "prompts.csv"
    written = io.StringIO(newline="")
    csv.writer(written).writerows([["prompt", "seed"], *([prompt, "1"] for prompt in prompts)])
    file.write_bytes(written.getvalue().encode("utf-8", "replace"))
    expected = [prompt.encode("utf-8", "replace").decode() for prompt in prompts]
    assert [row.prompt.text for row in rows_of(file)] == expected


def test_the_model_of_the_plan_is_used_where_a_row_names_none(tmp_path: Path) -> None:
    file = tmp_path / "rows.csv"
    file.write_text("prompt,quality\nx,high\n")
    (row,) = rows_of(file, BatchPlan(model=IDEOGRAM_45.endpoint, count=4))
    assert (row.model, row.fields["quality"], row.count) == (IDEOGRAM_45, "high", 4)


def test_a_row_without_a_prompt_takes_that_of_the_form_unless_it_stands_for_several(tmp_path: Path) -> None:
    file = tmp_path / "rows.csv"
    file.write_text("prompt,seed\n,7\na jug,8\n")
    form = BatchPlan(model=IDEOGRAM_45.endpoint, prompt="a cup")
    assert [row.prompt.text for row in rows_of(file, form)] == ["a cup", "a jug"]
    first, second = rows_of(file, form.model_copy(update={"prompt": "a {red|teal} cup"}))
    assert first.problems == (
        "The row has no prompt, and the one of the form stands for several. Write one in the row.",
    )
    assert not second.problems
