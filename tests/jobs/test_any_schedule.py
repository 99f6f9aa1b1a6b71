"""Random schedules of requests, faults, cancels, restarts and crashes: nothing is lost or paid twice unasked.

The worker, its database, its files and the demo server are real. A crash is a worker that can no longer write or send
anything, followed by a new one on the same folder.
"""

from __future__ import annotations

import asyncio
import os
import shutil
import tempfile
from collections import Counter
from collections.abc import Coroutine
from pathlib import Path
from typing import Any, NoReturn

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule

from imagineart_desktop.demo import DemoServer, Fault, Timing
from imagineart_desktop.fal import RetryRules, ServiceKind
from imagineart_desktop.imaging import encode_png, export_mask, new_mask
from imagineart_desktop.jobs import FINAL_STATES, InputImage, JobState, Worker
from imagineart_desktop.library import Library, Query
from imagineart_desktop.models import IDEOGRAM_V2_EDIT, IMAGINEART_20
from tests.jobs.job_fixtures import FAULTS, SMALL, accepted, service_of
from tests.waiting import Patience

EXAMPLES = int(os.environ.get("IMAGINEART_SCHEDULES", "12"))
"""The reliability battery sets more."""

RULES = RetryRules(first_wait=0.01, max_wait=0.04, answer=6.0)
faults = st.lists(
    st.tuples(st.sampled_from(FAULTS), st.sampled_from(("nth=1", "nth=2", "share=0.3", "times=2"))), max_size=3
)


class CrashedError(BaseException):
    """Simulates a crash: nothing runs after it."""


class AnySchedule(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.root = Path(tempfile.mkdtemp(prefix="schedule-"))
        self.loop = asyncio.new_event_loop()
        self.server = DemoServer(self.root / "demo", pace=Timing(queue=0.01, work=0.03))
        self.server.start()
        self.requests = 0
        self.crashed = False
        self.allowed: Counter[str] = Counter()

    @initialize()
    def open(self) -> None:
        self.run(self._open())

    @rule(painted=st.booleans())
    def request(self, painted: bool) -> None:
        self.requests += 1
        prompt = f"request {self.requests}"
        self.allowed[prompt] += 1
        if painted:
            picture, mask = new_mask((64, 48)), new_mask((64, 48))
            mask[10:20, 10:30] = 255
            pixels = picture[:, :, None].repeat(3, axis=2)
            ingredients = {
                "image_url": [InputImage(encode_png(pixels))],
                "mask_url": [InputImage(export_mask(mask, 0))],
            }
            self.run(self.worker.add(IDEOGRAM_V2_EDIT, ServiceKind.DEMO, {"prompt": prompt}, ingredients))
        else:
            self.run(self.worker.add(IMAGINEART_20, ServiceKind.DEMO, SMALL | {"prompt": prompt}))

    @rule(ordered=faults, seed=st.integers(0, 9))
    def go_wrong(self, ordered: list[tuple[str, str]], seed: int) -> None:
        parsed = []
        for words, when in ordered:
            head, found, address = words.partition(":to=")
            parsed.append(Fault.parse(f"{head}:{when}{found}{address}"))
        self.server.order(*parsed, seed=seed)

    @rule(seconds=st.sampled_from((0.0, 0.03, 0.1, 0.3)))
    def let_pass(self, seconds: float) -> None:
        self.run(asyncio.sleep(seconds))

    # The jobs that a rule finds depend on timing. A rule that finds none does nothing, so that the same choices always
    # lead through the same rules.

    @rule(which=st.integers(0, 99))
    def cancel(self, which: int) -> None:
        if jobs := self.worker.jobs():
            self.run(self.worker.cancel(jobs[which % len(jobs)].id))

    @rule(twice=st.booleans())
    def send_again(self, twice: bool) -> None:
        for job in self.stuck(JobState.UNCONFIRMED)[:1]:
            self.allowed[job.prompt] += 1
            self.run(self._click(self.worker.send_again, job.id, twice))

    @rule(twice=st.booleans())
    def look_for(self, twice: bool) -> None:
        for job in self.stuck(JobState.UNCONFIRMED)[:1]:
            self.run(self._click(self.worker.look_for, job.id, twice))

    @rule(twice=st.booleans())
    def retry(self, twice: bool) -> None:
        for job in self.stuck(JobState.FAILED)[:1]:
            if job.result is None:
                self.allowed[job.prompt] += 1
            self.run(self._click(self.worker.retry, job.id, twice))

    @rule()
    def restart(self) -> None:
        # In one step: a program that dies while closing is restarted only once.
        self.run(self._restart())

    @rule()
    def crash(self) -> None:
        self.crashed = True
        self.run(asyncio.sleep(0))

    @rule(painted=st.booleans(), writes=st.sampled_from((1, 2, 3, 4, 4, 4, 5, 6, 7, 8)), written=st.booleans())
    def request_and_die(self, painted: bool, writes: int, written: bool) -> None:
        """The program dies at one of the writes that a request causes, just before or just after it."""
        self.die_at(writes, written)
        self.request(painted)
        self.let_pass(0.2)

    def teardown(self) -> None:
        try:
            if hasattr(self, "worker"):
                self.server.order()
                self.crash()
                self.loop.run_until_complete(self._settle())
                self.loop.run_until_complete(self._check())
                self.loop.run_until_complete(self._close())
        finally:
            self.server.stop()
            self.loop.close()
            shutil.rmtree(self.root, ignore_errors=True)

    # Helpers

    def die_at(self, writes: int, written: bool) -> None:
        really = self.library.database.write

        async def write(work: Any) -> Any:
            nonlocal writes
            writes -= 1
            if writes < 0 or (writes == 0 and not written):
                self.crashed = True
                raise CrashedError
            result = await really(work)
            if writes == 0:
                self.crashed = True
                raise CrashedError
            return result

        self.library.database.write = write  # type: ignore[method-assign]

    def run(self, work: Coroutine[Any, Any, object]) -> None:
        """Run the work; restart the program if it has died."""
        try:
            self.loop.run_until_complete(work)
        except CrashedError:
            self.crashed = True
        if self.crashed:
            self.crashed = False
            self.loop.run_until_complete(self._crash())
            self.loop.run_until_complete(self._open())

    def stuck(self, state: JobState) -> list[Any]:
        return [job for job in self.worker.jobs() if job.state is state]

    async def _click(self, command: Any, job_id: str, twice: bool) -> None:
        await asyncio.gather(*(command(job_id) for _ in range(1 + twice)))

    async def _open(self) -> None:
        self.library = Library(self.root / "library")
        await self.library.start()
        self.worker = Worker(self.library, rules=RULES)
        await self.worker.start()
        await self.worker.connect(service_of(self.server))
        await self.library.reconcile()

    async def _restart(self) -> None:
        await self._close()
        await self._open()

    async def _close(self) -> None:
        await self.worker.stop()
        self.library.close()

    async def _crash(self) -> None:
        async def refuse(*_: object) -> NoReturn:
            raise CrashedError

        database = self.library.database
        database.write = refuse  # type: ignore[assignment, method-assign]
        left = asyncio.all_tasks() - {asyncio.current_task()}
        for task in left:
            task.cancel()
        await asyncio.gather(*left, return_exceptions=True)
        await self.worker.stop()
        self.library.close()

    async def _settle(self) -> None:
        """Retry until all jobs have ended: the network works again, and the user deals with stuck jobs."""
        asked: set[str] = set()
        patience = Patience()
        while True:
            for job in self.worker.jobs():
                if job.state is JobState.UNCONFIRMED and job.id not in asked:
                    asked.add(job.id)
                    await self.worker.look_for(job.id)
                elif job.state is JobState.FAILED and job.result is not None:
                    await self.worker.retry(job.id)
            if all(job.state in FINAL_STATES and job.result is None for job in self.worker.jobs()):
                return
            patience.check()
            await asyncio.sleep(0.02)

    async def _check(self) -> None:
        entries = accepted(self.server)
        sent = Counter(entry["body"]["prompt"] for entry in entries)
        for prompt, times in sent.items():
            assert times <= self.allowed[prompt], f"“{prompt}” was sent {times} times"
        kept = [await self.library.details(number) for number in await self.library.search(Query())]
        ids = [details.recipe.request_id for details in kept if details is not None]
        assert len(ids) == len(set(ids)), "a picture is there twice"
        made = {entry["request_id"]: entry["body"]["prompt"] for entry in entries if entry["output"] is not None}
        assert set(ids) <= set(made)
        # Nobody knows of a request that couldn't be found when the user had it sent again.
        lost = [prompt for request_id, prompt in made.items() if request_id not in ids and self.allowed[prompt] == 1]
        assert not lost, f"lost: {lost}"
        assert (await self.library.reconcile()).lost == ()


TestAnySchedule = AnySchedule.TestCase
TestAnySchedule.settings = settings(
    max_examples=EXAMPLES,
    stateful_step_count=16,
    deadline=None,
    derandomize="IMAGINEART_SCHEDULES" not in os.environ,
    suppress_health_check=list(HealthCheck),
)
