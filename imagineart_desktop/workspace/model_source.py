"""Where a model to add comes from: its id or a link to it, a saved OpenAPI document, or a model file."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

from imagineart_desktop.fal import fetch_model_document
from imagineart_desktop.models import ModelSpec, is_endpoint, spec_from_json
from imagineart_desktop.models.openapi import MAX_BYTES, ModelProposal, OpenApiError, propose, read_document
from imagineart_desktop.support.plain_text import single_line
from imagineart_desktop.support.wording import ellipsize
from imagineart_desktop.workspace.added_models import AddedModelError, ModelSourceError

_HOSTS = ("fal.ai", "www.fal.ai")
_PAGES = ("api", "playground", "examples", "llms.txt")
"""Pages below that of a model."""

_LONGEST_QUOTE = 40


async def read_model_source(source: str) -> ModelProposal | ModelSpec:
    """Read a model from a file, or from fal.ai by its id or a link to it.

    Raises ModelSourceError, AddedModelError, OpenApiError, InvalidSpecError, FalError.
    """
    path = Path(source)
    if await asyncio.to_thread(_is_file, path):
        return await read_model_file(path)
    endpoint = _endpoint_of(source)
    document = await asyncio.to_thread(read_document, await fetch_model_document(endpoint, MAX_BYTES))
    if document.endpoint != endpoint:
        raise OpenApiError(f"fal.ai sent the document of another model, {document.endpoint}.")
    return propose(document)


async def read_model_file(path: Path) -> ModelProposal | ModelSpec:
    """Read an OpenAPI document, or a model file that `export_model` wrote.

    Raises AddedModelError, OpenApiError, InvalidSpecError.
    """
    return await asyncio.to_thread(_read_file, path)


def _is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except (OSError, ValueError):
        return False


def _read_file(path: Path) -> ModelProposal | ModelSpec:
    try:
        if not path.is_file():
            # Opening a pipe would wait for a writer.
            raise AddedModelError(f"{_quoted(path.name)} isn’t a file.")
        with path.open("rb") as file:
            data = file.read(MAX_BYTES + 1)
    except OSError as error:
        raise AddedModelError(f"{_quoted(path.name)} can’t be read: {error.strerror}.") from None
    return spec_from_json(data) if _is_model_file(data) else propose(read_document(data))


def _is_model_file(data: bytes) -> bool:
    """Return whether the bytes are meant as a model's definition rather than as a document."""
    try:
        found = json.loads(data) if len(data) <= MAX_BYTES else None
    except (ValueError, RecursionError):
        return False
    return isinstance(found, dict) and "format" in found and "openapi" not in found


def _endpoint_of(source: str) -> str:
    """Return the id that the user wrote, or that a link to a page of fal.ai contains. Raises ModelSourceError."""
    found = source
    if "://" in source:
        try:
            link = urlsplit(source)
        except ValueError:
            raise ModelSourceError(f"{_quoted(source)} is not a link.") from None
        if link.scheme not in ("http", "https") or link.hostname not in _HOSTS:
            raise ModelSourceError(f"{_quoted(source)} is not a link to a model of fal.ai.")
        parts = link.path.removeprefix("/models/").strip("/").split("/")
        found = (parse_qs(link.query).get("endpoint_id") or ["/".join(parts[: -1 if parts[-1] in _PAGES else None])])[0]
    if not is_endpoint(found):
        raise ModelSourceError(f"{_quoted(source)} is neither a file nor the id of a model, like fal-ai/flux.")
    return found


def _quoted(words: str) -> str:
    return f"“{ellipsize(single_line(words), _LONGEST_QUOTE)}”"
