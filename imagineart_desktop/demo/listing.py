"""The part of fal's platform API that the program uses: a key's requests to one endpoint, newest first."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

from imagineart_desktop.demo import errors
from imagineart_desktop.demo.request_store import DemoStore, StoredRequest
from imagineart_desktop.support import parse_int
from imagineart_desktop.support.json_types import JsonObject

_PAGE, _LARGEST_PAGE = 50, 100


def list_requests(store: DemoStore, asked: Mapping[str, str]) -> JsonObject:
    """Return one page. asked: endpoint_id, start, end, limit, cursor, expand=payloads. Raises RefusalError, 422."""
    endpoint = asked.get("endpoint_id")
    if not endpoint:
        raise errors.location_error(("query", "endpoint_id"), "Field required", "missing")
    now = datetime.now(UTC)
    start = _moment("start", asked.get("start"), now - timedelta(days=1))
    end = _moment("end", asked.get("end"), now + timedelta(days=1))
    limit = max(1, min(_LARGEST_PAGE, _number("limit", asked.get("limit"), _PAGE)))
    first = _number("cursor", asked.get("cursor"), 0)
    found = [
        entry
        for entry in reversed(store.entries())
        if entry.endpoint == endpoint and start <= datetime.fromtimestamp(entry.accepted_at, UTC) < end
    ]
    page = found[first : first + limit]
    more = first + limit < len(found)
    payloads = "payloads" in asked.get("expand", "")
    return {
        "items": [_item(entry, payloads=payloads) for entry in page],
        "next_cursor": str(first + limit) if more else None,
        "has_more": more,
    }


def _item(entry: StoredRequest, *, payloads: bool) -> JsonObject:
    sent = datetime.fromtimestamp(entry.accepted_at, UTC).isoformat()
    item: JsonObject = {
        "request_id": entry.request_id,
        "endpoint_id": entry.endpoint,
        "sent_at": sent,
        "started_at": sent,
        "ended_at": sent if entry.state == "COMPLETED" else None,
        "status_code": (entry.error_status or 200) if entry.state == "COMPLETED" else None,
        "duration": entry.seconds,
    }
    return item | {"json_input": entry.body} if payloads else item


def _number(name: str, text: str | None, otherwise: int) -> int:
    if text is None:
        return otherwise
    number = parse_int(text, 0)
    if number is None:
        message = "Input should be a valid integer, 0 or greater"
        raise errors.location_error(("query", name), message, "int_parsing", text)
    return number


def _moment(name: str, text: str | None, otherwise: datetime) -> datetime:
    if not text:
        return otherwise
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise errors.location_error(
            ("query", name), "Input should be a valid datetime", "datetime_parsing", text
        ) from None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
