"""A short session of the window as a process: one Demo image, then it's closed.

Arguments: the data folder, a file for the report, and what else to do: `type` leaves a prompt in the form and waits to
be ended from outside, `read` reports the prompt in the form, `settle` waits until the account is known.
"""

from __future__ import annotations

import asyncio
import logging
import sys
from typing import Any

from PySide6.QtTest import QTest

from imagineart_desktop.jobs import FINAL_STATES, JobEvent
from imagineart_desktop.models import IMAGINEART_20
from tests.reliability.stage import Stage, play

PROMPT = "a copper kettle on a window sill, typed a moment ago"
TYPED = "typed"
_LONGEST = 80.0


async def make_one(stage: Stage) -> dict[str, Any]:
    """Fill in the form and press the button, as a user does."""
    form = stage.shown.generate.form
    events: list[JobEvent] = []
    stage.studio.worker.subscribe(events.append)
    form.draft.set_model(IMAGINEART_20)
    form.draft.set_fields({"prompt": "a copper kettle", "aspect_ratio": "4:1", "resolution": "1K"})
    form.go.click()
    await stage.until(lambda: any(event.job.state in FINAL_STATES for event in events), _LONGEST)
    last = events[-1].job
    failure = last.failure
    return {"state": last.state.value, "failure": "" if failure is None else f"{failure.message} {failure.advice}"}


async def type_on(stage: Stage) -> dict[str, Any]:
    """Type without a pause; the last key is pressed just before the end."""
    stage.shown.go_to("generate")
    QTest.keyClicks(stage.shown.generate.form.prompt.editor, PROMPT)
    sys.stdout.write(f"{TYPED}\n")
    sys.stdout.flush()
    await asyncio.Event().wait()
    return {}


async def settle(_stage: Stage) -> dict[str, Any]:
    """Do nothing; being called shows that the account is known."""
    return {"state": "settled"}


async def read(stage: Stage) -> dict[str, Any]:
    """Return what the form was restored with."""
    return {"prompt": stage.shown.generate.form.prompt.text()}


if __name__ == "__main__":
    logging.getLogger().addHandler(logging.NullHandler())
    acts = {"type": type_on, "read": read, "settle": settle}
    act = acts[sys.argv[3]] if len(sys.argv) > 3 else make_one
    sys.exit(play({"data": sys.argv[1], "report": sys.argv[2], "longest": _LONGEST}, act))
