"""Does one thing to images with a model: its draft, its price, and the images that are sent."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from decimal import Decimal
from functools import partial
from pathlib import Path

from imagineart_desktop.fal import ServiceKind
from imagineart_desktop.imaging import normalize_for_upload, read_file
from imagineart_desktop.jobs import InputImage, ServiceConnection
from imagineart_desktop.library import Library
from imagineart_desktop.models import ModelSpec, Task, list_price
from imagineart_desktop.workspace.commands.command import Command, CommandContext
from imagineart_desktop.workspace.image_source import library_file
from imagineart_desktop.workspace.request_draft import RequestDraft
from imagineart_desktop.workspace.submitter import ReadImage, RequestSubmitter, Submission


class TaskRunner:
    """Sends the requests of the tasks that a command is for."""

    def __init__(self, library: Library, account: ServiceConnection, submitter: RequestSubmitter) -> None:
        self._library = library
        self._account = account
        self._submitter = submitter
        self._was_free = False
        """Whether the price that was displayed last was that of the demo."""
        self._displayed: dict[Task, ModelSpec] = {}
        """Task → the model whose price was displayed last."""

    def note(self, command: Command, now: CommandContext, images: int = 1) -> str:
        """Return what is displayed beside a command's label: the price, or why it can't be used now."""
        if command.task is None:
            return ""
        if reason := command.reason(now):
            return reason.rstrip(".")
        self._was_free = self._is_free
        draft = RequestDraft(command.task, self._library.models)
        self._displayed[command.task] = draft.model
        return "free (demo)" if self._was_free else _price(command, draft, images)

    def draft(self, task: Task) -> RequestDraft:
        """Return a request with the defaults of the task's first model, for the price that was displayed last.

        Another model may have become the first one since.
        """
        draft = RequestDraft(task, self._library.models)
        draft.set_model(self._displayed.get(task, draft.model))
        draft.set_free(self._was_free)
        return draft

    async def send(
        self, draft: RequestDraft, sources: Sequence[ReadImage], allowance: Decimal | None = None
    ) -> Submission:
        """Create jobs that do the task to each of the images. Returns what became of them. allowance: see `Worker`."""
        return await self._submitter.submit_each(draft, sources, allowance)

    def of_library(self, picture_id: int) -> ReadImage:
        """Return what reads an image of the library."""
        return partial(self._read, picture_id)

    @property
    def _is_free(self) -> bool:
        return self._account.settled.is_set() and self._account.kind is not ServiceKind.LIVE

    async def _read(self, picture_id: int) -> InputImage:
        return await read_source(await library_file(picture_id, self._library), picture_id)


def _price(command: Command, draft: RequestDraft, images: int) -> str:
    if command.opens_dialog:
        return list_price(draft.model) if draft.model.price_rule.range else "price unknown"
    price = draft.price_of(images)
    return price.sentence if price is not None and price.is_known else "price unknown"


async def read_source(path: Path, picture_id: int | None) -> InputImage:
    """Return an image file as it is sent. Raises PictureError."""

    def read() -> bytes:
        return normalize_for_upload(read_file(path), name=path.name)

    return InputImage(await asyncio.to_thread(read), picture_id, path.name)
