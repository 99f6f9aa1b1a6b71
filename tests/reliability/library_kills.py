"""Operations on a whole library, killed or closed at any step: after the next start, nothing is missing.

One process imports the program once and forks for each point. The child counts what it does to files (audit events of
Python) and to the database, and ends at the point: by SIGKILL, or like a window that is closed. Then another child
starts the library again and compares.
"""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
_EVENTS = frozenset({"os.rename", "os.remove", "os.link", "os.mkdir", "os.rmdir", "os.truncate", "shutil.copyfile"})
_SECONDS = 60
PICTURES = 8
IN_TRASH = (7, 8)


@dataclass(frozen=True, slots=True)
class Places:
    """root: the library; out: where images are exported or the library is copied or moved to."""

    root: Path
    out: Path


@dataclass(slots=True)
class Trap:
    """Ends the child at the `at`th event; 0 for never. Counts all events."""

    at: int = 0
    end: Callable[[], object] = lambda: None
    count: int = 0
    armed: bool = False

    def step(self, event: str, *_: object) -> None:
        if self.armed and (event in _EVENTS or event == "database"):
            self.count += 1
            if self.count == self.at:
                self.end()

    def hook(self, event: str, arguments: tuple[Any, ...]) -> None:
        writes = event == "open" and isinstance(arguments[2], int) and arguments[2] & (os.O_CREAT | os.O_APPEND)
        self.step("os.rename" if writes else event)


TRAP = Trap()


@dataclass(slots=True)
class Report:
    """points: how many there are; tried: at which it was ended; problems: what was wrong after the next start."""

    points: int = 0
    tried: list[int] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Trial:
    """An operation that ends at `most` of its points, evenly spread; at all of them if None.

    close: ended like a window that is closed, not killed.
    """

    operation: str
    most: int | None
    close: bool = False


def kill(*trials: Trial) -> list[Report]:
    """Run the trials one after the other in one process. Return a report per trial."""
    plan = json.dumps([asdict(trial) for trial in trials])
    with tempfile.TemporaryDirectory(prefix="library-kills-") as folder:
        environment = dict(os.environ, PYTHONPATH=str(ROOT), XDG_DATA_HOME=f"{folder}/home", TMPDIR=folder)
        command = [sys.executable, "-m", "tests.reliability.library_kills", plan]
        done = subprocess.run(  # noqa: S603 - our own program
            command, check=False, capture_output=True, text=True, env=environment, cwd=folder
        )
    if done.returncode:
        return [Report(problems=[done.stderr[-3000:]]) for _ in trials]
    return [Report(**found) for found in json.loads(done.stdout.splitlines()[-1])]


# The operations


async def _recover(places: Places) -> None:
    from imagineart_desktop.library import Library

    TRAP.armed = True
    library = Library(places.root)
    await _closing(library, library.start())


async def _rebuild(places: Places) -> None:
    from imagineart_desktop.library.maintenance.rebuild import rebuild

    await _in_use(places, rebuild)


async def _empty(places: Places) -> None:
    await _in_use(places, lambda library: library.trash.empty())


async def _export(places: Places) -> None:
    from imagineart_desktop.library import ExportOptions, Query, export_pictures

    async def work(library: Any) -> None:
        await export_pictures(library, await library.search(Query()), ExportOptions(places.out))

    await _in_use(places, work)


async def _back_up(places: Places) -> None:
    from imagineart_desktop.library.maintenance.backup import back_up

    await _in_use(places, lambda library: back_up(library, places.out))


async def _move(places: Places) -> None:
    from imagineart_desktop.library import Library
    from imagineart_desktop.library.maintenance.relocate import finish_move, prepare_move

    library = Library(places.root)
    await library.start()
    await prepare_move(library, places.out)
    library.close()
    TRAP.armed = True
    finish_move(places.root, places.out)


async def _trash(places: Places) -> None:
    async def work(library: Any) -> None:
        await library.trash.put([1, 2])
        await library.trash.restore([1, 2])

    await _in_use(places, work)


async def _in_use(places: Places, work: Callable[[Any], Awaitable[object]]) -> None:
    from imagineart_desktop.library import Library

    library = Library(places.root)
    await library.start()
    TRAP.armed = True
    await _closing(library, work(library))


async def _closing(library: Any, work: Awaitable[object]) -> None:
    """End like the window: operations in progress are canceled, the library is closed."""
    task = asyncio.ensure_future(work)
    loop = asyncio.get_running_loop()
    if TRAP.at and TRAP.end is not _die:
        TRAP.end = lambda: loop.call_soon_threadsafe(task.cancel)
    with suppress(asyncio.CancelledError):
        await task
    await asyncio.to_thread(library.close)


OPERATIONS: dict[str, Callable[[Places], Awaitable[None]]] = {
    "rebuild": _rebuild,
    "empty": _empty,
    "export": _export,
    "back up": _back_up,
    "move": _move,
    "trash": _trash,
    "lost": _recover,
    "emptied": _recover,
    "damaged": _recover,
    "foreign": _recover,
}
"""By name; the last four are starts with such a database."""


def _spoil(operation: str, places: Places) -> None:
    database = places.root / "library.sqlite"
    if operation == "lost":
        database.unlink()
    elif operation == "emptied":
        database.write_bytes(b"")
    elif operation == "damaged":
        data = bytearray(database.read_bytes())
        data[18:24] = b"\xff" * 6
        database.write_bytes(data)
    elif operation == "foreign":
        import sqlite3

        with sqlite3.connect(database) as connection:
            connection.execute("DROP TABLE saved_searches")
        connection.close()


# The library whose content must survive


async def stock(root: Path) -> None:
    """Create a library with something of everything."""
    from PIL import Image

    from imagineart_desktop.library import Label, Library
    from tests.library.test_library import keep, recipe

    library = Library(root)
    await library.start()
    for number in range(1, PICTURES + 1):
        await keep(library, recipe(number, f"picture {number}"))
    source = root / "source.png"
    Image.new("RGB", (32, 32), "navy").save(source)
    await library.inputs.keep(source.read_bytes())
    source.unlink()
    organise = library.annotations
    spring = await organise.create_collection("Spring")
    await organise.collect([1, 3], await organise.create_collection("Cups", spring))
    await organise.rate([1, 2, 8], 4)
    await organise.tag([2], ["red", "blue"])
    await organise.set_label([3], Label.GREEN)
    await organise.set_note(4, "a note")
    await organise.set_favourite([5], True)
    await organise.save_search("Reds", "tag:red")
    await library.save_draft("generate", {"prompt": "unfinished"})
    await library.prompts.remember("once")
    await library.trash.put(IN_TRASH)
    library.close()


async def facts(places: Places, operation: str) -> dict[str, Any]:
    """Return what the next start has, and what it left behind."""
    from imagineart_desktop.library import Library, Query

    if operation == "move":
        from imagineart_desktop.library.maintenance.relocate import finish_move

        finish_move(places.root, places.out)
    root = places.out if operation == "move" else places.root
    library = Library(root)
    await library.start()
    found = await library.run_background_checks()
    pictures: dict[str, Any] = {}
    made: set[str] = set()
    names = {one.id: one.name for one in await library.annotations.collections()}
    for trash in (False, True):
        for number in await library.search(Query(trash=trash)):
            details = await library.details(number)
            assert details is not None
            marks = details.marks
            said = [marks.rating, marks.label.value, marks.note, marks.favourite, list(marks.tags)]
            held = sorted(names[collection] for collection in marks.collections)
            made.add(details.recipe.prompt)
            pictures[details.recipe.job_id] = [number, trash, details.summary.path.is_file(), said, held]
    gone = [entry.job_id for entry in await library.database.read(_paid)]
    searches = [(one.name, one.query) for one in await library.annotations.saved_searches()]
    own = {
        "pictures": pictures,
        "collections": sorted(names.values()),
        "searches": searches,
        "paid": sorted(gone),
        "draft": await library.draft("generate"),
        "prompts": [used.text for used in await library.prompts.find() if used.text not in made],
        "lost": list(found.lost),
    }
    library.close()
    left = [*places.root.parent.rglob("*.part*"), *places.root.parent.rglob("*.json")]
    own["left"] = sorted(
        path.name
        for path in left
        if not path.name.endswith((".png.json", "-lists.json", "generation.json", "prompts.json"))
    )
    return own


def _paid(connection: Any) -> list[Any]:
    from imagineart_desktop.library.store.ledger import Payment

    rows = connection.execute("SELECT job_id, position, endpoint, created_ms, cost FROM paid").fetchall()
    return [Payment(*row) for row in rows]


def compare(before: dict[str, Any], after: dict[str, Any], operation: str, home: Path) -> list[str]:
    """Return sentences on what differs from before."""
    problems = [f"left over: {name}" for name in after["left"]]
    expected = json.loads(json.dumps(before))
    if operation in ("lost", "emptied"):
        expected |= {"draft": {}, "prompts": []}
        for one in (expected, after):
            one["pictures"] = {job: entry[1:] for job, entry in one["pictures"].items()}
    if operation == "trash":
        for job in ("1", "2"):
            after["pictures"][job.rjust(32, "0")][1] = False
    if operation == "empty":
        in_trash = [job for job, entry in before["pictures"].items() if entry[1]]
        for job in in_trash:
            if job not in after["pictures"]:
                del expected["pictures"][job]
                if not list(home.rglob(f"*{job[:12]}*.png")):
                    problems.append(f"{job} is nowhere")
    for key in ("pictures", "collections", "searches", "paid", "draft", "prompts", "lost"):
        if json.loads(json.dumps(after[key])) != expected[key]:
            problems.append(f"{key}: {after[key]} instead of {expected[key]}")
    return problems


# One process for all


def _die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def _forked(work: Callable[[], object]) -> int:
    """Return how the child ended."""
    sys.stdout.flush()
    child = os.fork()
    if not child:
        try:
            signal.alarm(_SECONDS)
            work()
        except BaseException:
            import traceback

            traceback.print_exc()
            os._exit(1)
        os._exit(0)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def _child(operation: str, places: Places, at: int, end: Callable[[], object], answer: Path) -> None:
    from imagineart_desktop.library.store.database import Database

    TRAP.at, TRAP.end = at, end
    sys.addaudithook(TRAP.hook)
    really: Any = Database.write

    async def write(self: Any, work: Any) -> Any:
        TRAP.step("database")
        result = await really(self, work)
        TRAP.step("database")
        return result

    Database.write = write  # type: ignore[method-assign] # counts as a step
    asyncio.run(OPERATIONS[operation](places))  # type: ignore[arg-type] # they are coroutines
    TRAP.armed = False
    answer.write_text(str(TRAP.count))


def _look(places: Places, operation: str, answer: Path) -> None:
    answer.write_text(json.dumps(asyncio.run(facts(places, operation))))


def main(trials: list[Trial]) -> list[Report]:
    """Stock one library and run each trial on copies of it."""
    import tests.library.test_library  # noqa: F401

    folder = Path(tempfile.mkdtemp())
    stocked, answer = folder / "stocked", folder / "answer"
    assert _forked(lambda: asyncio.run(stock(stocked))) == 0
    original = Places(folder / "original" / "library", folder / "original" / "out")
    shutil.copytree(stocked, original.root)
    assert _forked(partial(_look, original, "", answer)) == 0
    before = json.loads(answer.read_text())
    return [
        _run_trial(trial, folder / f"trial {number}", stocked, before) for number, trial in enumerate(trials, start=1)
    ]


def _run_trial(trial: Trial, folder: Path, stocked: Path, before: dict[str, Any]) -> Report:
    """before: facts of the stocked library."""
    report, operation = Report(), trial.operation
    folder.mkdir()
    # The location of the desktop's trash.
    answer, home = folder / "answer", Path(os.environ["XDG_DATA_HOME"])

    def once(at: int, end: Callable[[], object]) -> Places:
        places = Places(folder / f"at {at}" / "library", folder / f"at {at}" / "out")
        shutil.copytree(stocked, places.root)
        _spoil(operation, places)
        status = _forked(partial(_child, operation, places, at, end, answer))
        if status not in (0, -signal.SIGKILL):
            report.problems.append(f"at {at}: it ended with {status}")
        return places

    once(0, lambda: None)
    report.points = int(answer.read_text())
    most = trial.most or report.points
    step = max(1, report.points // most)
    for at in range(1, report.points + 1, step):
        places = once(at, (lambda: None) if trial.close else _die)
        answer.unlink(missing_ok=True)
        report.tried.append(at)
        if _forked(partial(_look, places, operation, answer)):
            report.problems.append(f"at {at}: the next start failed")
            continue
        problems = compare(before, json.loads(answer.read_text()), operation, home)
        report.problems += [f"at {at}: {problem}" for problem in problems]
        shutil.rmtree(places.root.parent)
    return report


if __name__ == "__main__":
    made = main([Trial(**plan) for plan in json.loads(sys.argv[1])])
    sys.stdout.write(json.dumps([asdict(report) for report in made]) + "\n")
