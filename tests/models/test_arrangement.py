"""The user's order, stars and names of the models: stored in one file, which may be damaged or newer."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from imagineart_desktop.models import BUILT_IN, IDEOGRAM_V3, IMAGINEART_15, IMAGINEART_20, ModelRegistry, Task
from imagineart_desktop.models.added_models import load_models
from imagineart_desktop.models.arrangement import Arrangement, arrangement_file

FIRST, SECOND = IMAGINEART_20.endpoint, IMAGINEART_15.endpoint


def stored(folder: Path, content: bytes | Arrangement) -> Path:
    file = arrangement_file(folder)
    file.write_bytes(content.to_json().encode() if isinstance(content, Arrangement) else content)
    return file


def test_starred_models_come_first_and_then_the_users_order() -> None:
    arrangement = Arrangement().with_order([IDEOGRAM_V3.endpoint, FIRST]).with_starred(SECOND, True)
    models = ModelRegistry(arrangement=arrangement)
    others = [model for model in BUILT_IN if model not in (IMAGINEART_15, IDEOGRAM_V3, IMAGINEART_20)]
    assert list(models) == [IMAGINEART_15, IDEOGRAM_V3, IMAGINEART_20, *others]
    assert models.offered_for(Task.GENERATE)[0] == IMAGINEART_15
    assert (models.is_starred(SECOND), models.is_starred(FIRST)) == (True, False)


def test_a_hidden_model_is_known_but_not_offered() -> None:
    models = ModelRegistry(arrangement=Arrangement().with_hidden(FIRST, True))
    assert models.is_hidden(FIRST)
    assert models.find(FIRST) == IMAGINEART_20
    assert IMAGINEART_20 in models.for_task(Task.GENERATE)
    assert IMAGINEART_20 not in models.offered_for(Task.GENERATE)


def test_a_form_has_a_model_even_if_all_are_hidden() -> None:
    models = ModelRegistry([IMAGINEART_20], arrangement=Arrangement().with_hidden(FIRST, True))
    assert models.offered_for(Task.GENERATE) == (IMAGINEART_20,)


def test_another_name_is_shown_everywhere_and_can_be_withdrawn() -> None:
    named = Arrangement().with_name(FIRST, "  My\nmodel‮ ")
    found = ModelRegistry(arrangement=named).get(FIRST)
    assert (found.label, found.short_label, found.fields) == ("My model", "My model", IMAGINEART_20.fields)
    assert ModelRegistry(arrangement=named).label(FIRST) == "My model"
    assert len(Arrangement().with_name(FIRST, "x" * 500).names[FIRST]) == 60
    assert ModelRegistry(arrangement=named.with_name(FIRST, " ")).get(FIRST) == IMAGINEART_20


def test_an_arrangement_is_the_same_after_a_restart(tmp_path: Path) -> None:
    arrangement = Arrangement().with_order([SECOND, FIRST]).with_hidden(SECOND, True).with_name(FIRST, "One")
    stored(tmp_path / "models", arrangement)
    models = load_models(tmp_path / "models")
    assert models.arrangement == arrangement
    assert models.problems == ()


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b"\xff",
        b"[]",
        b"{}",
        b'{"version": true}',
        b'{"version": 0}',
        b'{"version": 1, "hidden": 3}',
        b'{"version": 1, "names": {"a/b": 1}}',
        b'{"version": 1, "unknown": []}',
        b"[" * 100_000,
        b" " * 600_000 + b'{"version": 1}',
        json.dumps({"version": 1, "hidden": [f"a/{number}" for number in range(1001)]}).encode(),
    ],
)
def test_a_damaged_arrangement_is_kept_aside_and_said_once(tmp_path: Path, content: bytes) -> None:
    file = stored(tmp_path / "models", content)
    models = load_models(tmp_path / "models")
    assert list(models) == list(BUILT_IN)
    assert models.problems == (
        "Order, names and stars of the models couldn’t be read. The default order is used; the damaged file is kept as"
        " models.damaged-1.json.",
    )
    assert (tmp_path / "models.damaged-1.json").read_bytes() == content
    assert not file.exists()
    assert load_models(tmp_path / "models").problems == ()
    stored(tmp_path / "models", content)
    load_models(tmp_path / "models")
    assert (tmp_path / "models.damaged-2.json").read_bytes() == content


def test_an_arrangement_of_a_newer_version_is_left_as_it_is(tmp_path: Path) -> None:
    content = b'{"version": 2, "groups": []}'
    file = stored(tmp_path / "models", content)
    models = load_models(tmp_path / "models")
    assert list(models) == list(BUILT_IN)
    assert "newer version of the program" in models.problems[0]
    assert file.read_bytes() == content


@pytest.mark.skipif(os.name != "posix", reason="needs pipes")
def test_a_pipe_in_place_of_the_file_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(arrangement_file(tmp_path / "models"))
    (problem,) = load_models(tmp_path / "models").problems
    assert problem.endswith("models.json isn’t a file.")


def test_what_refers_to_a_registry_follows_it() -> None:
    models = ModelRegistry()
    assert models.is_same(ModelRegistry())
    other = ModelRegistry(added=[], arrangement=Arrangement().with_order([SECOND]))
    assert not models.is_same(other)
    models.become(other)
    assert list(models) == list(other)
    assert models.is_same(other)
