"""The page's part on trials: library maintenance, half-read responses, lookups, clocks, environments, the suite."""

from __future__ import annotations

from collections import Counter
from typing import Any

Written = tuple[list[tuple[str, str, str]], list[tuple[str, list[tuple[str, ...]]]], list[str], bool]
"""Rows of the first table; (title, rows with the head first) of additional tables; remarks; whether everything held."""

_LONGEST_REMARK = 240


def _remark(*parts: object) -> str:
    """Return one short line, without what Markdown would interpret."""
    text = ": ".join(" ".join(str(part).split()) for part in parts if str(part))
    return f"- {text[:_LONGEST_REMARK].replace('|', '/')}"


def care(section: dict[str, Any]) -> Written:
    """Describe operations and damage, one line each: how often, lost, twice, silent, otherwise wrong."""
    trials = section["trials"]
    groups: dict[str, list[dict[str, Any]]] = {}
    for trial in trials:
        groups.setdefault(trial["trial"].rpartition(", ")[0], []).append(trial)

    def figures(some: list[dict[str, Any]]) -> tuple[str, str, str, str, str]:
        lost, twice, silent = (sum(int(trial[key]) for trial in some) for key in ("lost", "twice", "silent"))
        wrong = sum(bool(trial["problems"]) for trial in some)
        return str(len(some)), str(lost), str(twice), str(silent), str(wrong)

    count, lost, twice, silent, wrong = figures(trials)
    rows = [
        (
            "jobs and payments survive maintenance and damage of the library",
            "restore, rebuild, move, empty the trash, export, back up, each killed at random steps; damaged, deleted"
            " and older databases, locks and journals; always with one request in every state"
            " (`tests/reliability/care.py`)",
            f"{count} trials: **{lost} lost, {twice} twice, {silent} silent**, {wrong} otherwise wrong",
        )
    ]
    head = ("what happened to the library", "trials", "lost", "twice", "silent", "otherwise wrong")
    table: list[tuple[str, ...]] = [head, *((name, *figures(some)) for name, some in groups.items())]
    bad = [trial for trial in trials if trial["problems"] or trial["silent"] or trial["lost"] or trial["twice"]]
    remarks = [
        _remark(trial["trial"], "; ".join(trial["problems"]) or ("nothing was said" if trial["silent"] else "twice"))
        for trial in bad
    ]
    return rows, [("Maintenance and damage", table)], remarks, not bad


def halfread(section: dict[str, Any]) -> Written:
    """Describe how many responses were dropped, and how many of the good jobs after them arrived."""
    held = section["arrived"] == section["good"] and not section["problems"] and not section["stuck"]
    figure = (
        f"{len(section['met'])} kinds, {section['dropped']} responses spoiled; then **{section['arrived']} of"
        f" {section['good']}** good jobs arrived in {section['seconds']:.0f} s"
    )
    test = (
        "half-read, endless, decompression-bomb and truncated responses and a full disk, then good jobs in the"
        " same session of the window"
        " (`tests/reliability/halfread.py`)"
    )
    remarks = [_remark("stuck", name, counts) for name, counts in section["stuck"].items()]
    remarks += [_remark(problem) for problem in section["problems"]]
    return [("no response stops what follows it", test, figure)], [], remarks, held


def looks(section: dict[str, Any]) -> Written:
    """Describe submissions without consent after failed lookups."""
    held = not (section["unasked"] or section["missing"] or section["problems"])
    figure = (
        f"{section['looks']} ways to fail: **{section['unasked']} sent without asking**, {section['missing']} not sent"
    )
    test = "“Send again” when the list of requests is unavailable (`tests/reliability/looks.py`)"
    remarks = [_remark(problem) for problem in section["problems"]]
    return [("sent again only with a second confirmation, if the lookup fails", test, figure)], [], remarks, held


def clocks(section: dict[str, Any]) -> Written:
    """Describe all offsets in one figure."""
    test = "the computer's clock off by −30 years to +3 days (`tests/reliability/clocks.py`)"
    title = "any clock will do"
    if "skipped" in section:
        return [(title, test, f"skipped: {section['skipped']}")], [], [], True
    offsets = section["offsets"]
    lost, twice = (sum(found[key] for found in offsets.values()) for key in ("lost", "twice"))
    wrong = [_remark(name, problem) for name, found in offsets.items() for problem in found["problems"]]
    figure = f"{len(offsets)} offsets: **{lost} lost, {twice} twice**, {len(wrong)} otherwise wrong"
    return [(title, test, figure)], [], wrong, not (lost or twice or wrong)


def environments(section: dict[str, Any]) -> Written:
    """Describe how many went well, and which didn't."""
    outcomes = section["outcomes"]
    wrong = [outcome for outcome in outcomes if outcome["problem"]]
    ways = Counter(outcome["how"] for outcome in outcomes)
    counts = ", ".join(f"{ways[how]} through the {how}" for how in ways)
    test = (
        "certificate and proxy variables, locales, time zones, closed and full outputs, few file descriptors, little"
        " memory, full and read-only disks, odd inputs, SIGTERM (`tests/reliability/environments.py`)"
    )
    figure = f"{counts}: {len(outcomes) - len(wrong)} pass, **{len(wrong)} not**"
    remarks = [_remark(f"{outcome['case']}, {outcome['how']}", outcome["problem"]) for outcome in wrong]
    return [("no environment stops it", test, figure)], [], remarks, not wrong


def suite(section: dict[str, Any]) -> Written:
    """Return a line for each circumstance."""
    runs = section["runs"]
    wrong = {name: run for name, run in runs.items() if run["code"]}
    test = "locales, scales, random order, each run beside three others (`tests/reliability/suite.py`)"
    figure = f"{len(runs) - len(wrong)} of {len(runs)} runs pass"
    table: list[tuple[str, ...]] = [
        ("circumstance", "passed", "failed"),
        *((name, str(run["passed"]), str(len(run["failed"]))) for name, run in runs.items()),
    ]
    remarks = [_remark(name, ", ".join(run["failed"]) or run.get("said", "")) for name, run in wrong.items()]
    return [("the tests pass anywhere", test, figure)], [("The suite elsewhere", table)], remarks, not wrong


WRITERS = {
    "care": care,
    "halfread": halfread,
    "looks": looks,
    "clocks": clocks,
    "environments": environments,
    "suite": suite,
}
