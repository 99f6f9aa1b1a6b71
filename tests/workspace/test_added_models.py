"""Models that the user added: stored as files, read at each start, never deleted because they are damaged."""

from __future__ import annotations

import json
import os
import time
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

import pytest

from imagineart_desktop.models import BUILT_IN, IMAGINEART_20, ModelSpec, spec_to_json
from imagineart_desktop.models.added_models import load_models
from imagineart_desktop.models.arrangement import Arrangement, read_arrangement
from imagineart_desktop.models.openapi import propose, read_document
from imagineart_desktop.workspace.added_models import AddedModelError, change_arrangement, remove_model, save_model

DOCUMENTS = Path(__file__).parent.parent / "models" / "openapi" / "documents"


def model(name: str = "birefnet_v2") -> ModelSpec:
    return propose(read_document((DOCUMENTS / f"{name}.json").read_bytes())).spec()


def test_an_added_model_is_offered_after_the_built_in_ones(tmp_path: Path) -> None:
    assert list(load_models(tmp_path / "none")) == list(BUILT_IN)
    save_model(tmp_path / "models", model())
    models = load_models(tmp_path / "models")
    assert list(models) == [*BUILT_IN, model()]
    assert [each.endpoint for each in models if models.is_added(each.endpoint)] == ["fal-ai/birefnet/v2"]
    assert models.problems == ()
    with pytest.raises(AddedModelError, match=r"There is a model with the id fal-ai/birefnet/v2 already."):
        save_model(tmp_path / "models", model())


def test_a_removed_model_is_gone_whatever_its_file_is_called(tmp_path: Path) -> None:
    (tmp_path / "mine.json").write_text(spec_to_json(model()), encoding="utf-8")
    assert remove_model(tmp_path, "fal-ai/birefnet/v2")
    assert not remove_model(tmp_path, "fal-ai/birefnet/v2")
    assert list(load_models(tmp_path)) == list(BUILT_IN)


def test_damaged_files_are_named_and_left_as_they_are(tmp_path: Path) -> None:
    newer = json.dumps({**json.loads(spec_to_json(model())), "format": 99})
    contents = {
        "a.json": b"{",
        "b.json": b"\xff",
        "c.json": b" " * 2_000_000,
        "d.json": newer.encode(),
        "e.json": b"[]",
    }
    for name, content in contents.items():
        (tmp_path / name).write_bytes(content)
    save_model(tmp_path, model())
    models = load_models(tmp_path)
    assert [each.endpoint for each in models if models.is_added(each.endpoint)] == ["fal-ai/birefnet/v2"]
    assert [f"“{name}”" in problem for name, problem in zip(contents, models.problems, strict=True)] == [True] * 5
    assert "newer version" in models.problems[3]
    assert {name: (tmp_path / name).read_bytes() for name in contents} == contents


def test_a_clashing_id_is_named(tmp_path: Path) -> None:
    save_model(tmp_path, model())
    (tmp_path / "z.json").write_text(spec_to_json(model()), encoding="utf-8")
    (tmp_path / "y.json").write_text(spec_to_json(IMAGINEART_20), encoding="utf-8")
    assert load_models(tmp_path).problems == (
        f"The model in “y.json” isn’t used: there is one with the id {IMAGINEART_20.endpoint} already.",
        "The model in “z.json” isn’t used: there is one with the id fal-ai/birefnet/v2 already.",
    )


@pytest.mark.skipif(os.name != "posix", reason="needs pipes")
def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "a.json")
    (tmp_path / "b.json").mkdir()
    assert [problem[-16:] for problem in load_models(tmp_path).problems] == ["It isn’t a file."] * 2


@pytest.mark.skipif(os.name != "posix" or os.geteuid() == 0, reason="needs a folder that can’t be read")
def test_a_folder_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    tmp_path.chmod(0)
    try:
        assert len(load_models(tmp_path).problems) == 1
    finally:
        tmp_path.chmod(0o700)


def test_changes_of_two_programs_at_once_are_both_kept(tmp_path: Path) -> None:
    endpoints = [[f"owner/{name}{number}" for number in range(8)] for name in "ab"]

    def star(name: str, now: Arrangement) -> Arrangement:
        time.sleep(0.005)
        return now.with_starred(name, True)

    def star_all(names: list[str]) -> None:
        for name in names:
            change_arrangement(tmp_path / "models", partial(star, name))

    with ThreadPoolExecutor() as programs:
        list(programs.map(star_all, endpoints))
    assert read_arrangement(tmp_path / "models").starred == {name for names in endpoints for name in names}
