"""Looks up an unconfirmed request in the service's list; resumes it if found, otherwise reports why not."""

from __future__ import annotations

from contextlib import aclosing
from dataclasses import replace
from typing import TYPE_CHECKING

from imagineart_desktop.fal import Charged, FalError, KnownRequest, TooManyRequestsListedError
from imagineart_desktop.jobs.job import Failure, Job, RequestUrls
from imagineart_desktop.jobs.job_registry import JobRegistry
from imagineart_desktop.jobs.request_lookup import (
    AmbiguousRequestError,
    LookupResult,
    TimeRange,
    find_request,
    request_body,
    search_ranges,
)
from imagineart_desktop.jobs.states import JobState
from imagineart_desktop.support.messages import Message

if TYPE_CHECKING:
    from imagineart_desktop.fal import FalClient

LOOKUP_FAILED, NOT_LISTED = "not_looked", "not_listed"
"""Error types of an unconfirmed job: the lookup failed, or the service doesn't list the request."""

_CHECK_DASHBOARD = Message("job.advice.check_dashboard")


class RequestLookup:
    """Looks up requests in the list of one service."""

    def __init__(self, client: FalClient, desk: JobRegistry) -> None:
        self._client = client
        self._desk = desk

    async def look_for(self, job: Job) -> LookupResult:
        """Search the key's own requests for that of an unconfirmed job. Raises StaleStepError, LibraryError."""
        if self._is_twin_being_sent(job):
            return self._say(job, LOOKUP_FAILED, Message("job.lookup.twin"), Message("job.advice.look_again"))
        try:
            request = await self._find_request(job)
        except FalError as error:
            message = Message("job.lookup.failed") if error.repeatable else Message("job.lookup.not_allowed")
            advice = Message("job.advice.problem_then_dashboard", problem=error.message)
            return self._say(job, LOOKUP_FAILED, message, advice)
        except AmbiguousRequestError as error:
            return self._say(job, LOOKUP_FAILED, error.message, _CHECK_DASHBOARD)
        if request is None:
            return self._say(job, NOT_LISTED, Message("job.lookup.not_listed"), Message("job.advice.not_listed"))
        self._desk.cancel_requested.discard(job.id)
        at = self._client.build_urls(job.model.app, request.request_id)
        urls = RequestUrls(at.status_url, at.response_url, at.cancel_url)
        await self._desk.set(job.moved(JobState.QUEUED, request_id=request.request_id, urls=urls, failure=None))
        return LookupResult.FOUND

    def _is_twin_being_sent(self, job: Job) -> bool:
        """Return whether a request with the same body is being submitted: it couldn't be told from this one."""
        body = request_body(job)
        others = (other for other in self._desk.jobs.values() if other.state is JobState.SUBMITTING)
        return body is not None and any(request_body(other) == body for other in others)

    async def _find_request(self, job: Job) -> KnownRequest | None:
        """Return the request from the service's list, by the service's own clock.

        Raises FalError, AmbiguousRequestError.
        """
        for span in search_ranges(job, await self._client.service_time()):
            try:
                listed = await self._listed(job.model.endpoint, span)
            except TooManyRequestsListedError:
                if span.likely:
                    raise
                continue
            found = find_request(job, listed, await self._desk.known_requests(job.id), span)
            if found is not None:
                return found
        return None

    async def _listed(self, endpoint: str, span: TimeRange) -> list[KnownRequest]:
        async with aclosing(self._client.iter_requests(endpoint, span.since, span.until)) as listing:
            return [request async for request in listing]

    def _say(self, job: Job, kind: str, message: Message, advice: Message) -> LookupResult:
        """Show the outcome of a lookup, unless the job has changed meanwhile."""
        now = self._desk.jobs.get(job.id)
        if now is not None and now.step == job.step:
            self._desk.show(replace(now, failure=Failure(kind, message, advice, Charged.MAYBE)))
        return LookupResult.NOT_LISTED if kind == NOT_LISTED else LookupResult.FAILED


def not_connected() -> Failure:
    """Return the failure for an unconfirmed request while there's no connection to its service."""
    return Failure(LOOKUP_FAILED, Message("job.lookup.not_connected"), Message("job.advice.add_key"), Charged.MAYBE)
