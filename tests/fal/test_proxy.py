"""A team's key stays on its server: every authorized call goes to the proxy and tells it the target at fal."""

from __future__ import annotations

from pathlib import Path

import pytest
from pydantic import SecretStr

from imagineart_desktop.demo import DemoServer
from imagineart_desktop.fal import (
    FalClient,
    FalError,
    Hosts,
    InvalidKeyError,
    Service,
    ServiceKind,
    Uploader,
    parse_proxy_url,
)
from imagineart_desktop.imaging import encode_png, export_mask, new_mask
from imagineart_desktop.jobs import InputImage, JobState, Worker
from imagineart_desktop.library import Library
from imagineart_desktop.models import IDEOGRAM_V2_EDIT
from tests.fal.proxy_fixture import REAL, TOKEN, team_proxy
from tests.jobs.job_fixtures import HASTY, outcome

pytestmark = pytest.mark.asyncio


def behind(proxy: str, demo: DemoServer, token: str | None = TOKEN) -> Service:
    """Return fal.ai as a service behind the proxy; only files are at the demo server's own address."""
    hosts = Hosts(REAL["run"], REAL["queue"], REAL["rest"], demo.hosts.cdn, "https://api.fal.ai")
    return Service(ServiceKind.LIVE, hosts, None if token is None else SecretStr(token), proxy)


async def test_a_whole_job_with_pictures_goes_through_the_proxy(tmp_path: Path, demo: DemoServer) -> None:
    mask = new_mask((64, 48))
    mask[10:20, 10:30] = 255
    pixels = mask[:, :, None].repeat(3, axis=2)
    sent = {"image_url": [InputImage(encode_png(pixels))], "mask_url": [InputImage(export_mask(mask, 0))]}
    library = Library(tmp_path / "library")
    worker = Worker(library, rules=HASTY)
    with team_proxy(demo) as (url, seen):
        await worker.connect(behind(url, demo))
        (job,) = await worker.add(IDEOGRAM_V2_EDIT, ServiceKind.LIVE, {"prompt": "a pot"}, sent)
        event = await outcome(worker, job)
        assert event.job.state is JobState.DONE, event.job.failure
        assert event.job.billed_units == "1"
        await worker.stop()
    library.close()
    assert {headers["authorization"] for headers in seen} == {f"Bearer {TOKEN}"}
    assert all(headers["x-fal-target-url"].startswith("https://") for headers in seen)
    assert demo.counts["submissions"] == 1


async def test_the_proxy_says_whom_it_lets_in(demo: DemoServer) -> None:
    with team_proxy(demo) as (url, _):
        async with FalClient(behind(url, demo)) as client:
            await client.test()
        async with FalClient(behind(url, demo, "wrong")) as client:
            with pytest.raises(InvalidKeyError):
                await client.test()


async def test_what_the_proxy_does_not_let_through_is_no_end(demo: DemoServer) -> None:
    """A refused call fails with a message; an upload uses a method that is allowed."""
    with team_proxy(demo) as (url, _):
        async with FalClient(behind(url, demo)) as client:
            with pytest.raises(FalError):
                await client.upload_token()
            assert (await Uploader(client).upload(b"x" * 10, "image/png")).startswith(demo.hosts.cdn)


@pytest.mark.parametrize(
    ("address", "words"),
    [
        ("studio.example/api", "whole address"),
        ("ftp://studio.example/api", "whole address"),
        ("http://studio.example/api", "must begin with https"),
        ("https://me:secret@studio.example/api", "into its own field"),
    ],
)
async def test_an_address_that_cannot_be_a_proxy(address: str, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        parse_proxy_url(address)
    assert parse_proxy_url(" https://studio.example/api ") == "https://studio.example/api"
    assert parse_proxy_url("http://localhost:3000/api") == "http://localhost:3000/api"
