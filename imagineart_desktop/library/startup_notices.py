"""What the user must be told about the library when it was opened: it was rebuilt, restored, or is a copy."""

from __future__ import annotations

from imagineart_desktop.library.library import Library


def startup_notices(library: Library) -> list[str]:
    """Return one sentence per thing that happened when the library was started; none after a normal start."""
    return [notice for notice in (rebuild_notice(library), restore_notice(library), copy_notice(library)) if notice]


def rebuild_notice(library: Library) -> str:
    """Describe a database that was rebuilt from the image files; empty where none was."""
    rebuilt, aside = library.rebuilt, library.set_aside
    if rebuilt is None or (aside is None and not rebuilt.added):
        return ""
    count = counted(len(rebuilt.added), "image file")
    if rebuilt.sources:
        count += f", {rebuilt.sources} of them without a recipe"
    if aside is None:
        return (
            f"The library database was missing, so it was rebuilt from {count}: if anything is still missing, bring it"
            " back from a copy in Settings → Library."
        )
    return (
        f"The library database was damaged, so it was rebuilt from {count}: check your collections and jobs, then"
        f" delete the damaged file “{aside.name}”."
    )


def restore_notice(library: Library) -> str:
    """Describe a restore that was interrupted; empty where none was."""
    if library.restored is None:
        return ""
    end = "finished" if library.restored else "undone: restore it again in Settings → Library"
    return f"Restoring the library was interrupted and has been {end}."


def copy_notice(library: Library) -> str:
    """Describe requests that another copy of the library may have sent; empty where there are none."""
    if library.restored is not None or not library.asked_about:
        return ""
    requests = counted(library.asked_about, "request")
    return f"This library is a copy or was restored by hand: look for {requests} in the job list before sending again."


def journal_notice(library: Library) -> str:
    """Describe journals that were damaged and written again from the database; empty where none was."""
    damaged = library.damaged_journals
    if not damaged:
        return ""
    names = ", ".join(f"“{path.name}”" for path in damaged)
    what, copies = ("A record file", "copy") if len(damaged) == 1 else (f"{len(damaged)} record files", "copies")
    return (
        f"{what} in the library folder had damaged lines, rebuilt from the database: check your disk, then delete the"
        f" old {copies} {names}."
    )


def unreadable_notice(jobs: int) -> str:
    """Describe jobs that are kept but cannot be shown; empty where there are none."""
    if not jobs:
        return ""
    kept = f"{counted(jobs, 'job')} in the library"
    return f"{kept} can’t be shown and may have been charged: check your requests at fal.ai › Dashboard."


def counted(number: int, noun: str) -> str:
    """Return a number with its noun, in the plural where it is not 1."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
