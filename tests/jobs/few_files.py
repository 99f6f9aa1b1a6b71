"""Runs jobs in a process that may open few files. Usage: LIMIT FOLDER BASE KEY; prints how the jobs ended."""

from __future__ import annotations

import asyncio
import os
import resource
import sys
from pathlib import Path

from pydantic import SecretStr

from imagineart_desktop.fal import Hosts, Service, ServiceKind
from imagineart_desktop.jobs import FINAL_STATES, JobEvent, Worker
from imagineart_desktop.library import Library
from imagineart_desktop.models import IMAGINEART_20
from tests.jobs.job_fixtures import HASTY, SMALL

_JOBS = 6


async def work(limit: int, folder: Path, base: str, key: str) -> None:
    """Run all jobs at once, after every file that may be open was opened."""
    hosts = Hosts(f"{base}/run", f"{base}/queue", f"{base}/rest", f"{base}/cdn", f"{base}/api")
    library = Library(folder / "library")
    await library.start()
    worker = Worker(library, limit=_JOBS, rules=HASTY)
    ended: dict[str, str] = {}
    all_ended = asyncio.Event()

    def note(event: JobEvent) -> None:
        if event.job.state in FINAL_STATES:
            ended[event.job.id] = event.job.state.value
            if len(ended) == _JOBS:
                all_ended.set()

    worker.subscribe(note)
    resource.setrlimit(resource.RLIMIT_NOFILE, (limit, resource.getrlimit(resource.RLIMIT_NOFILE)[1]))
    await worker.connect(Service(ServiceKind.DEMO, hosts, SecretStr(key)))
    await worker.add(IMAGINEART_20, ServiceKind.DEMO, SMALL, seeds=range(_JOBS))
    hoard = _hoard()
    await asyncio.sleep(0.3)
    for file in hoard:
        os.close(file)
    await all_ended.wait()
    await worker.stop()
    library.close()
    print(*sorted(set(ended.values())))  # noqa: T201


def _hoard() -> list[int]:
    files: list[int] = []
    while True:
        try:
            files.append(os.open("/dev/null", os.O_RDONLY))
        except OSError:
            return files


if __name__ == "__main__":
    asyncio.run(work(int(sys.argv[1]), Path(sys.argv[2]), *sys.argv[3:]))
