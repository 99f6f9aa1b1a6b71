"""The program as a process: its real window runs a batch, and is killed or closed once part of it is done.

Started by `batch` with one JSON object as its argument; prints one JSON object if it reaches its end.
"""

from __future__ import annotations

import asyncio
import json
import logging
import os
import sys
from decimal import Decimal
from pathlib import Path
from typing import Any

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from imagineart_desktop.app import make_application
from imagineart_desktop.fal import Hosts, RetryRules, ServiceKind
from imagineart_desktop.jobs import NOT_LISTED, Batch, BatchRequest, JobState, Worker
from imagineart_desktop.library import Library, Query
from imagineart_desktop.models import IMAGINEART_20
from imagineart_desktop.places import AppPaths
from imagineart_desktop.studio import open_core
from imagineart_desktop.ui.theme import Theme
from imagineart_desktop.ui.window.main_window import MainWindow
from imagineart_desktop.workspace.event_loop import run
from imagineart_desktop.workspace.preferences import Preferences
from tests.reliability.measuring import Holdings, Stopwatch
from tests.reliability.stage import die
from tests.waiting import Patience

RULES = RetryRules(first_wait=0.05, max_wait=0.5, answer=20.0)
NAME, AT_ONCE = "A thousand kettles", 10
SMALL = {"resolution": "1K", "aspect_ratio": "4:1"}


async def batch_of(worker: Worker, count: int) -> Batch:
    """Return the batch, which is added by the first process."""
    if known := await worker.batches.all():
        return known[0]
    requests = [BatchRequest(IMAGINEART_20, SMALL | {"prompt": f"kettle {number}"}) for number in range(count)]
    return await worker.batches.add(NAME, requests, ServiceKind.LIVE)


async def deal_with(worker: Worker, batch: Batch) -> None:
    """Do what the user can do about jobs that are stuck: look, send again what isn't listed, retry what failed."""
    for job in worker.jobs():
        if job.state is JobState.UNCONFIRMED:
            listed = job.failure is None or job.failure.error_type != NOT_LISTED
            await (worker.look_for(job.id) if listed else worker.send_again(job.id))
    await worker.batches.retry_failed(batch.id)


async def report_of(library: Library, batch: Batch) -> dict[str, Any]:
    kept = [await library.details(number) for number in await library.search(Query(text=f'batch:"{NAME}"'))]
    spending = await library.spending()
    return {
        "pictures": [one.recipe.request_id for one in kept if one is not None],
        "prompts": [one.recipe.prompt for one in kept if one is not None],
        "paid": str(sum((line.cost for line in spending), Decimal(0))),
        "spent": str(batch.summary.spent),
        "total": batch.summary.total,
        "counts": {state.value: count for state, count in batch.summary.counts.items()},
    }


async def live(plan: dict[str, Any]) -> int:
    places = AppPaths.below(Path(plan["data"]))
    preferences = Preferences(places.settings)
    app = make_application()
    async with open_core(places, at_once=AT_ONCE, rules=RULES, live_hosts=Hosts(*plan["hosts"])) as parts:
        window = MainWindow(parts.library, parts.worker, parts.account, preferences, Theme(app, preferences.theme))
        parts.worker.set_limit(AT_ONCE)
        window.resize(1440, 900)
        await window.restore()
        window.show()
        watch = Stopwatch()
        watch.start()
        batch = await batch_of(parts.worker, plan["count"])
        patience = Patience()
        while (now := parts.worker.batches.find(batch.id) or batch).summary.done < plan["until"]:
            patience.check()
            await asyncio.sleep(0.05)
            await deal_with(parts.worker, batch)
        if plan["kill"]:
            die()
        late, longest = watch.stop()
        figures = {"late_p99_ms": late, "longest_stall_ms": longest, "memory": Holdings.now().memory}
        sys.stdout.write(json.dumps(await report_of(parts.library, now) | figures) + "\n")
        window.close()
    return 0


if __name__ == "__main__":
    logging.getLogger().addHandler(logging.NullHandler())
    sys.exit(run(make_application(), live(json.loads(sys.argv[1])), freezes=True))
