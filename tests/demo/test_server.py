"""The demo server over real sockets: who gets access, what it refuses, and what it remembers."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import httpx
import pytest

from imagineart_desktop.demo import FAST_TIMING, DemoServer, Timing
from imagineart_desktop.models import BUILT_IN, IDEOGRAM_V2_EDIT, IDEOGRAM_V3, IMAGINEART_20, IMAGINEART_20_EDIT
from tests.loopback import NO_CERTIFICATES
from tests.waiting import wait_until

SMALL = {"prompt": "a red barn", "resolution": "1K", "aspect_ratio": "4:1", "seed": 5}


def caller(server: DemoServer) -> httpx.Client:
    return httpx.Client(headers={"Authorization": f"Key {server.key}"}, timeout=None, verify=NO_CERTIFICATES)  # noqa: S113 - only a hang fails, and pytest ends that


def submit(http: httpx.Client, server: DemoServer, endpoint: str, body: dict[str, Any]) -> httpx.Response:
    return http.post(f"{server.hosts.queue}/{endpoint}", json=body)


def finished(http: httpx.Client, status_url: str) -> dict[str, Any]:
    status: dict[str, Any] = {}

    def completed() -> bool:
        status.update(http.get(status_url, params={"logs": "1"}).json())
        return bool(status["status"] == "COMPLETED")

    wait_until(completed)
    return status


def test_wrong_key_is_refused(demo: DemoServer) -> None:
    for url in (f"{demo.hosts.queue}/{IMAGINEART_20.endpoint}", f"{demo.hosts.rest}/storage/auth/token"):
        answer = httpx.post(
            url,
            json=SMALL,
            headers={"Authorization": "Key wrong:key"},
            timeout=None,  # noqa: S113 - only a hang fails, and pytest ends that
            verify=NO_CERTIFICATES,
        )
        assert answer.status_code == 401


@pytest.mark.parametrize("headers", [{"Host": "evil.example"}, {"Origin": "https://evil.example"}])
def test_callers_from_elsewhere_are_refused(demo: DemoServer, headers: dict[str, str]) -> None:
    with caller(demo) as http:
        answer = http.post(f"{demo.hosts.queue}/{IMAGINEART_20.endpoint}", json=SMALL, headers=headers)
    assert answer.status_code == 403


def test_listens_on_loopback_alone(demo: DemoServer) -> None:
    assert demo.hosts.queue.startswith("http://127.0.0.1:")


def test_urls_carry_owner_and_app_without_the_sub_path(demo: DemoServer) -> None:
    with caller(demo) as http:
        for model in BUILT_IN[:2]:
            answer = submit(http, demo, model.endpoint, {"prompt": "x", "aspect_ratio": "3:1"}).json()
            assert f"/{model.app}/requests/{answer['request_id']}" in answer["status_url"]
            assert "text-to-image" not in answer["status_url"]


@pytest.mark.parametrize(
    ("endpoint", "body", "field", "kind"),
    [
        (IMAGINEART_20.endpoint, {}, "prompt", "missing"),
        (IMAGINEART_20.endpoint, {"prompt": "x", "aspect_ratio": "7:5"}, "aspect_ratio", "literal_error"),
        (IMAGINEART_20.endpoint, {"prompt": "x", "seed": 2**63}, "seed", "less_than_equal"),
        (
            IMAGINEART_20_EDIT.endpoint,
            {"prompt": "x", "image_urls": ["https://example.com/a.png"] * 5},
            "image_urls",
            "too_long",
        ),
        (IDEOGRAM_V2_EDIT.endpoint, {"prompt": "x", "image_url": "data:image/png;base64,"}, "mask_url", "missing"),
    ],
)
def test_bad_input_is_named(demo: DemoServer, endpoint: str, body: dict[str, Any], field: str, kind: str) -> None:
    with caller(demo) as http:
        answer = submit(http, demo, endpoint, body)
    assert answer.status_code == 422
    (finding,) = answer.json()["detail"]
    assert finding["loc"] == ["body", field]
    assert finding["type"] == kind


def test_unknown_endpoint_and_request(demo: DemoServer) -> None:
    with caller(demo) as http:
        assert submit(http, demo, "nobody/nothing", {"prompt": "x"}).status_code == 404
        assert http.get(f"{demo.hosts.queue}/{IMAGINEART_20.app}/requests/none/status").status_code == 404


def test_requests_wait_in_line_and_move_up(tmp_path: Path) -> None:
    with DemoServer(tmp_path, pace=Timing(queue=0.2, work=0.1, runners=1)) as server, caller(server) as http:
        answers = [submit(http, server, IMAGINEART_20.endpoint, SMALL).json() for _ in range(3)]
        states = [http.get(answer["status_url"]) for answer in answers]
        assert [state.json()["status"] for state in states] == ["IN_QUEUE"] * 3
        assert [state.json()["queue_position"] for state in states[1:]] == [0, 1]
        assert all(state.status_code == 202 for state in states)
        status = finished(http, answers[2]["status_url"])
        assert status["metrics"]["inference_time"] > 0
        assert http.get(answers[2]["response_url"]).headers["x-fal-billable-units"] == "1"


def test_result_before_the_end_is_refused(demo: DemoServer) -> None:
    with caller(demo) as http:
        answer = submit(http, demo, IMAGINEART_20.endpoint, SMALL).json()
        assert http.get(answer["response_url"]).status_code == 400


def test_status_stream_tells_each_line_once_and_ends_with_completed(demo: DemoServer) -> None:
    with caller(demo) as http:
        answer = submit(http, demo, IMAGINEART_20.endpoint, SMALL).json()
        with http.stream("GET", f"{answer['status_url']}/stream", params={"logs": "1"}) as stream:
            events = [json.loads(line[5:]) for line in stream.iter_lines() if line.startswith("data:")]
        status = http.get(answer["status_url"], params={"logs": "1"}).json()
    assert events[-1]["status"] == "COMPLETED"
    assert len(status["logs"]) >= 5
    assert [line for event in events for line in event.get("logs", ())] == status["logs"]


def test_same_request_and_seed_same_picture_other_seed_another(demo: DemoServer) -> None:
    pictures = []
    with caller(demo) as http:
        for seed in (5, 5, 6):
            answer = submit(http, demo, IMAGINEART_20.endpoint, SMALL | {"seed": seed}).json()
            finished(http, answer["status_url"])
            url = http.get(answer["response_url"]).json()["images"][0]["url"]
            pictures.append(httpx.get(url, timeout=None, verify=NO_CERTIFICATES).content)  # noqa: S113 - only a hang fails, and pytest ends that
    assert pictures[0] == pictures[1] != pictures[2]


def test_inline_result_with_sync_mode_and_mask_of_another_size(demo: DemoServer) -> None:
    from imagineart_desktop.imaging import encode_grey_png, encode_png, new_mask

    def uri(data: bytes) -> str:
        import base64

        return f"data:image/png;base64,{base64.b64encode(data).decode()}"

    import numpy as np

    picture, mask = np.full((40, 60, 3), 90, np.uint8), new_mask((60, 40))
    mask[10:20, 10:30] = 255
    body = {"prompt": "x", "image_url": uri(encode_png(picture)), "sync_mode": True}
    with caller(demo) as http:
        good = submit(http, demo, IDEOGRAM_V2_EDIT.endpoint, body | {"mask_url": uri(encode_grey_png(255 - mask))})
        finished(http, good.json()["status_url"])
        assert http.get(good.json()["response_url"]).json()["images"][0]["url"].startswith("data:image/png;base64,")
        small = submit(http, demo, IDEOGRAM_V2_EDIT.endpoint, body | {"mask_url": uri(encode_grey_png(mask[:20]))})
        status = finished(http, small.json()["status_url"])
        assert status["error"]
        refused = http.get(small.json()["response_url"])
        assert refused.status_code == 422
        assert "60x20" in refused.json()["detail"][0]["msg"]


def test_accepted_requests_survive_a_restart_on_another_port(tmp_path: Path) -> None:
    with DemoServer(tmp_path, pace=Timing(queue=30, work=30)) as first, caller(first) as http:
        kept = submit(http, first, IMAGINEART_20.endpoint, SMALL).json()["request_id"]
    with DemoServer(tmp_path, pace=FAST_TIMING) as second, caller(second) as http:
        place = f"{second.hosts.queue}/{IMAGINEART_20.app}/requests/{kept}"
        finished(http, f"{place}/status")
        assert http.get(http.get(place).json()["images"][0]["url"]).status_code == 200


def test_files_are_readable_by_their_owner_alone(demo: DemoServer, tmp_path: Path) -> None:
    with caller(demo) as http:
        answer = submit(http, demo, IMAGINEART_20.endpoint, SMALL).json()
        finished(http, answer["status_url"])
    if sys.platform != "win32":
        kept = [path for path in (tmp_path / "demo").rglob("*") if path.is_file()]
        assert kept
        assert all(path.stat().st_mode & 0o077 == 0 for path in kept)


def test_alone_it_prints_one_json_line_and_ends_on_a_signal(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "imagineart_desktop", "demo-server", "--key", "me:secret", "--data", str(tmp_path)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)  # noqa: S603
    assert process.stdout is not None
    hosts = json.loads(process.stdout.readline())
    assert set(hosts) == {"run", "queue", "rest", "cdn", "key"}
    with httpx.Client(headers={"Authorization": f"Key {hosts['key']}"}, timeout=None, verify=NO_CERTIFICATES) as http:  # noqa: S113 - only a hang fails, and pytest ends that
        token = http.post(f"{hosts['rest']}/storage/auth/token")
    assert token.status_code == 200
    process.send_signal(signal.SIGTERM)
    assert process.communicate()[0] == ""
    assert process.returncode == 0


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="there is no device that is always full")
def test_addresses_that_cannot_be_written_are_said_and_in_the_exit_code(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "imagineart_desktop", "demo-server", "--data", str(tmp_path)]
    with Path("/dev/full").open("wb") as full:
        process = subprocess.Popen(command, stdout=full, stderr=subprocess.PIPE, text=True)  # noqa: S603
    assert process.stderr is not None
    said = process.stderr.readline()
    assert said.startswith("Can’t write the addresses to standard output: ")
    process.send_signal(signal.SIGTERM)
    assert process.communicate()[1] == ""
    assert process.returncode == 7


def test_a_request_for_several_images_gets_as_many_each_with_its_own_seed(demo: DemoServer) -> None:
    def results(http: httpx.Client, **fields: int) -> tuple[dict[str, Any], httpx.Headers]:
        body = {"prompt": "a red barn", "image_size": "square", **fields}
        sent = submit(http, demo, IDEOGRAM_V3.endpoint, body).json()
        finished(http, sent["status_url"])
        answer = http.get(sent["response_url"])
        return answer.json(), answer.headers

    with caller(demo) as http:
        output, headers = results(http, seed=5, num_images=3)
        assert (len(output["images"]), output["seed"]) == (3, 5)
        assert headers["x-fal-billable-units"] == "3"
        made = [http.get(image["url"]).content for image in output["images"]]
        (alone,) = results(http, seed=7)[0]["images"]
        assert http.get(alone["url"]).content == made[2]
    assert len(set(made)) == 3
