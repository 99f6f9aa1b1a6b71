"""The models that the user added, one file each in a folder. A file that can't be used is left as it is."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from imagineart_desktop.models.arrangement import ArrangementError, read_arrangement
from imagineart_desktop.models.facts.known import FactsError, ModelFacts, read_facts
from imagineart_desktop.models.model_spec import ModelSpec
from imagineart_desktop.models.registry import BUILT_IN, ModelRegistry
from imagineart_desktop.models.spec_json import MAX_SPEC_BYTES, InvalidSpecError, spec_from_json
from imagineart_desktop.support.plain_text import single_line

MAX_FILES = 200


def load_models(folder: Path) -> ModelRegistry:
    """Return the built-in models and those of a folder, as the user arranged them.

    Its `problems` say which files can't be used, and why.
    """
    problems: list[str] = []
    arrangement = None
    try:
        arrangement = read_arrangement(folder)
    except ArrangementError as error:
        problems.append(str(error))
    facts: Mapping[str, ModelFacts] = {}
    try:
        facts = read_facts(folder)
    except FactsError as error:
        problems.append(str(error))
    added = _added_models(folder, problems)
    return ModelRegistry(added=added, arrangement=arrangement, problems=problems, facts=facts)


def stored_model(folder: Path, endpoint: str) -> ModelSpec | None:
    """Return an added model as it's stored, without the user's name for it."""
    return next((model for model in _added_models(folder, []) if model.endpoint == endpoint), None)


def _added_models(folder: Path, problems: list[str]) -> list[ModelSpec]:
    """Return the models of a folder, and add a sentence to `problems` for each file that can't be used."""
    try:
        files = sorted(folder.glob("*.json"))
    except OSError as error:
        problems.append(f"The added models can’t be read: {error.strerror}.")
        return []
    added: dict[str, ModelSpec] = {model.endpoint: model for model in BUILT_IN}
    if len(files) > MAX_FILES:
        problems.append(f"There are {len(files)} files of models; the first {MAX_FILES} are used.")
    for file in files[:MAX_FILES]:
        name = single_line(file.name)
        try:
            model = read_model(file)
        except (OSError, InvalidSpecError) as error:
            reason = error.strerror if isinstance(error, OSError) else str(error)
            problems.append(f"The model in “{name}” can’t be used; the file is as it was. {reason}")
            continue
        if model.endpoint in added:
            problems.append(f"The model in “{name}” isn’t used: there is one with the id {model.endpoint} already.")
        else:
            added[model.endpoint] = model
    return list(added.values())[len(BUILT_IN) :]


def read_model(file: Path) -> ModelSpec:
    """Read the file of an added model. Raises OSError, InvalidSpecError."""
    if not file.is_file():
        # Opening a pipe would wait for a writer.
        raise InvalidSpecError("It isn’t a file.")
    with file.open("rb") as opened:
        return spec_from_json(opened.read(MAX_SPEC_BYTES + 1))
