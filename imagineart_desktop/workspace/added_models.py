"""The models that the user added, one file each in a folder. A file that can't be used is left as it is."""

from __future__ import annotations

from pathlib import Path

from imagineart_desktop.library import write_atomic
from imagineart_desktop.models import BUILT_IN, InvalidSpecError, ModelRegistry, ModelSpec, spec_from_json, spec_to_json
from imagineart_desktop.models.spec_json import MAX_BYTES
from imagineart_desktop.support import UserError
from imagineart_desktop.support.plain_text import single_line

_MAX_FILES = 200


class AddedModelError(UserError):
    """A model can't be added or removed. The message is a sentence for the user."""


def load_models(folder: Path) -> ModelRegistry:
    """Return the built-in models and those of a folder. Its `problems` say which files can't be used, and why."""
    try:
        files = sorted(folder.glob("*.json"))
    except OSError as error:
        return ModelRegistry(problems=[f"The added models can’t be read: {error.strerror}."])
    added: dict[str, ModelSpec] = {model.endpoint: model for model in BUILT_IN}
    problems = []
    if len(files) > _MAX_FILES:
        problems.append(f"There are {len(files)} files of models; the first {_MAX_FILES} are used.")
    for file in files[:_MAX_FILES]:
        name = single_line(file.name)
        try:
            model = _read(file)
        except (OSError, InvalidSpecError) as error:
            reason = error.strerror if isinstance(error, OSError) else str(error)
            problems.append(f"The model in “{name}” can’t be used; the file is as it was. {reason}")
            continue
        if model.endpoint in added:
            problems.append(f"The model in “{name}” isn’t used: there is one with the id {model.endpoint} already.")
        else:
            added[model.endpoint] = model
    return ModelRegistry(added=list(added.values())[len(BUILT_IN) :], problems=problems)


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
        for file in sorted(folder.glob("*.json"))[:_MAX_FILES]:
            if file == _path_of(folder, endpoint) or _endpoint_in(file) == endpoint:
                file.unlink()
                return True
    except OSError as error:
        raise AddedModelError(f"The model can’t be removed from {folder}: {error.strerror}.") from None
    return False


def _read(file: Path) -> ModelSpec:
    with file.open("rb") as opened:
        return spec_from_json(opened.read(MAX_BYTES + 1))


def _endpoint_in(file: Path) -> str | None:
    try:
        return _read(file).endpoint
    except (OSError, InvalidSpecError):
        return None


def _path_of(folder: Path, endpoint: str) -> Path:
    return folder / f"{endpoint.replace('/', '__')}.json"
