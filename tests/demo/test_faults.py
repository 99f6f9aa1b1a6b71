"""Each fault over real sockets, and the text and probabilities that specify faults."""

from __future__ import annotations

import json
import threading
from collections import Counter
from contextlib import suppress
from pathlib import Path
from typing import Any

import httpx
import pytest

from imagineart_desktop.demo import FAST_TIMING, DemoServer, Endpoint, Fault, FaultKind, FaultSyntaxError
from imagineart_desktop.demo.fault_injection import HOSTILE_NAME, PRIVATE_ADDRESS
from imagineart_desktop.demo.faults import ActiveFaults
from imagineart_desktop.models import IMAGINEART_20
from tests.jobs.job_fixtures import held_absence, held_work
from tests.loopback import NO_CERTIFICATES
from tests.waiting import wait_until

SMALL = {"prompt": "a red barn", "resolution": "1K", "aspect_ratio": "4:1", "seed": 5}


def http(demo: DemoServer) -> httpx.Client:
    return httpx.Client(headers={"Authorization": f"Key {demo.key}"}, timeout=None, verify=NO_CERTIFICATES)  # noqa: S113 - only a hang fails, and pytest ends that


def submit(demo: DemoServer) -> httpx.Response:
    with http(demo) as client:
        return client.post(f"{demo.hosts.queue}/{IMAGINEART_20.endpoint}", json=SMALL)


def completed(demo: DemoServer) -> dict[str, Any]:
    """Send a request and wait until it's completed; return the response to the submit."""
    accepted: dict[str, Any] = submit(demo).json()
    with http(demo) as client:
        wait_until(lambda: client.get(accepted["status_url"]).json()["status"] == "COMPLETED")
    return accepted


@pytest.mark.parametrize(
    "words",
    [
        "submit:cut_before",
        "any:status:nth=3:code=503:retry_after=1.5",
        "file:stall:share=0.25:times=2:seconds=20.0",
        "result:private:to=https://10.0.0.1:8443/a.png",
        "work:fail:kind=generation_timeout",
    ],
)
def test_faults_can_be_said_in_words(words: str) -> None:
    assert Fault.parse(words).words() == words


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("nothing:status", "“nothing” is no call"),
        ("submit:explode", "“explode” is no trouble"),
        ("submit:status:often=3", "“often” cannot be said of a fault"),
        ("submit:status:code=many", "“many” is no value for code"),
        ("submit:fail", "goes with work only"),
    ],
)
def test_what_is_not_understood_is_named(words: str, said: str) -> None:
    with pytest.raises(FaultSyntaxError, match=said):
        Fault.parse(words)


def test_a_share_is_met_by_chance_and_the_same_each_time() -> None:
    def met(seed: int) -> list[bool]:
        faults = ActiveFaults(lambda *_kinds: None, seed)
        faults.order([Fault(Endpoint.STATUS, FaultKind.STATUS, share=0.2)])
        return [faults.next_fault(Endpoint.STATUS) is not None for _ in range(1000)]

    assert met(1) == met(1)
    assert met(1) != met(2)
    assert 150 < sum(met(1)) < 250


def test_the_nth_call_of_its_kind_and_no_other() -> None:
    faults = ActiveFaults(lambda *_kinds: None)
    faults.order([Fault(Endpoint.SUBMIT, FaultKind.REFUSE, nth=2)])
    calls = [Endpoint.SUBMIT, Endpoint.STATUS, Endpoint.SUBMIT, Endpoint.SUBMIT]
    assert [faults.next_fault(call) is not None for call in calls] == [False, False, True, False]


@pytest.mark.parametrize(
    ("trouble", "submissions"), [("refuse", 0), ("cut_before", 1), ("cut_inside", 1), ("truncated", 1)]
)
def test_an_answer_that_is_cut(demo: DemoServer, trouble: str, submissions: int) -> None:
    demo.order(Fault.parse(f"submit:{trouble}:nth=1"))
    if trouble == "truncated":
        answer = submit(demo)
        with pytest.raises(json.JSONDecodeError):
            answer.json()
    else:
        with pytest.raises(httpx.TransportError):
            submit(demo)
    assert demo.counts.get("submissions", 0) == submissions
    assert submit(demo).status_code == 200
    assert demo.counts[f"faults:submit:{trouble}"] == 1


def test_cut_after_the_answer_leaves_a_whole_answer(demo: DemoServer) -> None:
    demo.order(Fault.parse("submit:cut_after:nth=1"))
    assert submit(demo).json()["request_id"]


@pytest.mark.parametrize(("words", "code"), [("code=503:retry_after=7", 503), ("code=429:retry_after=0", 429)])
def test_refusals_name_when_to_come_again(demo: DemoServer, words: str, code: int) -> None:
    demo.order(Fault.parse(f"submit:status:{words}"))
    answer = submit(demo)
    assert answer.status_code == code
    assert answer.headers["retry-after"] in ("7", "0")
    assert "submissions" not in demo.counts


@pytest.mark.parametrize("trouble", ["malformed", "wrong_type"])
def test_answers_that_are_no_json(demo: DemoServer, trouble: str) -> None:
    demo.order(Fault.parse(f"submit:{trouble}"))
    answer = submit(demo)
    assert answer.status_code == 200
    with pytest.raises(json.JSONDecodeError):
        answer.json()
    assert ("html" in answer.headers["content-type"]) is (trouble == "wrong_type")


@pytest.mark.parametrize(("trouble", "submissions"), [("delay", 0), ("late", 1), ("stall", 1)])
def test_answers_that_take_too_long(demo: DemoServer, trouble: str, submissions: int) -> None:
    demo.order(Fault.parse(f"submit:{trouble}:seconds=1.5"))
    with http(demo) as client, pytest.raises(httpx.ReadTimeout):
        client.post(f"{demo.hosts.queue}/{IMAGINEART_20.endpoint}", json=SMALL, timeout=0.2)
    assert demo.counts.get("submissions", 0) == submissions


def test_nobody_is_there_for_a_while(tmp_path: Path) -> None:
    with DemoServer(tmp_path, pace=FAST_TIMING, faults=[Fault.parse("submit:away:nth=1")]) as demo:
        with held_absence():
            with pytest.raises(httpx.TransportError):
                submit(demo)
            with pytest.raises(httpx.ConnectError):
                submit(demo)
        answers: list[httpx.Response] = []

        def answered() -> bool:
            with suppress(httpx.ConnectError):
                answers.append(submit(demo))
            return bool(answers)

        wait_until(answered)
        assert answers[0].status_code == 200
        assert demo.counts["submissions"] == 1


def test_a_runner_that_fails(demo: DemoServer) -> None:
    demo.order(Fault.parse("work:fail:kind=generation_timeout"))
    accepted = completed(demo)
    with http(demo) as client:
        status = client.get(accepted["status_url"]).json()
        assert (status["error"], status["error_type"]) == ("Made to fail", "generation_timeout")
        assert client.get(accepted["response_url"]).status_code == 500
    assert "bills" not in demo.counts


def test_results_that_expire_lie_elsewhere_or_do_harm(demo: DemoServer) -> None:
    accepted = completed(demo)
    assert demo.counts["bills"] == 1
    with http(demo) as client:

        def result(words: str) -> dict[str, Any]:
            demo.order(Fault.parse(words))
            answer: dict[str, Any] = client.get(accepted["response_url"]).json()
            demo.order()
            return answer

        assert result("result:private")["images"][0]["url"] == PRIVATE_ADDRESS
        assert result("result:private:to=http://[::1]:9/x")["images"][0]["url"] == "http://[::1]:9/x"
        hostile = result("result:hostile")["images"][0]
        assert (hostile["file_name"], hostile["content_type"]) == (HOSTILE_NAME, "text/html")
        url = hostile["url"]
        demo.order(Fault.parse("file:redirect:to=http://127.0.0.2:9/x"))
        moved = client.get(url)
        assert (moved.status_code, moved.headers["location"]) == (307, "http://127.0.0.2:9/x")
        demo.order(Fault.parse("file:expired:nth=1"))
        assert [client.get(url).status_code for _ in range(3)] == [404, 404, 404]


def test_a_body_without_end(demo: DemoServer) -> None:
    demo.order(Fault.parse("status:huge"))
    with http(demo) as client, client.stream("GET", f"{demo.hosts.queue}/a/b/requests/c/status") as answer:
        received = 0
        for piece in answer.iter_raw():
            received += len(piece)
            if received > 20 * 2**20:
                break
    assert received > 20 * 2**20


def test_a_status_stream_breaks_after_its_first_event(demo: DemoServer) -> None:
    demo.order(Fault.parse("stream:cut_inside"))
    events: list[str] = []

    def read(client: httpx.Client, may_end: threading.Event) -> None:
        with client.stream("GET", submit(demo).json()["status_url"] + "/stream") as answer:
            for line in answer.iter_lines():
                if line.startswith("data:"):
                    events.append(line)
                    may_end.set()

    with held_work() as may_end, http(demo) as client, pytest.raises(httpx.TransportError):
        read(client, may_end)
    assert len(events) <= 1


def test_it_counts_and_takes_orders_over_http(demo: DemoServer) -> None:
    base = demo.hosts.queue.removesuffix("/queue")
    completed(demo)
    with http(demo) as client:
        ordered = client.put(f"{base}/demo/faults", json={"faults": ["any:status:share=0.5"], "seed": 3}).json()
        assert ordered == ["any:status:share=0.5"]
        assert client.put(f"{base}/demo/faults", json={"faults": ["any:any"]}).status_code == 422
        counts = Counter(client.get(f"{base}/demo/books").json())
        (entry,) = client.get(f"{base}/demo/requests").json()
    assert counts["submissions"] == counts["bills"] == counts["requests:submit"] == 1
    assert counts["bytes_in"] > 50
    assert counts["bytes_out"] > 100
    assert entry["body"]["prompt"] == "a red barn"


def test_a_key_may_list_its_own_requests(demo: DemoServer) -> None:
    url = f"{demo.hosts.api}/v1/models/requests/by-endpoint"
    numbers = [submit(demo).json()["request_id"] for _ in range(3)]
    with http(demo) as client:
        asked = {"endpoint_id": IMAGINEART_20.endpoint, "limit": "2", "expand": "payloads"}
        first = client.get(url, params=asked).json()
        second = client.get(url, params=asked | {"cursor": first["next_cursor"]}).json()
        assert [item["request_id"] for item in first["items"] + second["items"]] == numbers[::-1]
        assert first["items"][0]["json_input"] == SMALL
        assert (first["has_more"], second["has_more"]) == (True, False)
        assert client.get(url).status_code == 422
        assert client.get(url, params=asked | {"start": "2099-01-01"}).json()["items"] == []
    assert httpx.get(url, params=asked, timeout=None, verify=NO_CERTIFICATES).status_code == 401  # noqa: S113 - only a hang fails, and pytest ends that
