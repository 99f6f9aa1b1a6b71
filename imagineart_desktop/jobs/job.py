"""A job: one request to one model, from submission to the resulting images."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from imagineart_desktop.fal import Charged, FalError, LogEntry, ServiceKind
from imagineart_desktop.imaging import InpaintPlan
from imagineart_desktop.jobs.states import FINAL_STATES, UNSENT_STATES, JobState, check_transition
from imagineart_desktop.library import Parent
from imagineart_desktop.models import (
    ModelRequest,
    ModelSpec,
    Size,
    StoredRequest,
    Task,
    UnavailableModel,
    referenced_sha256,
)
from imagineart_desktop.support.messages import Message


@dataclass(frozen=True, slots=True)
class Failure:
    """Why a job produced no image: a message, one recommended action, and whether it was charged.

    `str` returns message and action as sentences.
    """

    error_type: str
    message: Message
    advice: Message
    charged: Charged

    @classmethod
    def of(cls, error: FalError) -> Failure:
        """Create a failure from a service error."""
        return cls(error.error_type, error.message, error.advice, error.charged)

    def __str__(self) -> str:
        """Return what happened and what to do. What only a newer version knows is said once."""
        if self.message.is_readable or self.advice.is_readable:
            return f"{self.message} {self.advice}"
        return str(self.message)


STOPPED = "stopped"
"""Error type of a job whose download the user canceled."""


@dataclass(frozen=True, slots=True)
class Download:
    """How much of a result has arrived. received: bytes; share: of all, 0 to 1, None where the size is not known."""

    began_at: datetime
    received: int = 0
    share: float | None = None


@dataclass(frozen=True, slots=True)
class RequestUrls:
    """The service's own URLs for a request."""

    status: str
    response: str
    cancel: str


@dataclass(frozen=True, slots=True)
class InputImage:
    """An input image: its bytes as a file or in memory. picture_id: its library id, if it comes from the library.

    name: of the file that it was read from, for messages; empty if it has none.
    """

    source: Path | bytes
    picture_id: int | None = None
    name: str = ""


@dataclass(frozen=True, slots=True)
class Job:
    """One job as it stands. Immutable; `moved` gives the next one. Times are UTC.

    parents: sha256 of an input → the library's picture that it was. uploads: input reference → the URL that was sent
    for it. result: the service's JSON, once it is there. step: the number of the row that this was made from; the store
    refuses a change of anything but the last. plan: of an inpaint, how it was sent and is put back. damaged_plan: the
    stored text of a plan that can't be read, empty otherwise; it stays stored, and the result stays as received.
    download: while the result is fetched; it is not stored, and the next step drops it. model, request: unavailable
    and as stored if this version can't send it. spec: SHA-256 of the model's definition, which the library stores; set
    by the store with the first row. batch: the id of its batch, place: its number in it; None without one.
    low_priority: whether the service takes it after all requests of normal priority.
    """

    id: str
    model: ModelSpec | UnavailableModel
    request: ModelRequest | StoredRequest
    service: ServiceKind
    state: JobState
    created_at: datetime
    estimate: Decimal
    parents: Mapping[str, int] = field(default_factory=dict)
    uploads: Mapping[str, str] = field(default_factory=dict)
    request_id: str | None = None
    urls: RequestUrls | None = None
    queue_position: int | None = None
    logs: tuple[LogEntry, ...] = ()
    result: str | None = None
    billed_units: str | None = None
    submitted_at: datetime | None = None
    started_at: datetime | None = None
    finished_at: datetime | None = None
    failure: Failure | None = None
    dismissed: bool = False
    step: int = 0
    plan: InpaintPlan | None = None
    damaged_plan: str = ""
    spec: str = ""
    download: Download | None = None
    batch: str | None = None
    place: int | None = None
    low_priority: bool = False

    def moved(self, state: JobState, **changes: Any) -> Job:
        """Return the job in its next state. Raises ImpossibleTransitionError."""
        check_transition(self.state, state)
        return replace(self, state=state, download=None, **changes)

    def dismissed_copy(self) -> Job:
        """Return the job as dismissed by the user."""
        return replace(self, dismissed=True)

    @property
    def is_model_available(self) -> bool:
        """Whether this version can send the request; if not, it's kept, watched and fetched, but never sent."""
        return isinstance(self.model, ModelSpec)

    @property
    def has_known_price(self) -> bool:
        """Whether the estimate is a price; so it was if the model isn't available by now."""
        return not isinstance(self.model, ModelSpec) or self.model.price_rule.range is not None

    @property
    def task(self) -> Task | None:
        """What the request is for, or None if its model isn't available."""
        if not isinstance(self.model, ModelSpec):
            return None
        return self.model.task_of([role for role, _ in self.request.images()])

    @property
    def expected_size(self) -> Size | None:
        """The size of the image, as far as it's known before the image is there."""
        return (
            self.model.output_size(self.request, ())
            if isinstance(self.model, ModelSpec) and isinstance(self.request, ModelRequest)
            else None
        )

    @property
    def requested_images(self) -> int | None:
        """How many images the request asks for; None if this version can't tell."""
        if not isinstance(self.model, ModelSpec) or not isinstance(self.request, ModelRequest):
            return None
        return self.model.result_count(self.request.values)

    @property
    def can_proceed(self) -> bool:
        """Whether the job continues without the user."""
        if self.state in UNSENT_STATES:
            return self.is_model_available
        return self.state not in FINAL_STATES

    @property
    def can_be_fetched(self) -> bool:
        """Whether the job failed but the service may still have an image that's paid for."""
        paid = self.failure is not None and self.failure.charged is not Charged.NO
        return self.state is JobState.FAILED and self.urls is not None and (paid or self.result is not None)

    @property
    def is_download_canceled(self) -> bool:
        """Whether the user canceled the download of its result, so that nothing went wrong."""
        return self.state is JobState.FAILED and self.failure is not None and self.failure.error_type == STOPPED

    @property
    def can_be_repeated(self) -> bool:
        """Whether the job ended without an image and can be requested again."""
        return self.state in (JobState.FAILED, JobState.CANCELLED) and self.is_model_available

    @property
    def prompt(self) -> str:
        """The prompt; empty if the model has none."""
        return self.request.prompt

    @property
    def seed(self) -> int | None:
        """The requested seed."""
        return self.request.seed

    def made_from(self) -> tuple[Parent, ...]:
        """Return the pictures that the request refers to, in order, with library ids where known."""
        images = [(role, referenced_sha256(reference)) for role, reference in self.request.images()]
        return tuple(Parent(role=role, sha256=sha256, picture_id=self.parents.get(sha256)) for role, sha256 in images)

    def elapsed_seconds(self) -> float:
        """Since it was sent (or wished for), until its end. A download adds its own time, however late it began."""
        now = datetime.now(UTC)
        spent = (self.finished_at or now) - (self.submitted_at or self.created_at)
        if self.download is not None:
            spent += now - self.download.began_at
        return max(0.0, spent.total_seconds())
