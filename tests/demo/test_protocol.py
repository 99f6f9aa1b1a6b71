"""What fal serves beyond the common path: odd bodies, other URLs, options of the queue, uploads in parts."""

from __future__ import annotations

import json
import random
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import httpx
import pytest

from imagineart_desktop.demo import DemoServer, Timing
from imagineart_desktop.demo.uploads import MAX_OPEN
from imagineart_desktop.models import BUILT_IN, IDEOGRAM_V2_EDIT, IMAGINEART_20
from tests.loopback import NO_CERTIFICATES
from tests.waiting import wait_until

SMALL = {"prompt": "a red barn", "resolution": "1K", "aspect_ratio": "4:1", "seed": 5}
ENDPOINT = IMAGINEART_20.endpoint
DEEP = b"[" * 100_000


@pytest.fixture
def http(demo: DemoServer) -> Iterator[httpx.Client]:
    with httpx.Client(headers={"Authorization": f"Key {demo.key}"}, timeout=None, verify=NO_CERTIFICATES) as client:  # noqa: S113 - only a hang fails, and pytest ends that
        yield client


@pytest.fixture
def plain() -> Iterator[httpx.Client]:
    """A client without a key, as files are sent and fetched."""
    with httpx.Client(timeout=None, verify=NO_CERTIFICATES) as client:  # noqa: S113 - only a hang fails, and pytest ends that
        yield client


@pytest.fixture
def slow(tmp_path: Path) -> Iterator[tuple[DemoServer, httpx.Client]]:
    """A server whose only runner is busy for a long time, and a client."""
    with (
        DemoServer(tmp_path / "slow", pace=Timing(queue=0, work=60, runners=1)) as server,
        httpx.Client(headers={"Authorization": f"Key {server.key}"}, timeout=None, verify=NO_CERTIFICATES) as client,  # noqa: S113 - only a hang fails, and pytest ends that
    ):
        client.post(f"{server.hosts.queue}/{ENDPOINT}", json=SMALL)
        yield server, client


@pytest.mark.parametrize(
    ("body", "place", "kind"),
    [
        (b'{"prompt": "x", "seed": NaN}', ["seed"], "finite_number"),
        (b'{"prompt": "x", "seed": 1e400}', ["seed"], "finite_number"),
        (b'{"prompt": "x", "unknown": [1, {"a": -Infinity}]}', ["unknown", 1, "a"], "finite_number"),
        (DEEP, [], "json_invalid"),
        (b'{"prompt": ' + DEEP + b"]" * 100_000 + b"}", [], "json_invalid"),
        (b'{"prompt": ' + DEEP[:500] + b"]" * 500 + b"}", [], "json_invalid"),
        (b'{"prompt": "half \\ud800"}', ["prompt"], "string_unicode"),
        (b'{"prompt": "x", "\\udfff": 1}', [], "string_unicode"),
        (b'{"prompt": "x", "seed": ' + b"9" * 5_000 + b"}", [], "json_invalid"),
        (b'{"prompt": "x", "seed": ' + b"9" * 4_000 + b"}", ["seed"], "less_than_equal"),
        (b'{"prompt": "\xff"}', [], "json_invalid"),
        (b'{"prompt": ', [11], "json_invalid"),
        (b"", [], "missing"),
        (b"null", [], "dict_type"),
        (b'["x"]', [], "dict_type"),
    ],
)
def test_a_body_that_no_model_takes_is_refused_in_fals_form(
    demo: DemoServer, http: httpx.Client, body: bytes, place: list[str | int], kind: str
) -> None:
    for host in (demo.hosts.queue, demo.hosts.run):
        answer = http.post(f"{host}/{ENDPOINT}", content=body)
        assert answer.status_code == 422
        (finding,) = answer.json()["detail"]
        assert finding["loc"] == ["body", *place]
        assert finding["type"] == kind
        assert {"msg", "input"} <= set(finding)
        assert len(answer.content) < 2_000
    assert "submissions" not in demo.counts


def test_no_request_makes_the_server_fail(slow: tuple[DemoServer, httpx.Client]) -> None:
    """Send random bodies, headers and parameters to every route except the one that waits for the picture."""
    chance = random.Random(7)  # noqa: S311 - not for secrets
    server, http = slow
    base = server.hosts.run.removesuffix("/run")
    file = "a" * 22 + ".png"
    paths = [
        *(f"/queue/{model.endpoint}" for model in BUILT_IN),
        *(f"/queue/{ENDPOINT}/requests/{one}" for one in ("x", "%00/status", "%ff/cancel", "a/status/stream", "../b")),
        *(
            f"/cdn/files/{name}"
            for name in ("a" * 300, "%00", "..%2fx", f"{file}/multipart/x/²", f"{file}/x", "upload")
        ),
        *(f"/rest/storage/{end}" for end in ("auth/token", "upload/initiate", "upload/initiate-multipart", "x")),
        *("/demo/books", "/demo/requests", "/demo/faults", "/api/v1/models/requests/by-endpoint", "/", "/%00"),
    ]
    values: list[Any] = [None, True, -1, 2**64, 1.5, "", "\x00", "é" * 300, [], {}, [[]], {"a": 1}, "data:,", "\ud800"]
    names = [*IDEOGRAM_V2_EDIT.fields_by_name, "image_urls", "parts", "faults", "content_type", "self", "x"]
    headers = [
        *((b"x-fal-request-timeout", value) for value in (b"", b"soon", b"nan", b"1e400", b"-1", b"9" * 5_000)),
        *((b"range", value) for value in (b"bytes=9-1", b"x")),
        (b"x-fal-queue-priority", b"\xff"),
        (b"content-type", b"a/b; charset=none"),
    ]
    queries = ["", "?logs=%ff", "?fal_max_queue_length=²", f"?endpoint_id={ENDPOINT}&start=0001-01-01&cursor=-1"]
    for _ in range(150):
        body = {"prompt": "x"} | {chance.choice(names): chance.choice(values) for _ in range(chance.randint(0, 3))}
        url = base + chance.choice(paths) + chance.choice(queries)
        method = chance.choice(["GET", "POST", "POST", "PUT", "DELETE"])
        answer = http.request(method, url, content=json.dumps(body), headers=[chance.choice(headers)])
        assert answer.status_code < 500, (method, url, body)


@pytest.mark.parametrize("name", ["a" * 400, "b\x00.png"])
def test_an_address_that_names_no_file_ends_the_request(demo: DemoServer, http: httpx.Client, name: str) -> None:
    body = {"prompt": "x", "image_url": f"{demo.hosts.cdn}/files/{name}", "mask_url": "data:image/png;base64,"}
    accepted = http.post(f"{demo.hosts.queue}/{IDEOGRAM_V2_EDIT.endpoint}", json=body).json()
    with http.stream("GET", f"{accepted['status_url']}/stream") as stream:
        events = [line for line in stream.iter_lines() if line.startswith("data:")]
    assert json.loads(events[-1][5:])["error_type"] == "file_download_error"


def test_a_request_that_cannot_be_painted_ends(tmp_path: Path) -> None:
    """One request stored by a program that knew other models, and a file next to it that holds no request."""
    kept = tmp_path / "requests"
    kept.mkdir()
    entry = {"request_id": "kept", "endpoint": "a/model/that-is-gone", "body": {}, "accepted_at": time.time()}
    (kept / "kept.json").write_text(json.dumps(entry))
    (kept / "broken.json").write_bytes(DEEP)
    with (
        DemoServer(tmp_path, pace=Timing(queue=0, work=0)) as server,
        httpx.Client(headers={"Authorization": f"Key {server.key}"}, timeout=None, verify=NO_CERTIFICATES) as http,  # noqa: S113 - only a hang fails, and pytest ends that
    ):
        place = f"{server.hosts.queue}/a/model/requests/kept"
        with http.stream("GET", f"{place}/status/stream") as stream:
            list(stream.iter_lines())
        answer = http.get(place)
    assert (answer.status_code, answer.json()["detail"]) == (404, "Application 'a/model/that-is-gone' not found")


def test_every_address_that_fal_serves(demo: DemoServer, http: httpx.Client) -> None:
    sent = http.post(f"{demo.hosts.queue}/{ENDPOINT}/", json=SMALL).json()["request_id"]
    for app in (IMAGINEART_20.app, ENDPOINT):
        place = f"{demo.hosts.queue}/{app}/requests/{sent}"
        with http.stream("GET", f"{place}/status/stream/") as stream:
            assert stream.headers["x-fal-request-id"] == sent
            assert '"COMPLETED"' in list(stream.iter_lines())[-2]
        for end in ("", "/", "/response", "/response/"):
            assert http.get(place + end).json()["images"]
        for end in ("/status", "/status/"):
            assert http.get(place + end).json()["status"] == "COMPLETED"
        assert http.put(f"{place}/cancel/").json() == {"status": "ALREADY_COMPLETED"}
    for app in ("imagineart", "imagineart/imagineart", f"{ENDPOINT}/more", "fal-ai/ideogram"):
        answer = http.get(f"{demo.hosts.queue}/{app}/requests/{sent}/status")
        assert (answer.status_code, answer.json()) == (404, {"status": "NOT_FOUND"})
    for method, url in (("DELETE", f"{demo.hosts.queue}/{ENDPOINT}"), ("GET", f"{demo.hosts.rest}/nothing")):
        assert http.request(method, url).json()["detail"] in ("Method Not Allowed", "Not Found")


@pytest.mark.parametrize(
    ("key", "words"),
    [
        ("", "Authentication is required to access this application."),
        ("Key nobody", "Invalid Key Authorization header format. Expected '<key_id>:<key_secret>'."),
        ("Key nobody:nothing", "invalid key credentials"),
    ],
)
def test_a_key_that_does_not_let_in(demo: DemoServer, key: str, words: str) -> None:
    answer = httpx.post(
        f"{demo.hosts.queue}/{ENDPOINT}",
        json=SMALL,
        headers={"Authorization": key},
        timeout=None,  # noqa: S113 - only a hang fails, and pytest ends that
        verify=NO_CERTIFICATES,
    )
    assert (answer.status_code, answer.json()) == (401, {"detail": words})


def test_a_cancelled_request_says_who_cancelled_it(slow: tuple[DemoServer, httpx.Client]) -> None:
    server, http = slow
    sent = http.post(f"{server.hosts.queue}/{ENDPOINT}", json=SMALL).json()
    assert http.put(sent["cancel_url"]).json() == {"status": "CANCELLATION_REQUESTED"}
    assert http.get(sent["status_url"]).json()["error_type"] == "client_cancelled"
    answer = http.get(sent["response_url"])
    assert (answer.status_code, answer.json()["error_type"]) == (499, "client_cancelled")
    assert answer.headers["x-fal-error-type"] == "client_cancelled"


def test_a_queue_longer_than_the_caller_wants(slow: tuple[DemoServer, httpx.Client]) -> None:
    server, http = slow
    url = f"{server.hosts.queue}/{ENDPOINT}"
    codes = [http.post(url, params={"fal_max_queue_length": 1}, json=SMALL).status_code for _ in range(4)]
    assert codes == [200, 200, 429, 429]
    assert server.counts["submissions"] == 3
    assert http.post(url.replace(ENDPOINT, BUILT_IN[1].endpoint), json={"prompt": "x"}).status_code == 200


@pytest.mark.parametrize("seconds", ["soon", "", "nan", "inf", "-5", "0.1"])
def test_options_that_cannot_be_read(demo: DemoServer, http: httpx.Client, seconds: str) -> None:
    url = f"{demo.hosts.queue}/{ENDPOINT}"
    for headers, query in (
        ({"X-Fal-Request-Timeout": seconds}, {}),
        ({"X-Fal-Queue-Priority": f"x{seconds}"}, {}),
        ({}, {"fal_max_queue_length": f"x{seconds}"}),
    ):
        answer = http.post(url, json=SMALL, headers=headers, params=query)
        assert (answer.status_code, answer.json()["error_type"]) == (400, "bad_request")
    assert "submissions" not in demo.counts


def test_a_request_that_does_not_start_in_time_is_given_up(tmp_path: Path) -> None:
    with (
        DemoServer(tmp_path, pace=Timing(queue=0, work=60, runners=1)) as server,
        httpx.Client(headers={"Authorization": f"Key {server.key}"}, timeout=None, verify=NO_CERTIFICATES) as http,  # noqa: S113 - only a hang fails, and pytest ends that
    ):
        url = f"{server.hosts.queue}/{ENDPOINT}"
        first = http.post(url, json=SMALL, headers={"X-Fal-Request-Timeout": "0.11"}).json()
        second = http.post(url, json=SMALL, headers={"X-Fal-Request-Timeout": "0.2"}).json()
        with http.stream("GET", f"{second['status_url']}/stream") as stream:
            list(stream.iter_lines())
        answer = http.get(second["response_url"])
        assert http.get(first["status_url"]).json()["status"] == "IN_PROGRESS"
    assert (answer.status_code, answer.json()["error_type"]) == (504, "request_timeout")
    assert answer.headers["x-fal-request-timeout-type"] == "user"


def test_low_priority_waits_behind_normal(slow: tuple[DemoServer, httpx.Client]) -> None:
    server, http = slow
    url = f"{server.hosts.queue}/{ENDPOINT}"
    low = [http.post(url, json=SMALL, headers={"X-Fal-Queue-Priority": "low"}).json() for _ in range(2)]
    normal = http.post(url, json=SMALL).json()
    places = [http.get(sent["status_url"]).json()["queue_position"] for sent in (normal, *low)]
    assert places == [0, 1, 2]


def test_a_file_in_parts(demo: DemoServer, http: httpx.Client, plain: httpx.Client, tmp_path: Path) -> None:
    """Sent as fal's JavaScript client does: with the token in the query, after the number of each part."""
    rest = f"{demo.hosts.rest}/storage/upload/initiate-multipart?storage_type=fal-cdn-v3"
    begun = http.post(rest, json={"content_type": "image/png", "file_name": "a.png"}).json()
    place, _, query = begun["upload_url"].partition("?")
    etags = {}
    for number, data in ((2, b"two"), (1, b"zero"), (1, b"one")):
        answer = plain.put(f"{place}/{number}?{query}", content=data)
        etags[number] = answer.headers["etag"]
        assert answer.json() == {"partNumber": number, "etag": etags[number]}
    assert plain.get(begun["file_url"]).status_code == 404
    parts = [{"partNumber": number, "etag": etag} for number, etag in etags.items()]
    wrong = [*parts, {"partNumber": 3, "etag": "x"}]
    assert plain.post(f"{place}/complete?{query}", json={"parts": wrong}).status_code == 400
    assert plain.post(f"{place}/complete", json={"parts": parts}).status_code == 401
    for _ in range(2):
        assert plain.post(f"{place}/complete?{query}", json={"parts": parts}).status_code == 200
    assert plain.get(begun["file_url"]).content == b"onetwo"
    assert plain.put(f"{place}/3?{query}", content=b"late").status_code == 400
    assert not list((tmp_path / "demo" / "parts").iterdir())


def test_uploads_are_bounded(
    demo: DemoServer, http: httpx.Client, plain: httpx.Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("imagineart_desktop.demo.uploads.MAX_UPLOAD", 1_000)
    rest = f"{demo.hosts.rest}/storage/upload/initiate-multipart"
    begun = [http.post(rest, json={}) for _ in range(MAX_OPEN + 1)]
    assert [answer.status_code for answer in begun] == [200] * MAX_OPEN + [429]
    place, _, query = begun[0].json()["upload_url"].partition("?")
    sizes = ((1, 600), (1, 401), (2, 401), (2, 400))
    codes = [plain.put(f"{place}/{number}?{query}", content=b"x" * size).status_code for number, size in sizes]
    assert codes == [200, 413, 413, 200]
    for number in ("0", "10001", "x", "²", "9" * 6_000):
        assert plain.put(f"{place}/{number}?{query}", content=b"x").status_code in (400, 404)


def test_a_broken_upload_leaves_nothing(
    demo: DemoServer, http: httpx.Client, plain: httpx.Client, tmp_path: Path
) -> None:
    token = http.post(f"{demo.hosts.rest}/storage/auth/token").json()["token"]

    def cut() -> Iterator[bytes]:
        yield b"x" * 100_000
        raise OSError("the cable is out")

    headers = {"Authorization": f"Bearer {token}"}
    with suppress(OSError):
        plain.post(f"{demo.hosts.cdn}/files/upload", content=cut(), headers=headers)
    assert plain.post(f"{demo.hosts.cdn}/files/upload", content=b"whole", headers=headers).status_code == 200
    files = tmp_path / "demo" / "files"
    wait_until(lambda: len(list(files.iterdir())) == 1)
    assert [path.read_bytes() for path in files.iterdir()] == [b"whole"]


def test_a_put_whose_answer_was_lost_can_be_repeated(demo: DemoServer, http: httpx.Client, plain: httpx.Client) -> None:
    url = http.post(f"{demo.hosts.rest}/storage/upload/initiate", json={"content_type": "image/png"}).json()
    for data in (b"first", b"again"):
        assert plain.put(url["upload_url"], content=data).status_code == 200
    assert plain.get(url["file_url"]).content == b"again"
    assert plain.put(f"{demo.hosts.cdn}/files/{'a' * 22}.png", content=b"x").status_code == 404
