"""The page with the battery's figures, for people."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from tests.reliability import page_trials

_HEAD = """# Reliability

Written by `python3 packaging/dev.py battery`; a part of it runs with every `dev.py test`. The server is the program's
own demo server, a real HTTP server that records every request that it accepts; the program is the real one, in a
separate process with its window, its database and its files.

"""


def page(figures: dict[str, Any]) -> tuple[str, bool]:
    """Return (Markdown, whether everything held). figures: of the sections that were run."""
    rows: list[tuple[str, str, str]] = []
    rest: list[str] = []
    good = True
    for name, write in _WRITERS.items():
        if name in figures:
            new, more, held = write(figures[name])
            rows += new
            rest += more
            good = good and held
    for name, write_trials in page_trials.WRITERS.items():
        if name in figures:
            new, tables, remarks, held = write_trials(figures[name])
            rows += new
            for title, lines in tables:
                rest += [f"## {title}\n", _table(lines[0], lines[1:])]
            rest += [*remarks, ""] if remarks else []
            good = good and held
    machines = sorted({section["machine"] for section in figures.values() if "machine" in section})
    table = _table(("promise", "test", "figure"), rows)
    took = sum(section.get("took", 0) for section in figures.values())
    foot = f"Measured with {'; '.join(machines)}. The whole battery took {took / 60:.0f} minutes.\n"
    return _HEAD + "\n".join([table, foot, *rest]).rstrip() + "\n", good


def _kill(section: dict[str, Any]) -> tuple[list[tuple[str, str, str]], list[str], bool]:
    verdicts = section["verdicts"]
    lost, twice = (sum(verdict[key] for verdict in verdicts) for key in ("lost", "twice"))
    wrong = [verdict for verdict in verdicts if verdict["problem"]]
    points = list(dict.fromkeys(verdict["point"] for verdict in verdicts))
    models = list(dict.fromkeys(verdict["model"] for verdict in verdicts))
    rows = [
        (
            "what was paid for is never lost, nothing is paid twice",
            "SIGKILL at every point of a job, restart, compare with the server's records"
            " (`tests/reliability/killing.py`)",
            f"{len(points)} kill points × {len(models)} models = {len(verdicts)} kills (those that the model reaches):"
            f" **{lost} lost, {twice} twice**, {len(wrong)} otherwise wrong",
        )
    ]
    found = {(verdict["point"], verdict["model"]): verdict for verdict in verdicts}
    lines = [(point, *(_mark(found.get((point, model))) for model in models)) for point in points]
    more = [
        "## Kill points\n",
        "✓: after the restart exactly one request was made and its image is in the library (or it was canceled)."
        " asks: the same, after the program said “may have been accepted and charged” and the user let it look for the"
        " request.\n",
        _table(("killed", *models), lines),
        *(f"- {verdict['point']}, {verdict['model']}: {verdict['problem'][:300]}" for verdict in wrong),
    ]
    return rows, more, not (lost or twice or wrong)


def _mark(verdict: dict[str, Any] | None) -> str:
    if verdict is None:
        return "–"
    if verdict["lost"] or verdict["twice"] or verdict["problem"]:
        return f"lost {verdict['lost']}, twice {verdict['twice']} {verdict['problem'][:60]}"
    return "✓ asks" if verdict["unconfirmed"] else "✓"


def _schedules(section: dict[str, Any]) -> tuple[list[tuple[str, str, str]], list[str], bool]:
    held = section["code"] == 0
    figure = (
        f"{section['schedules']} random schedules of up to 12 steps each: {'0 lost, 0 twice' if held else 'FAILED'}"
    )
    test = "random requests, faults, cancels, double clicks, restarts and crashes (`tests/jobs/test_any_schedule.py`)"
    return [("the same, in any combination", test, figure)], [], held


def _faults(section: dict[str, Any]) -> tuple[list[tuple[str, str, str]], list[str], bool]:
    held = section["code"] == 0
    test = (
        "each call × each fault; 429 and Retry-After, offline, sleep, clock jumps, full disk, late cancels, the search"
        " for lost answers (`tests/jobs/test_faults.py`, `tests/fal`)"
    )
    figure = f"{section['passed']} tests, {'all hold' if held else 'NOT ALL HOLD'}"
    return [("repeated only if that is safe", test, figure)], [], held


def _load(section: dict[str, Any]) -> tuple[list[tuple[str, str, str]], list[str], bool]:
    ours, theirs, jobs = section["ours"], section["theirs"], section["jobs"]
    before, after = ours["before"], ours["after"]
    pictures = f"{section['library']:,}".replace(",", " ")
    rows = [
        (
            "under load nothing is lost, nothing is sent twice, the window stays responsive",
            f"{jobs} jobs at once, a fifth of all responses faulty, {pictures} images in the library, the window driven"
            " meanwhile (`tests/reliability/load.py`)",
            f"**{ours['lost']} lost, {ours['twice']} twice**, {len(ours['pictures'])} images;"
            f" {ours['faults']} faults met; {ours['unconfirmed']} asked about;"
            f" window's timer late {ours['late_p99_ms']:.0f} ms (p99), longest stall"
            f" {ours['longest_stall_ms']:.0f} ms; memory {before['memory']:.0f} → {after['memory']:.0f} MB",
        )
    ]
    lines = [
        (
            who,
            str(len(side["pictures"])),
            str(side["accepted"]),
            str(side["twice"]),
            str(side["lost"]),
            f"{side['requests'] / jobs:.1f}",
            str(side["faults"]),
            f"{side['seconds']:.0f} s",
        )
        for who, side in (("this program", ours), ("fal's own Python client", theirs))
    ]
    columns = ("", "images", "accepted and paid", "paid twice", "paid and lost", "requests per job", "faults", "time")
    more = [
        f"## {jobs} jobs over a bad network\n",
        "The same jobs, server and faults. fal's client is used as in its documentation: submit, get, download, one"
        " task per job.\n",
        _table(columns, lines),
    ]
    held = not (ours["lost"] or ours["twice"] or ours["left"]) and len(ours["pictures"]) == jobs
    return rows, more, held


def _soak(section: dict[str, Any]) -> tuple[list[tuple[str, str, str]], list[str], bool]:
    samples = section["samples"]
    middle, last = samples[len(samples) // 2], samples[-1]
    grown = last["memory"] - middle["memory"]
    figure = (
        f"{section['rounds']} rounds of 10 jobs: memory {middle['memory']:.0f} → {last['memory']:.0f} MB in the second"
        f" half, handles {middle['handles']} → {last['handles']}, tasks {middle['tasks']} → {last['tasks']}, threads"
        f" {middle['threads']} → {last['threads']}; longest stall {section['longest_stall_ms']:.0f} ms"
    )
    held = grown < 25 and last["handles"] <= middle["handles"] + 8 and last["tasks"] <= middle["tasks"] + 4
    test = "a day in minutes: jobs, faults, tabs, searches, settings, again and again (`tests/reliability/loaded.py`)"
    return [("no growth of memory, handles, tasks or threads", test, figure)], [], held


def _batch(section: dict[str, Any]) -> tuple[list[tuple[str, str, str]], list[str], bool]:
    figure = (
        f"{section['requests']:,} requests: **{section['lost']} lost, {section['twice']} twice**, books"
        f" {'balanced' if section['balanced'] else 'NOT BALANCED'}; {section['faults']} faults met; longest stall"
        f" {section['longest_stall_ms']:.0f} ms, {section['late_p99_ms']:.0f} ms late (p99); memory"
        f" {section['memory']:.0f} MB{''.join(f'; {problem}' for problem in section['problems'])}"
    )
    held = section["balanced"] and not (section["lost"] or section["twice"] or section["problems"])
    test = (
        "a batch in the real window, a twentieth of all responses faulty, killed twice, closed once"
        " (`tests/reliability/batch.py`)"
    )
    return [("a batch is one thing, whatever happens", test, figure)], [], held


def _inputs(section: dict[str, Any]) -> tuple[list[tuple[str, str, str]], list[str], bool]:
    collections = {name: found for name, found in section.items() if isinstance(found, dict)}
    held = True
    said = []
    for name, found in collections.items():
        if "crashed" in found:
            held = False
            said.append(f"{name}: CRASHED")
            continue
        tries = sum(sum(counts.values()) for counts in found["tried"].values())
        wrong = len(found["failed"]) + len(found["hangs"])
        held = held and not wrong
        said.append(
            f"{name}: {found['files']} files, {tries} tries, {found['tried']['dropped'].get('loaded', 0)} load, the"
            f" others are refused in words; 0 crashes, {len(found['hangs'])} hangs, {len(found['failed'])} errors,"
            f" slowest file {found['longest_file_s']} s, longest stall {found['longest_stall_ms']:.0f} ms"
        )
    test = "dropped, opened to paint on, loaded as a mask, in the real window (`tests/reliability/inputs.py`)"
    return [("any input is handled", test, "; ".join(said))], [], held


def _security(section: dict[str, Any]) -> tuple[list[tuple[str, str, str]], list[str], bool]:
    held = section["code"] == 0
    test = (
        "keychain, few hosts, no redirects, pinned addresses, bounded bodies, decode limits, plain text, file modes,"
        " redacted logs, nothing changed outside a mask (`tests/security`, `tests/support`,"
        " `tests/ui/test_plain_text.py`, `tests/imaging/test_round_trip.py`); after every run of the tests a look for"
        " keys in all that they wrote (`tests/conftest.py`)"
    )
    figure = f"{section['passed']} tests, {'all hold' if held else 'NOT ALL HOLD'}"
    return [("nothing enters or leaves that should not", test, figure)], [], held


def _proxy(section: dict[str, Any]) -> tuple[list[tuple[str, str, str]], list[str], bool]:
    if "skipped" in section:
        figure, held = f"skipped: {section['skipped']}", True
    else:
        held = section["jobs"] == section["done"] == section["submissions"] and section["refused"]
        figure = f"{section['done']} of {section['jobs']} jobs; a wrong token is refused: {'yes' if held else 'NO'}"
    test = "fal's own published proxy package in node (`tests/reliability/published_proxy.py`)"
    return [("a team's key stays on its server", test, figure)], [], held


def _clients(section: dict[str, Any]) -> tuple[list[tuple[str, str, str]], list[str], bool]:
    clients = section["clients"]
    names = list(dict.fromkeys(name for found in clients.values() for name in found))
    wrong = [(client, name, said) for client, found in clients.items() for name, said in found.items() if said != "ok"]
    said = "; ".join(
        f"{client}: {sum(one == 'ok' for one in found.values())} of {len(found)}" for client, found in clients.items()
    )
    skipped = f"; JavaScript: not run, {section['skipped']}" if "skipped" in section else ""
    test = "fal's own clients for JavaScript and Python (`tests/reliability/js_client.py`)"
    lines = [(name, *(_ok(found.get(name)) for found in clients.values())) for name in names]
    more = [
        "## The demo server beside fal's own clients\n",
        _table(("feature", *clients), lines),
        *(f"- {client}, {name}: {what}" for client, name, what in wrong),
    ]
    return [("the demo responds as fal does", test, f"{said}{skipped}")], more, not wrong


def _ok(said: str | None) -> str:
    return "–" if said is None else "ok" if said == "ok" else "different"


_WRITERS = {
    "kill": _kill,
    "schedules": _schedules,
    "faults": _faults,
    "load": _load,
    "soak": _soak,
    "inputs": _inputs,
    "batch": _batch,
    "security": _security,
    "proxy": _proxy,
    "clients": _clients,
}


def _table(head: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    columns = list(head)
    lines = [columns, ["---"] * len(columns), *map(list, rows)]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines) + "\n"
