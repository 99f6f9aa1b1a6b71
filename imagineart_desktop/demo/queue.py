"""The demo's queue: a few runners, real queue positions, and work that resumes after a restart."""

from __future__ import annotations

import asyncio
import base64
import logging
import os
import time
from collections.abc import Sequence
from datetime import UTC, datetime

from imagineart_desktop.demo import errors
from imagineart_desktop.demo.endpoints import Endpoint
from imagineart_desktop.demo.faults import ActiveFaults, Fault, FaultKind
from imagineart_desktop.demo.options import QueueOptions
from imagineart_desktop.demo.renderer import SLOW, RenderedImage, render, validate
from imagineart_desktop.demo.request_store import DemoStore, StoredRequest
from imagineart_desktop.demo.timing import Timing
from imagineart_desktop.models import ModelRegistry, ModelRequest, ModelSpec
from imagineart_desktop.support.json_types import JsonObject, JsonValue

log = logging.getLogger(__name__)

_SLOWER = 10
_STEPS = ("Loading model", "Encoding prompt", "Sampling", "Decoding image", "Storing result")


class RequestQueue:
    """Accepts requests and processes them in order. Runs in the server's event loop."""

    def __init__(self, store: DemoStore, models: ModelRegistry, pace: Timing, cdn: str, faults: ActiveFaults) -> None:
        self.store = store
        self.models = models
        self._faults = faults
        self._pace = pace
        self._cdn = cdn
        self._waiting: list[StoredRequest] = []
        self._running: dict[str, asyncio.Task[None]] = {}
        self._processors = asyncio.Semaphore(os.cpu_count() or 1)
        self._changes: dict[str, asyncio.Event] = {}
        self._stopped = False

    def resume(self) -> None:
        """Queue the requests that an earlier run left unfinished."""
        for entry in self.store.unfinished():
            self._enqueue(entry)
        self._admit()

    async def stop(self) -> None:
        """Stop all work; unfinished requests stay in the store."""
        self._stopped = True
        tasks = list(self._running.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def submit(self, endpoint: str, body: JsonObject, options: QueueOptions | None = None) -> StoredRequest:
        """Accept a request. Raises RefusalError (404, 422 or 429) before anything is written."""
        validate(self.models, endpoint, body)
        options = options or QueueOptions()
        if options.max_length is not None and self._length(endpoint) > options.max_length:
            raise errors.request_error(429, "Queue is full: more requests are waiting than fal_max_queue_length allows")
        entry = self.store.accept(endpoint, body, low=options.low, start_timeout=options.start_timeout)
        self._enqueue(entry)
        self._admit()
        return entry

    def cancel(self, entry: StoredRequest) -> bool:
        """Cancel a request. Returns whether it could still be stopped."""
        if entry.state == "COMPLETED":
            return False
        entry.cancelled = True
        self.store.count("cancelled")
        self._give_up(entry, errors.request_error(499, "Request was cancelled by the client", "client_cancelled"))
        return True

    def position(self, entry: StoredRequest) -> int:
        """Return how many requests wait before this one."""
        return self._waiting.index(entry) if entry in self._waiting else 0

    def changed(self, request_id: str) -> asyncio.Event:
        """Return an event that is set at the request's next change."""
        return self._changes.setdefault(request_id, asyncio.Event())

    def _length(self, endpoint: str) -> int:
        """Return how many requests to the endpoint haven't started."""
        return sum(entry.state == "IN_QUEUE" and entry.endpoint == endpoint for entry in self.store.entries())

    def _enqueue(self, entry: StoredRequest) -> None:
        """Add a request to the queue, normal priority before low.

        One with a start timeout is dropped if it doesn't start in time.
        """
        behind = (place for place, other in enumerate(self._waiting) if other.low and not entry.low)
        self._waiting.insert(next(behind, len(self._waiting)), entry)
        if entry.start_timeout is not None:
            left = max(0.0, entry.accepted_at + entry.start_timeout - time.time())
            asyncio.get_running_loop().call_later(left, self._expire, entry)

    def _expire(self, entry: StoredRequest) -> None:
        if entry.state == "IN_QUEUE" and not self._stopped:
            self._give_up(entry, errors.request_error(504, "Request timed out", "request_timeout"))

    def _give_up(self, entry: StoredRequest, refusal: errors.RequestError) -> None:
        """End a request that is queued or in progress."""
        if entry in self._waiting:
            self._waiting.remove(entry)
        task = self._running.pop(entry.request_id, None)
        if task is not None:
            task.cancel()
        self._fail(entry, refusal)
        self._admit()

    def _admit(self) -> None:
        while self._waiting and len(self._running) < self._pace.runners and not self._stopped:
            entry = self._waiting.pop(0)
            task = asyncio.get_running_loop().create_task(self._work(entry))
            self._running[entry.request_id] = task

    async def _work(self, entry: StoredRequest) -> None:
        try:
            await self._paint(entry)
        except errors.RequestError as refusal:
            self._fail(entry, refusal)
        except Exception:
            # Otherwise the request would stay in progress forever.
            log.exception("a request could not be painted")
            self._fail(entry, errors.request_error(500, "Internal server error", "internal_server_error"))
        finally:
            self._running.pop(entry.request_id, None)
            self._admit()

    async def _paint(self, entry: StoredRequest) -> None:
        """Wait, work and finish in the configured time. Raises RefusalError."""
        slower = _SLOWER if SLOW in str(entry.body.get("prompt", "")) else 1
        await asyncio.sleep(self._pace.queue)
        entry.state = "IN_PROGRESS"
        model, request = validate(self.models, entry.endpoint, entry.body)
        self._log(entry, f"Runner took request for {model.label}")
        fault = self._faults.next_fault(Endpoint.WORK)
        painting = asyncio.create_task(self._rendered(model, request, fault))
        started = time.monotonic()
        if fault is not None and fault.trouble is FaultKind.DELAY:
            await asyncio.sleep(fault.seconds)
        for step in _STEPS:
            await asyncio.sleep(self._pace.work * slower / len(_STEPS))
            self._log(entry, step)
        painted = await painting
        if fault is not None and fault.trouble is FaultKind.FAIL:
            raise errors.request_error(fault.code, "Made to fail", fault.kind)
        entry.seconds = round(time.monotonic() - started, 3)
        try:
            self._finish(entry, model, painted)
        except OSError as error:
            words = f"The demo server cannot store the image: {error.strerror}."
            raise errors.request_error(500, words, "internal_server_error") from error

    async def _rendered(self, model: ModelSpec, request: ModelRequest, fault: Fault | None) -> list[RenderedImage]:
        # More renderings than processors would save no time, and each takes the memory of several images.
        async with self._processors:
            return await asyncio.to_thread(render, model, request, self.store, self._cdn, fault)

    def _finish(self, entry: StoredRequest, model: ModelSpec, painted: Sequence[RenderedImage]) -> None:
        has_seed = model.returns_seed
        output: JsonObject = {"images": [self._stored(image, with_size=not has_seed) for image in painted]}
        if has_seed:
            output["seed"] = painted[0].seed
        output["is_single"] = model.has_single_result
        entry.output = output
        self.store.count("bills", f"bills:{entry.endpoint}")
        self._complete(entry)

    def _stored(self, image: RenderedImage, *, with_size: bool) -> JsonObject:
        name = self.store.store_file(image.png, "png")
        told: JsonObject = {
            "file": name,
            "content_type": "image/png",
            "file_name": name,
            "file_size": len(image.png),
        }
        return told | {"width": image.width, "height": image.height} if with_size else told

    def _fail(self, entry: StoredRequest, refusal: errors.RequestError) -> None:
        entry.error_status, entry.error_body = refusal.status, refusal.body
        self._log(entry, "Request failed", level="ERROR")
        self._complete(entry)

    def _complete(self, entry: StoredRequest) -> None:
        entry.state = "COMPLETED"
        try:
            self.store.write(entry)
        except OSError as error:
            # After a restart it's processed again.
            log.warning("a finished request could not be written down: %s", error.strerror)
        self._announce(entry)

    def _log(self, entry: StoredRequest, message: str, level: str = "INFO") -> None:
        stamp = datetime.now(UTC).isoformat(timespec="milliseconds")
        entry.logs.append({"timestamp": stamp, "level": level, "message": message, "source": "demo"})
        self._announce(entry)

    def _announce(self, entry: StoredRequest) -> None:
        event = self._changes.pop(entry.request_id, None)
        if event is not None:
            event.set()


def image_count(entry: StoredRequest) -> int:
    """Return how many images a finished request has."""
    kept = (entry.output or {}).get("images")
    return len(kept) if isinstance(kept, list) else 0


def output_json(entry: StoredRequest, store: DemoStore, cdn: str) -> JsonObject:
    """Return the model's output with URLs, or with data URIs if the request set `sync_mode`."""
    output = dict(entry.output or {})
    kept, images = output.get("images"), list[JsonValue]()
    for stored in kept if isinstance(kept, list) else []:
        if not isinstance(stored, dict):
            continue
        image = {name: value for name, value in stored.items() if name != "file"}
        file = str(stored["file"])
        if entry.body.get("sync_mode"):
            path = store.file(file)
            data = path.read_bytes() if path else b""
            image["url"] = f"data:image/png;base64,{base64.b64encode(data).decode('ascii')}"
        else:
            image["url"] = f"{cdn}/files/{file}"
        images.append(image)
    if output.pop("is_single", False):
        del output["images"]
        return {"image": images[0], **output}
    output["images"] = images
    return output
