"""The outcome of a maintenance trial: the library against the server's records, its files and its past."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from tests.reliability.processes import Ended


@dataclass(slots=True)
class Verdict:
    """lost: accepted requests without an image or a card; twice: repeated submissions of a request.

    silent: whether nothing was reported; problems: everything else; steps: how many the operation had.
    """

    trial: str
    seed: int
    lost: int = 0
    twice: int = 0
    silent: bool = False
    problems: list[str] = field(default_factory=list)
    steps: int = 0

    @property
    def good(self) -> bool:
        """Return whether nothing is lost, submitted twice, silent or otherwise wrong."""
        return not (self.lost or self.twice or self.silent or self.problems)

    def as_dict(self) -> dict[str, Any]:
        """Return the values for JSON."""
        return asdict(self)


def went_wrong(ended: Ended) -> list[str]:
    """Return what is wrong with how a process ended."""
    problems = []
    if ended.code:
        problems.append(f"ended with {ended.code}: {ended.errors[-600:]}")
    elif not ended.report.get("started"):
        problems.append(f"did not start: {' '.join(ended.said)[:300]}")
    if problem := ended.report.get("problem"):
        problems.append(problem)
    if "Traceback" in ended.errors and not ended.code:
        problems.append(f"traceback: {ended.errors.strip().splitlines()[-1][:300]}")
    return problems


def compare_requests(
    verdict: Verdict, ended: Ended, last: Ended, entries: list[dict[str, Any]], waiting: tuple[str, ...]
) -> None:
    """Fill in `lost` and `twice`. entries: the server's records; waiting: prompts that may not vanish unsent."""
    report = last.report
    cards = {**ended.report.get("cards", {}), **report["cards"]}
    prompts = [entry["body"]["prompt"] for entry in entries]
    verdict.twice = len(prompts) - len(set(prompts))
    for entry in entries:
        kept, prompt = entry["request_id"] in report["images"], entry["body"]["prompt"]
        if not kept and prompt not in cards:
            verdict.lost += 1
            verdict.problems.append(f"lost: {prompt} ({entry['state']})")
        elif kept and entry["request_id"] not in report["spent"]:
            verdict.problems.append(f"not in Spending: {prompt}")
    verdict.problems += [f"vanished: {prompt}" for prompt in waiting if prompt not in prompts and prompt not in cards]
    if len(set(report["images"])) != len(report["images"]):
        verdict.problems.append("an image is there twice")


def compare_library(verdict: Verdict, last: Ended, before: dict[str, Any], folder: Path, *, emptied: int) -> None:
    """Compare rows, files, marks and payments with those before. emptied: how many images were deleted on purpose."""
    report = last.report
    gone = set(before["marks"]) - set(report["marks"])
    if len(gone) > emptied:
        verdict.problems.append(f"{len(gone)} earlier images are gone")
    other = [job for job, marks in before["marks"].items() if report["marks"].get(job, marks) != marks]
    if other:
        verdict.problems.append(f"marks of {len(other)} images are other ones")
    if set(before["searches"]) - set(report["searches"]):
        verdict.problems.append("a saved search is gone")
    if missing := set(before["spent"]) - set(report["spent"]):
        verdict.problems.append(f"{len(missing)} payments are gone")
    if report["no_file"]:
        verdict.problems.append(f"{report['no_file']} rows without a file")
    root = Path(report["root"])
    on_disk = {
        path.relative_to(root).as_posix() for place in ("pictures", "trash") for path in (root / place).rglob("*.png")
    }
    if without := on_disk - set(report["files"]):
        verdict.problems.append(f"{len(without)} files without a row")
    if parts := [path.name for path in folder.rglob("*.part")]:
        verdict.problems.append(f"left over: {len(parts)} .part files, such as {parts[0]}")
