"""How the user arranged the models: their order, which are hidden, which are starred, and their own names for them."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field

from imagineart_desktop.models.kept_file import NewerFileError, read_bounded, set_aside, versioned_json
from imagineart_desktop.models.model_spec import MAX_ENDPOINT, ModelSpec
from imagineart_desktop.support.errors import UserError
from imagineart_desktop.support.plain_text import single_line

MAX_LABEL = 60
"""Maximum length of a model's name."""

_VERSION = 1
_MAX_BYTES = 500_000
_MAX_MODELS = 1_000

_Endpoint = Annotated[str, Field(max_length=MAX_ENDPOINT)]


class ArrangementError(UserError):
    """A stored arrangement can't be used. The message is a sentence for the user."""


class NewerArrangementError(ArrangementError):
    """An arrangement was written by a newer version of the program."""


class Arrangement(BaseModel):
    """An arrangement of models, by their endpoint ids.

    order: those that come first; all others follow in the program's order. names: endpoint → label.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    order: tuple[_Endpoint, ...] = Field((), max_length=_MAX_MODELS)
    hidden: frozenset[_Endpoint] = Field(frozenset(), max_length=_MAX_MODELS)
    starred: frozenset[_Endpoint] = Field(frozenset(), max_length=_MAX_MODELS)
    names: Mapping[_Endpoint, str] = Field({}, max_length=_MAX_MODELS)

    def arranged(self, models: Iterable[ModelSpec]) -> list[ModelSpec]:
        """Return the models with the user's names, starred ones first, then in the user's order."""
        places = {endpoint: place for place, endpoint in enumerate(self.order)}
        last = len(places)
        return sorted(
            map(self._named, models),
            key=lambda model: (model.endpoint not in self.starred, places.get(model.endpoint, last)),
        )

    def with_hidden(self, endpoint: str, on: bool) -> Self:
        """Return the arrangement with a model hidden, or shown."""
        return self.model_copy(update={"hidden": _with(self.hidden, endpoint, on)})

    def with_starred(self, endpoint: str, on: bool) -> Self:
        """Return the arrangement with or without a star at a model."""
        return self.model_copy(update={"starred": _with(self.starred, endpoint, on)})

    def with_name(self, endpoint: str, name: str) -> Self:
        """Return the arrangement with another name of a model; an empty one restores its own."""
        names = {known: label for known, label in self.names.items() if known != endpoint}
        if label := model_label(name):
            names[endpoint] = label
        return self.model_copy(update={"names": names})

    def with_order(self, order: Sequence[str]) -> Self:
        """Return the arrangement with this order."""
        return self.model_copy(update={"order": tuple(order)[:_MAX_MODELS]})

    def _named(self, model: ModelSpec) -> ModelSpec:
        label = model_label(self.names.get(model.endpoint, ""))
        return model.renamed(label) if label else model

    def to_json(self) -> str:
        """Return the arrangement as JSON."""
        stored = {
            "version": _VERSION,
            "order": list(self.order),
            "hidden": sorted(self.hidden),
            "starred": sorted(self.starred),
            "names": dict(sorted(self.names.items())),
        }
        return json.dumps(stored, ensure_ascii=False, indent=1)

    @classmethod
    def from_json(cls, data: bytes) -> Self:
        """Read an arrangement. Raises ArrangementError, NewerArrangementError."""
        try:
            stored = versioned_json(data, version=_VERSION, max_bytes=_MAX_BYTES)
            return cls.model_validate_json(stored, strict=True)
        except NewerFileError:
            raise NewerArrangementError(
                "Order, names and stars of the models were saved by a newer version of the program. Update it to use"
                " and change them; nothing is lost."
            ) from None
        except ValueError:
            raise ArrangementError("Order, names and stars of the models couldn’t be read.") from None


def model_label(name: str) -> str:
    """Return a name as it's shown: on one line, and not too long."""
    return single_line(name)[:MAX_LABEL].strip()


def arrangement_file(folder: Path) -> Path:
    """Return where the arrangement is stored. folder: of the models that the user added."""
    return folder.parent / f"{folder.name}.json"


def read_arrangement(folder: Path) -> Arrangement:
    """Read the arrangement of the models, the default one if there is none. folder: of the added models.

    A damaged file is renamed, so that it's kept and reported once. Raises ArrangementError.
    """
    file = arrangement_file(folder)
    try:
        data = read_bounded(file, _MAX_BYTES)
    except OSError as error:
        raise ArrangementError(f"Order, names and stars of the models can’t be read: {error.strerror}.") from None
    if data is None:
        return Arrangement()
    try:
        return Arrangement.from_json(data)
    except NewerArrangementError:
        raise
    except ArrangementError as error:
        raise ArrangementError(f"{error} {set_aside(file, 'The default order is used')}") from None


def _with(endpoints: frozenset[str], endpoint: str, on: bool) -> frozenset[str]:
    return endpoints | {endpoint} if on else endpoints - {endpoint}
