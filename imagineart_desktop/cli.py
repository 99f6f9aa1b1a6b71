"""The command line: the window, one job without a window, the tour, and the demo server alone.

Exit codes: 0 it worked; 2 the command or the request is wrong; 3 the job failed; 4 it may have been accepted and
charged, look before sending it again; 130 interrupted.
"""

from __future__ import annotations

import argparse
import asyncio
import importlib
import sys
from collections.abc import Callable, Coroutine, Sequence
from pathlib import Path
from typing import Any

from imagineart_desktop import __version__
from imagineart_desktop.arguments import OddArgumentError, count, make_ready, seconds, whole_number
from imagineart_desktop.inpaint_command import (
    add_inpaint_arguments,
    may_spend,
    prepared_of,
    price_of,
    together,
)
from imagineart_desktop.models import FieldKind, InvalidRequestError, Task, models_for
from imagineart_desktop.report import write_report
from imagineart_desktop.support import bound_arenas

_FAULT_HELP = "what shall go wrong, e.g. submit:cut_before:nth=1 or any:status:code=503:share=0.1; may be given again"
OK, WRONG_REQUEST, FAILED, UNCONFIRMED, INTERRUPTED = 0, 2, 3, 4, 130


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs a command; returns its exit code."""
    bound_arenas()
    options = _parser().parse_args(arguments)
    try:
        return int(options.run(options))
    except KeyboardInterrupt:
        return INTERRUPTED


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="imagineart-desktop", description="Generate, edit and inpaint pictures. Without a command: the window."
    )
    parser.add_argument("--version", action="version", version=__version__)
    parser.add_argument("--data", type=Path, help="keep everything below this folder")
    parser.set_defaults(run=_window)
    commands = parser.add_subparsers(metavar="COMMAND")
    for task, words in (
        (Task.GENERATE, "make a picture from words"),
        (Task.EDIT, "make a picture from pictures and words"),
        (Task.INPAINT, "make the painted part of a picture anew"),
    ):
        _add_task(commands.add_parser(task.value, help=words), task)
    resume = commands.add_parser("resume", help="go on with what was left unfinished, without a window")
    resume.add_argument("--out", type=Path, metavar="DIR", help="copy the pictures there as well")
    resume.add_argument("--find", action="store_true", help="ask the service for requests that got no answer")
    resume.add_argument("--data", type=Path, default=argparse.SUPPRESS, help="keep everything below this folder")
    resume.set_defaults(run=lambda options: _logged(options, _resume))
    tour = commands.add_parser("tour", help="go through the window by itself and take pictures of it")
    tour.add_argument("--out", type=Path, required=True, metavar="DIR")
    tour.add_argument("--photos", type=Path, help="a folder of photographs to work on")
    tour.add_argument("--theme", choices=("dark", "light"), default="dark")
    tour.set_defaults(run=_tour)
    demo = commands.add_parser("demo-server", help="run the stand-in for fal.ai alone")
    demo.add_argument("--port", type=whole_number(), default=0)
    demo.add_argument("--key")
    demo.add_argument("--data", type=Path, default=argparse.SUPPRESS, help="where accepted requests are kept")
    demo.add_argument("--fault", action="append", default=[], metavar="WORDS", help=_FAULT_HELP)
    demo.add_argument("--fault-seed", type=whole_number(), default=0, help="of the chance by which share= chooses")
    demo.add_argument(
        "--runners", type=whole_number("requests"), default=2, help="how many requests are worked on at once"
    )
    demo.add_argument("--work", type=seconds, default=2.4, metavar="SECONDS", help="how long a request is worked on")
    demo.set_defaults(run=_demo_server)
    return parser


def _add_task(parser: argparse.ArgumentParser, task: Task) -> None:
    names = [model.endpoint for model in models_for(task)]
    parser.add_argument("--model", choices=names, default=names[0])
    parser.add_argument("--prompt", required=True)
    parser.add_argument("--out", type=Path, required=True, metavar="DIR")
    parser.add_argument("--count", "--n", "-n", type=count, default=1, help="how many pictures, with seeds that follow")
    parser.add_argument("--data", type=Path, default=argparse.SUPPRESS, help="keep everything below this folder")
    for model in models_for(task):
        for name, shown in model.request_type.shown_fields().items():
            flag = f"--{name.replace('_', '-')}"
            if name == "prompt" or flag in parser._option_string_actions:
                continue
            if shown.kind is FieldKind.SEED:
                parser.add_argument(flag, type=whole_number())
            elif shown.kind in (FieldKind.RATIO, FieldKind.CHOICE):
                parser.add_argument(flag, help=shown.label)
            elif shown.kind in (FieldKind.SWITCH, FieldKind.HIDDEN):
                parser.add_argument(flag, action=argparse.BooleanOptionalAction, help=shown.label)
    if task is Task.EDIT:
        parser.add_argument("--image", type=Path, action="append", required=True, help="a reference; up to four")
    if task is Task.INPAINT:
        add_inpaint_arguments(parser)
    parser.set_defaults(run=lambda options: _logged(options, _run_job), task=task)


def _window(options: argparse.Namespace) -> int:
    # Qt reads the source of each module that is imported after it, so the others come first.
    importlib.import_module("imagineart_desktop.jobs")
    from imagineart_desktop.app import main as show

    return show(_places(options))


def _tour(options: argparse.Namespace) -> int:
    from imagineart_desktop.tour import main as tour

    return tour(options.out, options.photos, options.theme)


def _demo_server(options: argparse.Namespace) -> int:
    from imagineart_desktop.demo import DemoServer, Fault, FaultError, Pace

    folder = options.data or _places(options).demo
    try:
        faults = [Fault.parse(words) for words in options.fault]
    except FaultError as error:
        _say(str(error))
        return WRONG_REQUEST
    pace = Pace(work=options.work, runners=max(1, options.runners))
    DemoServer(folder, key=options.key, port=options.port, pace=pace, faults=faults, seed=options.fault_seed).serve()
    return OK


def _places(options: argparse.Namespace) -> Any:
    from imagineart_desktop.app import Places

    return Places.below(options.data) if options.data is not None else Places.usual()


def _logged(options: argparse.Namespace, work: Callable[[argparse.Namespace], Coroutine[Any, Any, int]]) -> int:
    from imagineart_desktop.support import start_logging, stop_logging

    start_logging(_places(options).logs)
    try:
        return asyncio.run(work(options))
    finally:
        stop_logging()


async def _run_job(options: argparse.Namespace) -> int:
    from imagineart_desktop.app import studio
    from imagineart_desktop.imaging import MaskError, PictureError
    from imagineart_desktop.library import LibraryError

    model = next(m for m in models_for(options.task) if m.endpoint == options.model)
    fields = {
        name: value for name in model.request_type.model_fields if (value := getattr(options, name, None)) is not None
    }
    seed = fields.pop("seed", None)
    seeds = [seed if seed is None else seed + offset for offset in range(max(1, options.count))]
    try:
        pictures = await asyncio.to_thread(_references, options)
        prepared = await prepared_of(options, model, _say) if options.task is Task.INPAINT else []
        make_ready(options.out)
    except (PictureError, MaskError, OSError, OddArgumentError) as error:
        _say(str(error))
        return WRONG_REQUEST
    try:
        async with studio(_places(options), resume=False) as parts:
            if left := await parts.worker.left():
                _say(_unfinished(left))
            watched = _Watched(parts.worker)
            if options.task is not Task.INPAINT:
                jobs = await parts.worker.add(model, parts.account.kind, fields, pictures, seeds)
                return await _report(await watched.ends_of(jobs), parts.library, options.out)
            price, requests = price_of(model, fields, prepared, seeds), len(prepared) * len(seeds)
            if not may_spend(options, parts.account.kind, price, requests, _say):
                return WRONG_REQUEST
            jobs = await parts.worker.inpaint(model, parts.account.kind, fields, prepared, seeds)
            return await _report(await watched.ends_of(jobs), parts.library, options.out)
    except (InvalidRequestError, PictureError) as error:
        _say(str(error))
        return WRONG_REQUEST
    except (LibraryError, OSError) as error:
        _say(str(error))
        return FAILED


async def _resume(options: argparse.Namespace) -> int:
    """Takes up what was left and waits for its end."""
    from imagineart_desktop.app import studio
    from imagineart_desktop.jobs import State
    from imagineart_desktop.library import LibraryError

    try:
        if options.out is not None:
            make_ready(options.out)
        async with studio(_places(options)) as parts:
            watched = _Watched(parts.worker)
            left = [job for job in parts.worker.jobs() if job.state is not State.FAILED]
            jobs = [job for job in left if parts.worker.reaches(job.service)]
            if len(jobs) < len(left):
                _say(f"{len(left) - len(jobs)} requests wait for fal.ai, and there is no key: set FAL_KEY.")
            for job in jobs:
                if options.find and job.state is State.UNCONFIRMED:
                    await parts.worker.look_for(job.id)
            return await _report(await watched.ends_of(jobs), parts.library, options.out)
    except OddArgumentError as error:
        _say(str(error))
        return WRONG_REQUEST
    except (LibraryError, OSError) as error:
        _say(str(error))
        return FAILED


def _unfinished(count: int) -> str:
    many = "1 earlier request is" if count == 1 else f"{count} earlier requests are"
    return f"{many} unfinished: `resume` goes on with {'it' if count == 1 else 'them'}."


class _Watched:
    """Jobs and how they end, told on stderr as they go."""

    def __init__(self, worker: Any) -> None:
        self._worker = worker
        self._last: dict[str, Any] = {}
        self._changed = asyncio.Event()
        worker.subscribe(self._note)

    def _note(self, event: Any) -> None:
        before = self._last.get(event.job.id)
        self._last[event.job.id] = event
        if before is None or before.job.state is not event.job.state:
            _say(f"{event.job.model.label}: {event.job.state.value}")
        self._changed.set()

    async def ends_of(self, jobs: Sequence[Any]) -> list[Any]:
        """The last event of each, in order, once all have ended."""
        from imagineart_desktop.jobs import ENDED, JobEvent

        for job in jobs:
            self._last.setdefault(job.id, JobEvent(job))
        while any(self._last[job.id].job.state not in ENDED for job in jobs):
            self._changed.clear()
            await self._changed.wait()
        return [self._last[job.id] for job in jobs]


def _references(options: argparse.Namespace) -> dict[str, list[Any]]:
    """Ingredients for the field that holds references. Raises PictureError, OSError."""
    from imagineart_desktop.imaging import sendable
    from imagineart_desktop.jobs import Ingredient

    if options.task is not Task.EDIT:
        return {}
    return {"image_urls": [Ingredient(sendable(path.read_bytes(), name=path.name)) for path in options.image]}


async def _report(events: Sequence[Any], library: Any, out: Path | None) -> int:
    """Says what came of it. Returns the exit code."""
    from imagineart_desktop.jobs import State

    await write_report(events, library, out, await together(library, events), _say)
    states = {event.job.state for event in events} - {State.DONE}
    return UNCONFIRMED if State.UNCONFIRMED in states else FAILED if states else OK


def _say(text: str) -> None:
    sys.stderr.write(f"{text}\n")
