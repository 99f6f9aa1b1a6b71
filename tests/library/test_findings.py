"""What is unusual about a result is stored in its recipe as a code with parameters, and is shown as a sentence."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from imagineart_desktop.library import Library, read_recipe
from imagineart_desktop.support.messages import Message
from tests.library.test_importing import imported, png
from tests.library.test_library import keep, recipe
from tests.support.test_messages import CODES, GENERAL, sample

pytestmark = pytest.mark.asyncio

OLD = "The result was shifted by 3 pixels: it was moved back."
FINDINGS = (
    Message("result.shifted", count=3),
    Message("result.in_areas", count=2, areas=(1, 2), finding=Message("result.unchanged")),
    Message("result.not_composited", problem=Message("missing.source")),
    Message.plain(OLD),
)


async def test_findings_are_the_same_in_the_library_in_the_file_and_after_a_rebuild(tmp_path: Path) -> None:
    library = Library(tmp_path)
    await library.start()
    found = tuple(sample(code) for code in CODES if code.startswith("result.")) + FINDINGS
    picture = await keep(library, recipe(1, findings=found))
    assert picture.findings == found
    assert len(found) > 12
    made = read_recipe(picture.path)
    assert made is not None
    assert made.findings == found
    details = await library.details(picture.id)
    assert details is not None
    assert details.recipe.findings == found
    library.close()
    for path in tmp_path.glob("library.sqlite*"):
        path.unlink()
    library = Library(tmp_path)
    await library.start()
    (again,) = await library.summaries((picture.id,))
    assert again.findings == found
    library.close()


async def test_a_recipe_stores_no_sentence_and_can_be_read_by_an_earlier_version() -> None:
    stored = json.loads(recipe(1, findings=FINDINGS).model_dump_json())["findings"]
    assert all(isinstance(one, str) for one in stored)
    assert stored[0] == '{"code": "result.shifted", "params": {"count": 3}}'
    # Only what an earlier version has stored is a sentence.
    assert [one for one in stored if not one.startswith("{")] == [OLD]
    assert not any(str(one) in " ".join(stored[:3]) for one in FINDINGS)


@pytest.mark.parametrize(
    ("stored", "shown"),
    [
        (OLD, OLD),
        ("", ""),
        ('{"code": "result.of_tomorrow", "params": {"moons": 3}}', GENERAL),
        ('{"code": "result.shifted", "par', GENERAL),
    ],
)
async def test_a_recipe_of_any_version_is_read(stored: str, shown: str) -> None:
    made = recipe(1).model_dump(mode="json") | {"findings": [stored]}
    read = type(recipe(1)).model_validate_json(json.dumps(made))
    assert [str(one) for one in read.findings] == [shown]
    assert json.loads(read.model_dump_json())["findings"] == [stored]


async def test_forged_findings_are_made_harmless(tmp_path: Path) -> None:
    library = Library(tmp_path / "library")
    await library.start()
    forged = recipe(1).model_dump(mode="json")
    nested = {"code": "image.named", "params": {"name": "c\u202e\x00d" + "e" * 50_000}}
    forged["findings"] = [
        "a\x07b",
        json.dumps({"code": "result.not_composited", "params": {"problem": nested}}),
        json.dumps({"code": "result.in_areas", "params": {"count": 2, "areas": [1] * 10_000, "finding": "x"}}),
        *["x"] * 100,
    ]
    details = await imported(library, png(tmp_path / "forged.png", ImagineArt=json.dumps(forged)))
    said = [str(finding) for finding in details.recipe.findings]
    library.close()
    assert len(said) == 20
    assert said[0] == "a b"
    assert said[1].startswith("“c d")
    assert said[1].endswith("” This is the service’s own result.")
    assert said[2] == GENERAL
    assert all(len(one) < 3000 for one in said)
