"""The commands `models add` and `models remove`."""

from __future__ import annotations

import argparse
import asyncio
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

from imagineart_desktop.cli.arguments import InvalidArgumentError, quote_argument
from imagineart_desktop.cli.exit_codes import ExitCode
from imagineart_desktop.cli.model_arguments import PAINTED
from imagineart_desktop.cli.outcome import EXPECTED_ERRORS, Outcome, outcome_of_error
from imagineart_desktop.fal import fetch_model_document
from imagineart_desktop.models import MaskPolarity, ModelRegistry, ModelSpec, Task, is_endpoint
from imagineart_desktop.models.openapi import (
    MAX_BYTES,
    EndpointDocument,
    OpenApiError,
    propose,
    read_document,
)
from imagineart_desktop.support import UserError
from imagineart_desktop.workspace.added_models import AddedModelError, remove_model, save_model

_POLARITY = {name: MaskPolarity(f"painted_{name}") for name in PAINTED}
_HOSTS = ("fal.ai", "www.fal.ai")
_PAGES = ("api", "playground", "examples", "llms.txt")
"""Pages below that of a model."""


async def add_model(options: argparse.Namespace, folder: Path) -> Outcome:
    """Add the model that the arguments describe to a folder."""
    try:
        model = _proposed(await _read(options.source), options)
        _refuse_clash(options.models, model)
        await asyncio.to_thread(save_model, folder, model)
    except UserError as error:
        return outcome_of_error(error) if isinstance(error, EXPECTED_ERRORS) else _failed(error)
    except OSError as error:
        return outcome_of_error(error)
    tasks = ", ".join(task.value for task in model.tasks)
    return Outcome(ExitCode.OK, f"Added {model.label}: {model.endpoint}, for {tasks}. Its price is unknown.")


def remove(options: argparse.Namespace, folder: Path) -> Outcome:
    """Remove an added model. The images that it made stay."""
    try:
        if remove_model(folder, options.endpoint):
            return Outcome(ExitCode.OK, f"Removed {options.endpoint}. Its images stay in the library.")
    except AddedModelError as error:
        return outcome_of_error(error)
    known = options.models.find(options.endpoint) is not None
    why = "comes with the program" if known else "isn’t one that you added"
    return outcome_of_error(InvalidArgumentError(f"{quote_argument(options.endpoint)} {why}."))


def _failed(error: UserError) -> Outcome:
    return outcome_of_error(AddedModelError(str(error)))


def _proposed(document: EndpointDocument, options: argparse.Namespace) -> ModelSpec:
    proposal = propose(document)
    tasks = [Task(task) for task in options.task or ()]
    if proposal.needs_polarity(tasks) and options.mask_painted is None:
        raise InvalidArgumentError(
            f"Add --mask-painted black, white or transparent: which part of {proposal.label}’s mask is repainted?"
            " The model’s page says so."
        )
    polarity = _POLARITY.get(options.mask_painted or "")
    try:
        return proposal.spec(label=options.name, tasks=tasks, mask_polarity=polarity)
    except OpenApiError as error:
        raise InvalidArgumentError(str(error)) from error


def _refuse_clash(models: ModelRegistry, model: ModelSpec) -> None:
    known = models.find(model.endpoint)
    if known is None:
        return
    if models.is_added(model.endpoint):
        raise InvalidArgumentError(f"{known.label} is added already. “models remove {model.endpoint}” removes it.")
    raise InvalidArgumentError(f"{known.label} comes with the program.")


async def _read(source: str) -> EndpointDocument:
    """Read a document from a file, or from fal.ai by the id of a model or a link to it."""
    path = Path(source)
    if await asyncio.to_thread(path.is_file):
        return await asyncio.to_thread(lambda: read_document(_head(path)))
    endpoint = _endpoint_of(source)
    document = await asyncio.to_thread(read_document, await fetch_model_document(endpoint, MAX_BYTES))
    if document.endpoint != endpoint:
        raise OpenApiError(f"fal.ai sent the document of another model, {document.endpoint}.")
    return document


def _head(path: Path) -> bytes:
    """Return the bytes of a file up to one more than a document may have."""
    with path.open("rb") as file:
        return file.read(MAX_BYTES + 1)


def _endpoint_of(source: str) -> str:
    """Return the id that the user wrote, or that a link to a page of fal.ai contains. Raises InvalidArgumentError."""
    found = source
    if "://" in source:
        try:
            link = urlsplit(source)
        except ValueError:
            raise InvalidArgumentError(f"{quote_argument(source)} is not a link.") from None
        if link.scheme not in ("http", "https") or link.hostname not in _HOSTS:
            raise InvalidArgumentError(f"{quote_argument(source)} is not a link to a model of fal.ai.")
        parts = link.path.removeprefix("/models/").strip("/").split("/")
        found = (parse_qs(link.query).get("endpoint_id") or ["/".join(parts[: -1 if parts[-1] in _PAGES else None])])[0]
    if not is_endpoint(found):
        raise InvalidArgumentError(
            f"{quote_argument(source)} is neither a file nor the id of a model, like fal-ai/flux."
        )
    return found
