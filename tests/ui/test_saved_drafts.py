"""Drafts as stored in the library: valid ones are written back unchanged, and invalid parts are left out."""

from __future__ import annotations

import hashlib
import json
import sqlite3
from pathlib import Path

from imagineart_desktop.library import Library
from imagineart_desktop.places import AppPaths
from imagineart_desktop.ui.theme import Theme
from imagineart_desktop.workspace.inpaint.session import InpaintSession
from imagineart_desktop.workspace.preferences import Preferences
from tests.ui.window_driver import opened

GENERATE = (
    '{"model": "imagineart/imagineart-2.0-preview/text-to-image", "fields": {"prompt": "deux\\u00a0points :\\n fin '
    '\\ud83c\\udf88", "aspect_ratio": "2:3", "resolution": "1K", "reasoning": "high"}, "seed": 77, "seed_mode": '
    '"next", "count": 3, "results": {"places": ["0198f0a2", "0198f0a3"], "opened": 5}}'
)
EDIT = (
    '{"model": "imagineart/imagineart-2.0-edit-preview/image-to-image", "fields": {"prompt": "more snow", '
    '"aspect_ratio": "16:9"}, "seed": null, "seed_mode": "random", "count": 1, "references": [{"sha256": "COFFEE", '
    '"picture_id": 4}, {"sha256": "CHELSEA", "picture_id": null}], "results": {"places": [], "opened": null}}'
)
INPAINT = (
    '{"model": "fal-ai/ideogram/v2/edit", "fields": {"prompt": "a copper pot", "style": "auto", "expand_prompt": '
    'true}, "seed": 12, "seed_mode": "locked", "count": 2, "trip": {"mode": "only_masked", "context": 64, '
    '"feather": 12, "tone_match": true, "each_island": false, "margins": [0, 0, 80, 0], "overlap": 8}, "session": '
    '{"current": 2, "steps": [{"id": 1, "parent": null, "sha256": "COFFEE", "picture_id": null, "label": '
    '"coffee.png", "mask": null, "form": {}, "trip": {}, "seed": null, "words": "", "results": [3, 4], "fresh": 1, '
    '"closed": false, "name": "caf\\udce9.png"}, {"id": 2, "parent": 1, "sha256": "CHELSEA", "picture_id": 3, "label": '
    '"a copper pot", "mask": "CHELSEA", "form": {"model": "fal-ai/ideogram/v2/edit", "fields": {"prompt": "a pot", '
    '"style": "anime", "expand_prompt": false}, "seed": null, "seed_mode": "random", "count": 1}, "trip": {"mode": '
    '"whole", "context": null, "feather": 0, "tone_match": false, "each_island": false, "margins": [0, 0, 0, 0], '
    '"overlap": 0}, "seed": 5, "words": "Ideogram V2 Edit\\nSeed 5", "results": [], "fresh": 0, "closed": false, '
    '"name": ""}, {"id": 5, "parent": null, "sha256": "ASTRONAUT", "picture_id": null, "label": "astronaut.png", '
    '"mask": null, "form": {"fields": {"prompt": ""}}, "trip": {}, "seed": null, "words": "", "results": [], '
    '"fresh": 0, "closed": true, "name": "astronaut.png"}]}, "waited for": {"jobs": {"0198f0a4": 1}, "groups": '
    '{"0198f0a5": {"step": 2, "parts": 3, "numbers": {"0": 6}, "missing": {"2": "0198f0a6"}, "shown": null}}}}'
)
NOTE = '{"picture": 3, "note": "half \\ud83c"}'


def _with_hashes(draft: str, photos: Path) -> str:
    for name in ("coffee", "chelsea", "astronaut"):
        draft = draft.replace(name.upper(), hashlib.sha256((photos / f"{name}.png").read_bytes()).hexdigest())
    return draft


async def _write(root: Path, photos: Path, drafts: dict[str, str]) -> None:
    """Store the photographs, and the text of each draft. Show the gallery at the next start."""
    library = Library(AppPaths.below(root).library)
    await library.start()
    for name in ("coffee", "chelsea", "astronaut"):
        await library.inputs.keep((photos / f"{name}.png").read_bytes())
    rows = [(name, _with_hashes(text, photos)) for name, text in drafts.items()]

    def insert(connection: sqlite3.Connection) -> None:
        connection.executemany("INSERT INTO drafts VALUES (?, ?)", rows)

    await library.database.write(insert)
    library.close()
    Preferences(AppPaths.below(root).settings).tab = "gallery"


async def _read(root: Path) -> dict[str, str]:
    library = Library(AppPaths.below(root).library)
    await library.start()
    query = "SELECT name, value FROM drafts"
    rows = await library.database.read(lambda connection: connection.execute(query).fetchall())
    library.close()
    return {row["name"]: row["value"] for row in rows}


async def test_stored_drafts_are_opened_and_written_back_unchanged(tmp_path: Path, theme: Theme, photos: Path) -> None:
    drafts = {"generate": GENERATE, "edit": EDIT, "inpaint": INPAINT}
    await _write(tmp_path, photos, drafts)
    async with opened(tmp_path, theme) as at:
        session: InpaintSession = at.window.inpaint.session
        await at.until(lambda: session.has_image)
        assert at.window.generate.draft.prompt.endswith("fin \U0001f388")
        assert [kept.picture_id for kept in at.window.edit.references.list.input_images()] == [4, None]
        assert [step.label for step in session.history.steps.visible()] == ["coffee.png", "a copper pot"]
        assert session.settings.margins == (0, 0, 80, 0)
    written = await _read(tmp_path)
    # Stored before there were references in Inpaint.
    drafts["inpaint"] = INPAINT.replace('"session"', '"references": [], "session"')
    for name, text in drafts.items():
        assert written[name] == _with_hashes(text, photos)


async def test_a_note_being_typed_is_taken_over_once(tmp_path: Path, theme: Theme, photos: Path) -> None:
    await _write(tmp_path, photos, {"note": NOTE})
    async with opened(tmp_path, theme):
        pass
    assert (await _read(tmp_path))["note"] == "{}"


async def test_invalid_parts_of_drafts_are_left_out_one_by_one(tmp_path: Path, theme: Theme, photos: Path) -> None:
    generate, edit, inpaint = json.loads(GENERATE), json.loads(EDIT), json.loads(INPAINT)
    generate["fields"]["resolution"] = {"width": 5}
    generate["results"] = {"places": ["0198f0a2", None], "opened": "5"}
    edit["model"] = ["none"]
    edit["references"][0] = {"picture_id": "x"}
    edit["references"][1]["picture_id"] = "x"
    edit["count"] = "many"
    inpaint["trip"]["feather"] = -1
    first_step = {"trip": {"mode": "none"}, "words": None, "name": 7, "results": ["x", 3], "seed": "a"}
    inpaint["session"]["steps"][0] |= first_step
    inpaint["session"]["steps"][1]["form"] = {"fields": {"prompt": "kept"}, "count": []}
    first = inpaint["session"]["steps"][0]
    inpaint["session"]["steps"] += [{"id": 9}, first | {"parent": first["id"]}, first | {"id": 2**70, "parent": None}]
    inpaint["waited for"]["groups"]["0198f0a7"] = {"step": "x", "parts": 2}
    drafts = {"generate": generate, "edit": edit, "inpaint": inpaint, "note": {"picture": "x", "note": 3}}
    await _write(tmp_path, photos, {name: json.dumps(draft) for name, draft in drafts.items()})
    async with opened(tmp_path, theme) as at:
        session: InpaintSession = at.window.inpaint.session
        await at.until(lambda: session.has_image)
        assert at.window.generate.draft.fields() | {"resolution": "1K"} == json.loads(GENERATE)["fields"]
        assert at.window.generate.draft.count == 3
        assert at.window.edit.draft.prompt == "more snow"
        assert [kept.picture_id for kept in at.window.edit.references.list.input_images()] == [None]
        assert [step.id for step in session.history.steps] == [1, 2, 5]
        first = session.history.steps[1]
        assert (first.words, first.name, first.results, first.seed) == ("", "", [3], None)
        assert session.settings.value.feather == 0
        assert session.draft.count == 2
        await session.history.return_to(1)
        await session.history.return_to(2)
        assert session.draft.prompt == "a copper pot"
    written = {name: json.loads(text) for name, text in (await _read(tmp_path)).items()}
    assert written["generate"]["results"]["places"][0] == "0198f0a2"
    assert set(written["inpaint"]["waited for"]["groups"]) == {"0198f0a5"}


async def test_drafts_of_any_other_kind_count_as_empty(tmp_path: Path, theme: Theme, photos: Path) -> None:
    invalid = {
        "generate": '{"model": 1, "fields": 2, "seed": {}, "seed_mode": 4, "count": null, "results": [5]}',
        "edit": '{"references": {"sha256": 1}, "results": {"places": 5}}',
        "inpaint": '{"trip": 1, "session": [], "waited for": {"jobs": [], "groups": 5}}',
        "note": "[1]",
    }
    await _write(tmp_path, photos, invalid)
    async with opened(tmp_path, theme) as at:
        assert at.window.generate.draft.prompt == ""
        assert not at.window.edit.references.list.input_images()
        assert not len(at.window.inpaint.session.history.steps)
