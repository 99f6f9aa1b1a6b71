"""Changes to the folder of the models that the user added, and to how all models are arranged."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from imagineart_desktop.library import LibraryError, locked_file, write_atomic
from imagineart_desktop.models import InvalidSpecError, ModelRegistry, ModelSpec, Task, spec_to_json
from imagineart_desktop.models.added_models import MAX_FILES, read_model
from imagineart_desktop.models.arrangement import Arrangement, ArrangementError, arrangement_file, read_arrangement
from imagineart_desktop.models.facts import FactsError, ModelFacts, facts_file, facts_to_json, read_facts
from imagineart_desktop.support import UserError
from imagineart_desktop.workspace.task_texts import TASK_TEXT


class AddedModelError(UserError):
    """A model can't be added, removed or arranged. The message is a sentence for the user."""


class ModelSourceError(UserError, ValueError):
    """No model can be added from what the user named. The message is a sentence for the user."""


def model_file_name(endpoint: str) -> str:
    """Return what the file of a model is called."""
    return f"{endpoint.replace('/', '__')}.json"


def refuse_clash(models: ModelRegistry, model: ModelSpec) -> None:
    """Raise ModelSourceError for a model with an id that another one has."""
    known = models.find(model.endpoint)
    if known is None:
        return
    if models.is_added(model.endpoint):
        raise ModelSourceError(f"{known.label} is added already. Remove it first.")
    raise ModelSourceError(f"{known.label} comes with the program.")


def save_model(folder: Path, model: ModelSpec) -> None:
    """Write the file of an added model. Raises AddedModelError, InvalidSpecError."""
    try:
        write_atomic(_path_of(folder, model.endpoint), spec_to_json(model).encode(), replace=False)
    except FileExistsError:
        raise AddedModelError(f"There is a model with the id {model.endpoint} already. Remove it first.") from None
    except OSError as error:
        raise AddedModelError(f"The model can’t be saved in {folder}: {error.strerror}.") from None


def remove_model(folder: Path, endpoint: str) -> bool:
    """Remove the file of an added model. Return whether there was one. Raises AddedModelError."""
    try:
        for file in sorted(folder.glob("*.json"))[:MAX_FILES]:
            if file == _path_of(folder, endpoint) or _endpoint_in(file) == endpoint:
                file.unlink()
                return True
    except OSError as error:
        raise AddedModelError(f"The model can’t be removed from {folder}: {error.strerror}.") from None
    return False


def change_arrangement(folder: Path, change: Callable[[Arrangement], Arrangement]) -> None:
    """Change how the models are arranged. folder: of the added models. Raises AddedModelError."""
    with _changing(folder):
        before = read_arrangement(folder)
        after = change(before)
        if after != before:
            write_atomic(arrangement_file(folder), after.to_json().encode())


def change_facts(folder: Path, change: Callable[[Mapping[str, ModelFacts]], Mapping[str, ModelFacts]]) -> None:
    """Change what is known of the models from the service. folder: of the added models. Raises AddedModelError."""
    with _changing(folder):
        before = read_facts(folder)
        after = {**before, **change(before)}
        if after != before:
            write_atomic(facts_file(folder), facts_to_json(after).encode())


@contextmanager
def _changing(folder: Path) -> Iterator[None]:
    """Let no other program change the files of the models during the block. Raises AddedModelError."""
    try:
        with locked_file(folder.with_name(f"{folder.name}.lock")):
            yield
    except (ArrangementError, FactsError, LibraryError) as error:
        raise AddedModelError(str(error)) from None
    except OSError as error:
        raise AddedModelError(f"The models can’t be saved in {folder.parent}: {error.strerror}.") from None


def refuse_to_hide_last(models: ModelRegistry, endpoint: str) -> None:
    """Raise AddedModelError if a tab or a command would offer no model without this one."""
    for task in Task:
        offered = models.offered_for(task)
        if [model.endpoint for model in offered] == [endpoint]:
            raise AddedModelError(
                f"{offered[0].label} is the only model in {TASK_TEXT[task]}. Add or show another one first."
            )


def export_model(path: Path, model: ModelSpec, *, replace: bool = True) -> None:
    """Write a model file, which `read_model_file` reads. replace: an existing file. Raises AddedModelError."""
    try:
        write_atomic(path, spec_to_json(model).encode(), replace=replace, private=False)
    except OSError as error:
        if isinstance(error, FileExistsError) and not replace:
            raise AddedModelError(f"“{path}” exists already.") from None
        raise AddedModelError(f"The model can’t be saved as “{path}”: {error.strerror}.") from None


def _endpoint_in(file: Path) -> str | None:
    try:
        return read_model(file).endpoint
    except (OSError, InvalidSpecError):
        return None


def _path_of(folder: Path, endpoint: str) -> Path:
    return folder / model_file_name(endpoint)
