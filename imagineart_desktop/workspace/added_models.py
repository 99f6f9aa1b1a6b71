"""Changes to the folder of the models that the user added."""

from __future__ import annotations

from pathlib import Path

from imagineart_desktop.library import write_atomic
from imagineart_desktop.models import InvalidSpecError, ModelSpec, spec_to_json
from imagineart_desktop.models.added_models import MAX_FILES, read_model
from imagineart_desktop.support import UserError


class AddedModelError(UserError):
    """A model can't be added or removed. The message is a sentence for the user."""


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


def _endpoint_in(file: Path) -> str | None:
    try:
        return read_model(file).endpoint
    except (OSError, InvalidSpecError):
        return None


def _path_of(folder: Path, endpoint: str) -> Path:
    return folder / f"{endpoint.replace('/', '__')}.json"
