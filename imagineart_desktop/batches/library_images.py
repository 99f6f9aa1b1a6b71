"""The images of the library that a plan names."""

from __future__ import annotations

from imagineart_desktop.batches.plan import IMAGES, BatchPlan
from imagineart_desktop.batches.row_images import INPUT, LIBRARY, RowImage
from imagineart_desktop.library import Library
from imagineart_desktop.support import parse_int


def library_name(picture_id: int) -> str:
    """Return what a plan calls an image of the library."""
    return f"{LIBRARY}{picture_id}"


def input_name(sha256: str, picture_id: int | None) -> str:
    """Return what a plan calls an input of the library. picture_id: of the image that it was made from."""
    return f"{INPUT}{sha256}" if picture_id is None else f"{INPUT}{sha256}:{picture_id}"


async def library_images(plan: BatchPlan, library: Library) -> dict[str, RowImage]:
    """Return name → image of those that are in the library. Raises LibraryError."""
    varied = [str(value) for field in plan.vary if field.name == IMAGES for value in field.values]
    names = [*plan.images, *varied]
    ids = {name: parse_int(name.removeprefix(LIBRARY)) for name in names if name.startswith(LIBRARY)}
    summaries = await library.summaries([number for number in ids.values() if number is not None])
    by_id = {summary.id: summary for summary in summaries}
    found = {
        name: RowImage(summary.path, summary.size, 0, summary.id)
        for name, number in ids.items()
        if number is not None and (summary := by_id.get(number)) is not None
    }
    for name in names:
        sha256, _, number_text = name.removeprefix(INPUT).partition(":")
        if name.startswith(INPUT) and (kept := await library.inputs.find(sha256)) is not None:
            found[name] = RowImage(kept.path, kept.size, 0, parse_int(number_text), is_kept=True)
    return found
