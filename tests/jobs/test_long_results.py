"""A result with more images than are kept: the first ones arrive, and the picture says that there were more."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from imagineart_desktop.demo import DemoServer
from imagineart_desktop.fal import FalClient, ServiceKind, responses
from imagineart_desktop.fal.responses import Result
from imagineart_desktop.jobs import JobState
from imagineart_desktop.models import IMAGINEART_20
from tests.jobs.job_fixtures import SMALL, at_work, outcome


@pytest.mark.asyncio
async def test_the_first_images_are_kept(demo: DemoServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    really = FalClient.result

    async def many(client: FalClient, response_url: str) -> Result:
        result = await really(client, response_url)
        output = json.loads(result.raw)
        return result.model_copy(update={"raw": json.dumps({**output, "images": output["images"] * 5})})

    monkeypatch.setattr(FalClient, "result", many)
    monkeypatch.setattr(responses, "MAX_IMAGES", 2)
    async with at_work(tmp_path, demo) as (worker, library):
        (job,) = await worker.add(IMAGINEART_20, ServiceKind.DEMO, SMALL)
        event = await outcome(worker, job)
        assert event.job.state is JobState.DONE
        assert len(event.pictures) == 2
        details = await library.details(event.pictures[0])
    assert details is not None
    assert str(details.recipe.findings[0]).startswith("The service returned more than ")
