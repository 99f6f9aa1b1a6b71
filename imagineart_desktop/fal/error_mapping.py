"""Mapping of HTTP error responses and transport failures to FalError. Never assumes that a response is JSON."""

from __future__ import annotations

import time
from email.utils import parsedate_to_datetime
from typing import Any

import httpx

from imagineart_desktop.fal.bounded_json import parse_json
from imagineart_desktop.fal.errors import (
    ContentPolicyError,
    FalError,
    ForbiddenError,
    InputProblem,
    InvalidInputError,
    InvalidKeyError,
    NoResponseError,
    NotFoundError,
    OfflineError,
    RateLimitedError,
    ServiceFailedError,
)
from imagineart_desktop.fal.responses import sanitize
from imagineart_desktop.support.messages import Message

_NOTHING_SENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.ProxyError)
_SPENDING_WORDS = ("spending", "spend limit", "budget", "limit reached", "limit exceeded")
_CHECK_PROXY = Message("fal.advice.check_proxy")
_CHECK_TRUST = Message("fal.advice.check_trust")
_RETRYABLE_TYPES = frozenset(
    {
        "internal_server_error",
        "generation_timeout",
        "downstream_service_error",
        "downstream_service_unavailable",
        "request_timeout",
        "startup_timeout",
        "runner_scheduling_failure",
        "runner_connection_timeout",
        "runner_connection_refused",
        "runner_connection_error",
        "runner_disconnected",
        "runner_incomplete_response",
        "runner_server_error",
        "internal_error",
    }
)
"""Error types that are worth retrying (third-party reports, see fal's error reference)."""

_RETRYABLE_STATUSES = frozenset({408, 409, 421, 425, 499})
"""Statuses that don't come from the model: too late, in conflict, another server’s, too early, hung up.

fal's own clients repeat 408 and 409.
"""


def from_transport_error(error: httpx.HTTPError, host: str) -> FalError:
    """Convert a failure below HTTP: OfflineError if nothing was sent, otherwise NoAnswerError."""
    if isinstance(error, httpx.ProxyError):
        return OfflineError(Message("fal.proxy_unreachable", host=host), error_type="ProxyError", advice=_CHECK_PROXY)
    if isinstance(error, httpx.ConnectError) and "CERTIFICATE_VERIFY_FAILED" in str(error):
        return OfflineError(Message("fal.certificate_untrusted", host=host), error_type="TLS", advice=_CHECK_TRUST)
    if isinstance(error, _NOTHING_SENT):
        return OfflineError(Message("fal.unreachable", host=host), error_type=type(error).__name__)
    if isinstance(error, httpx.TimeoutException):
        return NoResponseError(Message("fal.timeout", host=host), error_type=type(error).__name__)
    return NoResponseError(Message("fal.connection_cut", host=host), error_type=type(error).__name__)


def from_response(status: int, headers: httpx.Headers, body: bytes) -> FalError:
    """Convert a response with an error status. body: its first few kilobytes at most, in any format."""
    detail = _detail(body)
    problems = _problems(detail)
    text = _text(detail, problems)
    kind = headers.get("x-fal-error-type") or _error_type(body) or (problems[0].type if problems else "")
    retry_after = _retry_after(headers.get("retry-after"))
    if status < 400:
        return ServiceFailedError(Message("fal.redirect"), error_type=kind, status=status)
    if status == 401:
        return InvalidKeyError(Message("fal.key_refused"), error_type=kind, status=status)
    if status == 403:
        return _forbidden(text, kind)
    if status == 404:
        return NotFoundError(Message("fal.request_unknown"), error_type=kind, status=status)
    if status == 429 or (status == 503 and retry_after is not None):
        return RateLimitedError(Message("fal.busy"), error_type=kind, status=status, retry_after=retry_after)
    if status >= 500 or status in _RETRYABLE_STATUSES or kind in _RETRYABLE_TYPES:
        return ServiceFailedError(
            Message("fal.failed", text=text) if text else Message("fal.failed_status", status=status),
            error_type=kind,
            status=status,
            retry_after=retry_after,
        )
    return input_error(text, problems, kind, status)


def input_error(text: str, problems: list[InputProblem], kind: str, status: int | None) -> InvalidInputError:
    """Return the error for a rejected input: ContentPolicyError if the content policy rejected it."""
    if kind == "content_policy_violation" or any(p.type == "content_policy_violation" for p in problems):
        return ContentPolicyError(Message("fal.content_policy"), problems, error_type=kind, status=status)
    message = Message("fal.input_refused_because", text=text) if text else Message("fal.input_refused")
    return InvalidInputError(message, problems, error_type=kind, status=status)


def from_completed_status(error: Any, error_type: str | None) -> FalError:
    """Convert the error in a COMPLETED status, for use if the result, which would say more, can't be fetched."""
    problems = _problems(error)
    text = _text(error, problems)
    kind = error_type or (problems[0].type if problems else "")
    if kind in _RETRYABLE_TYPES:
        return ServiceFailedError(Message("fal.failed", text=text or kind), error_type=kind)
    return input_error(text, problems, kind, None)


def _forbidden(text: str, kind: str) -> ForbiddenError:
    """Return why a request was forbidden: no balance, a limit that the owner set, another lock, or no permission."""
    said = text.lower()
    if "balance" in said:
        message, advice = Message("fal.balance_used_up"), "fal.advice.top_up"
    elif any(word in said for word in _SPENDING_WORDS):
        message, advice = Message("fal.spending_locked", text=text), "fal.advice.raise_limit"
    elif "locked" in said:
        message, advice = Message("fal.account_locked", text=text), "fal.advice.check_account"
    else:
        message, advice = Message("fal.no_permission"), "fal.advice.check_permission"
    return ForbiddenError(message, error_type=kind, status=403, advice=Message(advice))


def _detail(body: bytes) -> Any:
    try:
        parsed = parse_json(body)
    except ValueError:
        return body[:2000].decode("utf-8", "replace").strip()[:500]
    if isinstance(parsed, dict):
        return parsed.get("detail", parsed.get("error", ""))
    return parsed


def _error_type(body: bytes) -> str:
    try:
        parsed = parse_json(body)
    except ValueError:
        return ""
    kind = parsed.get("error_type") if isinstance(parsed, dict) else None
    return kind if isinstance(kind, str) else ""


def _problems(detail: Any) -> list[InputProblem]:
    if not isinstance(detail, list):
        return []
    found = []
    for item in detail[:20]:
        if not isinstance(item, dict):
            continue
        place = item.get("loc")
        names = [sanitize(part, 100) for part in place if part != "body"] if isinstance(place, list) else []
        found.append(
            InputProblem(names[0] if names else "", sanitize(item.get("msg"), 500), sanitize(item.get("type"), 100))
        )
    return found


def _text(detail: Any, problems: list[InputProblem]) -> str:
    if problems:
        return " ".join(f"{p.field}: {p.message}." if p.field else f"{p.message}." for p in problems)
    return sanitize(detail, 500) if isinstance(detail, str) else ""


def _retry_after(value: str | None) -> float | None:
    if value is None:
        return None
    try:
        return max(0.0, float(value))
    except ValueError:
        pass
    try:
        wait = parsedate_to_datetime(value).timestamp()
    except (ValueError, OverflowError):
        return None
    return max(0.0, wait - time.time())
