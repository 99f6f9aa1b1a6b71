"""The client over real sockets: against the demo server if it behaves, against a rogue server if it doesn't."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from pydantic import SecretStr

from imagineart_desktop.demo import SLOW, DemoServer
from imagineart_desktop.fal import (
    FAL_HOSTS,
    BadDownloadError,
    CallSafety,
    CancelOutcome,
    ContentPolicyError,
    DeliveryStatus,
    Downloader,
    FalClient,
    FalError,
    ForbiddenError,
    Hosts,
    InvalidInputError,
    InvalidKeyError,
    NoResponseError,
    NotFoundError,
    OfflineError,
    Output,
    RateLimitedError,
    RetryLimit,
    RetryRules,
    Service,
    ServiceFailedError,
    ServiceKind,
    UnsafeUrlError,
    Uploader,
)
from imagineart_desktop.models import IMAGINEART_20

pytestmark = pytest.mark.asyncio

ENDPOINT = IMAGINEART_20.endpoint
SMALL = {"prompt": "hills", "resolution": "1K", "aspect_ratio": "4:1"}
HASTY = RetryRules(first_wait=0.01, max_wait=0.05)
Answer = Callable[[bytes], bytes | None]


def service_of(demo: DemoServer) -> Service:
    at = demo.hosts
    return Service(ServiceKind.DEMO, Hosts(at.run, at.queue, at.rest, at.cdn, at.api), SecretStr(demo.key))


@asynccontextmanager
async def rogue(*answers: bytes | None) -> AsyncIterator[tuple[Service, list[bytes]]]:
    """Run a server that gives each of these raw responses once, then hangs up. None: hang up at once."""
    heads: list[bytes] = []
    left = list(answers)

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        heads.append(await reader.readuntil(b"\r\n\r\n"))
        answer = left.pop(0) if left else None
        if answer is not None:
            writer.write(answer)
            await writer.drain()
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    base = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    try:
        yield Service(ServiceKind.DEMO, Hosts(*(base,) * 5), SecretStr("id:secret")), heads
    finally:
        server.close()


def http(status: str, body: bytes | str, *headers: str, kind: str = "application/json") -> bytes:
    data = body.encode() if isinstance(body, str) else body
    lines = [
        f"HTTP/1.1 {status}",
        f"content-type: {kind}",
        f"content-length: {len(data)}",
        "connection: close",
        *headers,
    ]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + data


async def error_of(work: Awaitable[object]) -> FalError:
    with pytest.raises(FalError) as caught:
        await work
    return caught.value


async def test_submit_stream_result_and_download(demo: DemoServer, tmp_path: Path) -> None:
    async with FalClient(service_of(demo)) as client:
        accepted = await client.submit(ENDPOINT, SMALL)
        seen = [status async for status in client.stream_status(accepted.status_url)]
        assert [status.status for status in seen][-1] == "COMPLETED"
        assert (await client.status(accepted.status_url)).logs
        result = await client.result(accepted.response_url)
    assert result.billable_units == "1"
    downloader = Downloader(service_of(demo))
    (picture,) = Output.parse(result.raw).images
    await downloader.fetch_result(picture.url, tmp_path / "a.png")
    await downloader.aclose()
    assert (tmp_path / "a.png").stat().st_size > 1000
    assert (tmp_path / "a.png").stat().st_mode & 0o077 == 0


async def test_cancel_in_time_too_late_and_of_nothing(demo: DemoServer) -> None:
    async with FalClient(service_of(demo)) as client:
        accepted = await client.submit(ENDPOINT, SMALL | {"prompt": SLOW})
        assert await client.cancel(accepted.cancel_url) is CancelOutcome.REQUESTED
        assert await client.cancel(accepted.cancel_url) is CancelOutcome.TOO_LATE
        missing = accepted.cancel_url.replace(accepted.request_id, "nothing")
        assert await client.cancel(missing) is CancelOutcome.UNKNOWN_REQUEST


async def test_uploads_go_to_the_cdn_its_fallback_and_at_last_inline(demo: DemoServer, photos: Path) -> None:
    data = (photos / "chelsea.png").read_bytes()
    async with FalClient(service_of(demo)) as client:
        storage = Uploader(client)
        assert (await storage.upload(data, "image/png")).startswith(demo.hosts.cdn)
        await storage.aclose()
    token = json.dumps({"token": "t", "token_type": "Bearer"})
    down = http("500 Oops", "{}")
    async with rogue(http("200 OK", token), down, down) as (service, heads), FalClient(service) as client:
        storage = Uploader(client)
        assert (await storage.upload(b"abc", "image/png")) == "data:image/png;base64,YWJj"
        await storage.aclose()
    assert b"/storage/auth/token" in heads[0]
    assert b"/files/upload" in heads[1]
    assert b"Key id:secret" not in heads[1]
    assert b"/storage/upload/initiate" in heads[2]
    week = b'x-fal-object-lifecycle: {"expiration_duration_seconds": 604800}'
    assert [week in head.lower() for head in heads[:3]] == [False, True, True]


@pytest.mark.parametrize(
    ("answer", "kind", "fate"),
    [
        (http("401 No", '{"detail": "no"}'), InvalidKeyError, DeliveryStatus.REFUSED),
        (
            http("403 No", '{"detail": "User is locked. Reason: Exhausted balance"}'),
            ForbiddenError,
            DeliveryStatus.REFUSED,
        ),
        (http("404 No", "not json", kind="text/plain"), NotFoundError, DeliveryStatus.REFUSED),
        (http("429 Busy", "{}", "retry-after: 7"), RateLimitedError, DeliveryStatus.NOT_ARRIVED),
        (http("503 Busy", "{}", "retry-after: 7"), RateLimitedError, DeliveryStatus.NOT_ARRIVED),
        (http("503 Busy", "{}"), NoResponseError, DeliveryStatus.UNKNOWN),
        (http("500 Oops", "<html>"), NoResponseError, DeliveryStatus.UNKNOWN),
        (http("302 Elsewhere", "", "location: http://evil.example/"), NoResponseError, DeliveryStatus.UNKNOWN),
        (http("200 OK", '{"request_id": "abc'), NoResponseError, DeliveryStatus.UNKNOWN),
        (b"HTTP/1.1 200 OK\r\ncontent-length: 500\r\n\r\n{", NoResponseError, DeliveryStatus.UNKNOWN),
        (None, NoResponseError, DeliveryStatus.UNKNOWN),
        (
            http("422 Bad", '{"detail": [{"loc": ["body", "seed"], "msg": "too big", "type": "less_than"}]}'),
            InvalidInputError,
            DeliveryStatus.REFUSED,
        ),
        (
            http("422 Bad", '{"detail": [{"loc": ["body"], "msg": "x", "type": "content_policy_violation"}]}'),
            ContentPolicyError,
            DeliveryStatus.REFUSED,
        ),
    ],
)
async def test_what_an_answer_to_a_submit_means(
    answer: bytes | None, kind: type[FalError], fate: DeliveryStatus
) -> None:
    async with rogue(answer) as (service, heads), FalClient(service) as client:
        error = await error_of(client.submit(ENDPOINT, SMALL))
    assert type(error) is kind
    assert error.fate is fate
    assert len(heads) == 1
    assert "secret" not in str(error)


@pytest.mark.parametrize(
    ("detail", "message", "advice"),
    [
        (
            "User is locked. Reason: Exhausted balance",
            "The account is locked: its balance is used up.",
            "Top up on fal.ai, then send it again.",
        ),
        (
            "User is locked. Reason: Spending limit",
            "A spending limit of the account or of the key is reached: User is locked. Reason: Spending limit",
            "Raise the limit on fal.ai, or ask its owner to, then send it again.",
        ),
        (
            "This key is over its monthly budget",
            "A spending limit of the account or of the key is reached: This key is over its monthly budget",
            "Raise the limit on fal.ai, or ask its owner to, then send it again.",
        ),
        (
            "User is locked. Reason: \u202eReview",
            "The account is locked: User is locked. Reason: Review",
            "Check the account on fal.ai.",
        ),
        (
            "Access denied",
            "The key has no permission for this model.",
            "Check the permissions of the key on fal.ai, or use another key.",
        ),
        (
            "",
            "The key has no permission for this model.",
            "Check the permissions of the key on fal.ai, or use another key.",
        ),
    ],
)
async def test_a_forbidden_request_says_why_and_what_to_do(detail: str, message: str, advice: str) -> None:
    async with rogue(http("403 No", json.dumps({"detail": detail}))) as (service, _), FalClient(service) as client:
        error = await error_of(client.submit(ENDPOINT, SMALL))
    assert isinstance(error, ForbiddenError)
    assert (str(error), str(error.advice), error.fate) == (message, advice, DeliveryStatus.REFUSED)


async def test_retry_after_is_read_and_the_field_is_named() -> None:
    busy = http("429 Busy", "{}", "retry-after: 7")
    bad = http("422 Bad", '{"detail": [{"loc": ["body", "seed"], "msg": "too big", "type": "less_than"}]}')
    async with rogue(busy, bad) as (service, _), FalClient(service) as client:
        assert (await error_of(client.submit(ENDPOINT, SMALL))).retry_after == 7
        error = await error_of(client.submit(ENDPOINT, SMALL))
    assert isinstance(error, InvalidInputError)
    assert str(error) == "seed: too big."


async def test_nobody_there_means_nothing_was_sent() -> None:
    nowhere = Service(ServiceKind.DEMO, Hosts(*("http://127.0.0.1:9",) * 5, backups={}), SecretStr("a:b"))
    async with FalClient(nowhere) as client:
        error = await error_of(client.submit(ENDPOINT, SMALL))
    assert isinstance(error, OfflineError)
    assert error.fate is DeliveryStatus.NOT_ARRIVED


async def test_the_backup_host_is_asked_when_the_first_cannot_be_reached() -> None:
    answer = json.dumps({"request_id": "r", "status_url": "s", "response_url": "r", "cancel_url": "c"})
    async with rogue(http("200 OK", answer)) as (there, heads):
        gone = "http://127.0.0.1:9"
        hosts = Hosts(*(gone,) * 5, backups={gone: there.hosts.queue})
        async with FalClient(Service(ServiceKind.DEMO, hosts, SecretStr("a:b"))) as client:
            assert (await client.submit(ENDPOINT, SMALL)).request_id == "r"
    assert b"Authorization: Key a:b" in heads[0] or b"authorization: Key a:b" in heads[0]


async def test_a_proxy_gets_the_real_target_in_a_header() -> None:
    answer = json.dumps({"request_id": "r", "status_url": "s", "response_url": "r", "cancel_url": "c"})
    async with rogue(http("200 OK", answer)) as (there, heads):
        service = Service(ServiceKind.LIVE, FAL_HOSTS, None, proxy=f"{there.hosts.run}/api/fal/proxy")
        async with FalClient(service) as client:
            await client.submit(ENDPOINT, SMALL)
    assert heads[0].startswith(b"POST /api/fal/proxy ")
    assert f"x-fal-target-url: https://queue.fal.run/{ENDPOINT}".encode() in heads[0].lower().replace(
        b"X-Fal", b"x-fal"
    )


async def test_the_key_goes_only_where_it_may() -> None:
    service = Service(ServiceKind.LIVE, FAL_HOSTS, SecretStr("id:secret"))
    assert service.may_receive_key("https://queue.fal.run/x")
    assert service.may_receive_key("https://queue.falrun.com/x")
    assert service.may_receive_key("https://rest.fal.ai/x")
    for url in ("https://v3.fal.media/x", "https://fal.run.evil.example/", "http://fal.run/", "https://evil/fal.run"):
        assert not service.may_receive_key(url)
    assert "secret" not in repr(service)


@pytest.mark.parametrize(
    "url",
    [
        "http://example.com/a.png",
        "file:///etc/passwd",
        "https://127.0.0.1/a.png",
        "https://[::1]/a.png",
        "https://10.1.2.3/a.png",
        "https://169.254.169.254/latest/meta-data",
        "https://localhost/a.png",
        "https://" + "a" * 5000,
        "javascript:alert(1)",
    ],
)
async def test_results_at_unsafe_addresses_are_not_fetched(url: str, tmp_path: Path) -> None:
    downloader = Downloader(Service(ServiceKind.LIVE, FAL_HOSTS, SecretStr("a:b")))
    with pytest.raises(UnsafeUrlError):
        await downloader.fetch_result(url, tmp_path / "x")
    await downloader.aclose()


async def test_downloads_that_are_cut_or_too_large_are_refused(tmp_path: Path) -> None:
    cut = b"HTTP/1.1 200 OK\r\ncontent-length: 500\r\n\r\nabc"
    huge = b"HTTP/1.1 200 OK\r\ncontent-length: 900000000\r\n\r\nabc"
    gone = http("403 Expired", "expired", kind="text/plain")
    for answer, kind in ((cut, NoResponseError), (huge, BadDownloadError), (gone, NotFoundError)):
        async with rogue(answer) as (service, _):
            downloader = Downloader(service)
            error = await error_of(downloader.fetch_result(f"{service.hosts.cdn}/a.png", tmp_path / "x"))
            assert type(error) is kind
            await downloader.aclose()


async def test_safe_calls_are_repeated_submits_only_when_they_surely_did_not_arrive() -> None:
    def failing(*errors: FalError) -> tuple[Callable[[], Awaitable[str]], list[int]]:
        left, calls = list(errors), [0]

        async def work() -> str:
            calls[0] += 1
            if left:
                raise left.pop(0)
            return "done"

        return work, calls

    work, calls = failing(NoResponseError("x"), ServiceFailedError("x"), OfflineError("x"))
    assert await HASTY.run(work) == "done"
    assert calls == [4]
    work, calls = failing(OfflineError("x"), RateLimitedError("x"))
    assert await HASTY.run(work, call=CallSafety.SUBMIT) == "done"
    work, calls = failing(NoResponseError("x"))
    with pytest.raises(NoResponseError):
        await HASTY.run(work, call=CallSafety.SUBMIT)
    assert calls == [1]
    work, calls = failing(*[ServiceFailedError("x")] * 20)
    with pytest.raises(ServiceFailedError):
        await HASTY.run(work, patience=RetryLimit.LIMITED)
    assert calls == [6]
    work, _ = failing(InvalidKeyError("x"))
    with pytest.raises(InvalidKeyError):
        await HASTY.run(work)


async def test_waits_are_spread_over_their_whole_length(monkeypatch: pytest.MonkeyPatch) -> None:
    """Full jitter: many programs that lost the service at the same time don't all come back at once."""
    waits: list[float] = []
    really, here = asyncio.sleep, asyncio.current_task()

    async def sleep(seconds: float) -> None:
        # Servers in other threads also sleep.
        if asyncio.current_task() is here:
            waits.append(seconds)
        else:
            await really(seconds)

    monkeypatch.setattr(asyncio, "sleep", sleep)
    rules = RetryRules(first_wait=1.0, max_wait=8.0)
    for _ in range(60):
        failures = iter([ServiceFailedError("x")] * 5)

        async def work(failures: Iterator[FalError] = failures) -> str:
            for error in failures:
                raise error
            return "done"

        assert await rules.run(work) == "done"
    by_attempt = [waits[attempt::5] for attempt in range(5)]
    for attempt, seen in enumerate(by_attempt):
        most = min(8.0, 2.0**attempt)
        assert 0 <= min(seen) < 0.2 * most
        assert 0.8 * most < max(seen) <= most


async def test_retry_after_is_a_least_wait_and_has_an_end(monkeypatch: pytest.MonkeyPatch) -> None:
    waits: list[float] = []

    async def sleep(seconds: float) -> None:
        waits.append(seconds)

    monkeypatch.setattr(asyncio, "sleep", sleep)
    failures = iter([RateLimitedError("x", retry_after=7), RateLimitedError("x", retry_after=10**6)])

    async def work() -> str:
        for error in failures:
            raise error
        return "done"

    assert await RetryRules(first_wait=1.0, max_wait=2.0).run(work, call=CallSafety.SUBMIT) == "done"
    assert 7 <= waits[0] <= 9
    assert 300 <= waits[1] <= 302


@pytest.mark.parametrize("key", ["ключ:secret", "id:sec\nret", "id:\x00", "id:secret\u200b", "\udcff"])
async def test_a_key_that_no_header_can_hold_is_refused_before_anything_is_sent(key: str) -> None:
    async with rogue() as (service, heads), FalClient(replace(service, key=SecretStr(key))) as client:
        assert isinstance(await error_of(client.submit(ENDPOINT, SMALL)), InvalidKeyError)
        assert isinstance(await error_of(client.upload_token()), InvalidKeyError)
        assert not heads
