"""Kills the import of a request with four images at one step after the other, and starts the program again each time.

Usage: FOLDER BASE KEY EVERY. A process that has imported the program forks for each step: a child counts what it does
to files and to the database, and is killed at the step; another one starts the same library again and compares it with
what was paid for. Every `EVERY`th step is tried. Prints the number of steps, and what was wrong.
"""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import signal
import sys
import traceback
from collections import Counter
from collections.abc import Awaitable, Callable
from decimal import Decimal
from functools import partial
from pathlib import Path
from typing import Any

from pydantic import SecretStr

from imagineart_desktop.fal import Hosts, Service, ServiceKind
from imagineart_desktop.jobs import JobEvent, JobState, Worker
from imagineart_desktop.library import Library, Query
from imagineart_desktop.library.store.database import Database
from imagineart_desktop.models import IDEOGRAM_V3
from tests.jobs.job_fixtures import HASTY

IMAGES = 4
_FIELDS = {"prompt": "a red barn", "image_size": "square"}
_WHOLE = Decimal("0.24")
_EVENTS = frozenset({"os.rename", "os.remove", "os.link"})
_KILLED = -signal.SIGKILL


class _Trap:
    """Kills the process at the `at`th step of an armed trap; 0 for never. reached: how many steps there were."""

    def __init__(self, at: int) -> None:
        self.at, self.reached, self.armed = at, 0, False

    def arm(self) -> None:
        sys.addaudithook(self._hook)
        really = Database.write

        async def write(database: Database, work: Any) -> Any:
            self._step()
            return await really(database, work)

        Database.write = write  # type: ignore[method-assign, assignment]
        self.armed = True

    def _hook(self, event: str, arguments: tuple[Any, ...]) -> None:
        writes = event == "open" and isinstance(arguments[2], int) and arguments[2] & (os.O_CREAT | os.O_APPEND)
        if writes or event in _EVENTS:
            self._step()

    def _step(self) -> None:
        if self.armed:
            self.reached += 1
            if self.reached == self.at:
                os.kill(os.getpid(), signal.SIGKILL)


async def _work(root: Path, service: Service, seen: Callable[[JobEvent], bool], begin: bool = False) -> Library:
    """Open the library and let its job go on until an event that `seen` accepts."""
    library = Library(root)
    await library.start()
    worker = Worker(library, rules=HASTY)
    ended = asyncio.Event()
    worker.subscribe(lambda event: ended.set() if seen(event) else None)
    await worker.start()
    left = worker.jobs()
    await worker.connect(service)
    if begin:
        await worker.add(IDEOGRAM_V3, ServiceKind.LIVE, _FIELDS, seeds=range(5, 5 + IMAGES))
    if begin or left:
        await ended.wait()
    await worker.stop()
    return library


def _is_done(event: JobEvent) -> bool:
    return event.job.state is JobState.DONE


def _die_when_fetching(event: JobEvent) -> bool:
    if event.job.state is JobState.FETCHING:
        os.kill(os.getpid(), signal.SIGKILL)
    return False


async def _import(root: Path, service: Service, at: int, count: Path) -> None:
    trap = _Trap(at)
    trap.arm()
    await _work(root, service, _is_done)
    trap.armed = False
    count.write_text(str(trap.reached))


async def _compare(root: Path, service: Service) -> None:
    library = await _work(root, service, _is_done)
    await library.run_background_checks()
    numbers = await library.search(Query())
    found = [details for number in numbers if (details := await library.details(number)) is not None]
    recipes = sorted((details.recipe for details in found), key=lambda recipe: recipe.position)
    assert [recipe.position for recipe in recipes] == list(range(IMAGES)), recipes
    assert len({details.summary.path.read_bytes() for details in found}) == IMAGES
    assert Counter(path.suffix for path in (root / "pictures").rglob("*.*")) == {".png": IMAGES}
    assert sum(recipe.cost for recipe in recipes) == _WHOLE
    assert sum(Decimal(recipe.billed_units or 0) for recipe in recipes) == IMAGES
    assert sum(line.cost for line in await library.spending()) == _WHOLE
    library.close()


def _forked(work: Callable[[], Awaitable[object]]) -> int:
    """Run the work in a child. Return its exit code, negative for a signal."""
    child = os.fork()
    if child == 0:
        code = 1
        try:
            asyncio.run(work())  # type: ignore[arg-type]
            code = 0
        except BaseException:
            traceback.print_exc()
        finally:
            os._exit(code)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def kill_at_steps(folder: Path, service: Service, every: int) -> tuple[int, list[str]]:
    """Return how many steps there are, and what was wrong after a kill."""
    kept, root, count = folder / "kept", folder / "library", folder / "steps"
    if _forked(partial(_work, root, service, _die_when_fetching, True)) != _KILLED:
        return 0, ["the request was not accepted"]
    root.rename(kept)
    shutil.copytree(kept, root)
    if _forked(partial(_import, root, service, 0, count)):
        return 0, ["the import failed"]
    steps, problems = int(count.read_text()), []
    for at in range(1, steps + 1, every):
        shutil.rmtree(root)
        shutil.copytree(kept, root)
        code = _forked(partial(_import, root, service, at, count))
        if code not in (_KILLED, 0):
            problems.append(f"step {at} of {steps}: ended with {code}")
        if _forked(partial(_compare, root, service)):
            problems.append(f"step {at} of {steps}: wrong after the next start")
    return steps, problems


def main(folder: str, base: str, key: str, every: str) -> None:
    """Print the result as JSON."""
    hosts = Hosts(f"{base}/run", f"{base}/queue", f"{base}/rest", f"{base}/cdn", f"{base}/api")
    steps, problems = kill_at_steps(Path(folder), Service(ServiceKind.LIVE, hosts, SecretStr(key)), int(every))
    print(json.dumps({"steps": steps, "problems": problems}))  # noqa: T201


if __name__ == "__main__":
    main(*sys.argv[1:])
