"""Sentences for the notices about the library."""

from __future__ import annotations

from collections.abc import Sequence

from imagineart_desktop.library.store.lock import LOCK_NAME
from imagineart_desktop.library.store.notices import Notice, NoticeCode
from imagineart_desktop.support.wording import pluralize

_RESTORES = (NoticeCode.RESTORE_FINISHED, NoticeCode.RESTORE_UNDONE, NoticeCode.RESTORE_UNKNOWN)

_CONSTANT = {
    NoticeCode.VERSION: (
        "The library database had a wrong version number, which was corrected: check your disk, then back up the"
        " library in Settings → Library."
    ),
    NoticeCode.RESTORE_FINISHED: "Restoring the library was interrupted and has been finished.",
    NoticeCode.RESTORE_UNDONE: (
        "Restoring the library was interrupted and has been undone: restore it again in Settings → Library."
    ),
    NoticeCode.REBUILD_CUT_OFF: (
        "Rebuilding the library was interrupted and changed nothing: start it again in Settings → Library."
    ),
    NoticeCode.APPLY_CUT_OFF: "A result was not applied because the program ended: apply it again in Inpaint.",
}
"""Sentences without anything to fill in."""


def sentences_of(notices: Sequence[Notice]) -> list[str]:
    """Return one sentence per event, each with what to do about it; empty without notices."""
    said = [_sentence(notice) for notice in notices if notice.code is not NoticeCode.JOURNAL]
    journals = [notice.text("aside") for notice in notices if notice.code is NoticeCode.JOURNAL]
    if any(notice.code in _RESTORES for notice in notices):
        # The requests of a restored copy also become questions, and the user already knows of the restore.
        said = [_sentence(one) for one in notices if one.code not in (NoticeCode.JOURNAL, NoticeCode.COPIED)]
    return [*said, _about_journals(journals)] if journals else said


def _sentence(notice: Notice) -> str:
    name, folder = notice.text("name"), notice.text("folder")
    match notice.code:
        case NoticeCode.REBUILT:
            return _about_rebuild(notice)
        case NoticeCode.RESTORE_UNKNOWN:
            return (
                f"Restoring the library was interrupted and could not be undone: look for replaced files in “{name}” in"
                " the library folder, then restore it again in Settings → Library."
            )
        case NoticeCode.COPIED:
            requests = pluralize(notice.number("requests"), "request")
            return (
                f"This library is a copy or was restored by hand: look for {requests} in the job list before sending"
                " again."
            )
        case NoticeCode.IMPORT_CUT_OFF:
            return _about_import(name, notice.number("others"))
        case NoticeCode.EXPORT_CUT_OFF:
            pictures = pluralize(notice.number("pictures"), "image")
            return f"Export of {pictures} to {folder} was interrupted. Export the missing ones again."
        case NoticeCode.COPY_CUT_OFF:
            return f"Copying the library to {folder} was interrupted. Start it again to continue there."
        case NoticeCode.LOCK:
            return _about_lock(notice.text("aside"))
        case code if code in _CONSTANT:
            return _CONSTANT[code]
        case _:
            return (
                f"Another program put “{name}” into the library folder, where the library needs that name, so it was"
                f" renamed: move “{notice.text('aside')}” elsewhere or delete it."
            )


def _about_import(name: str, other_count: int) -> str:
    others = f" and {pluralize(other_count, 'other')}" if other_count else ""
    what = "them" if others else "it"
    return (
        f"Import of “{name}”{others} was interrupted. Import {what} again; images already in the library are skipped."
    )


def _about_lock(copy: str) -> str:
    then = f" then delete the copy “{copy}”" if copy else " then check your disk"
    return (
        f"Another program changed “{LOCK_NAME}” in the library folder, so it was emptied: keep other programs out of"
        f" that folder,{then}."
    )


def _about_rebuild(notice: Notice) -> str:
    count, aside = pluralize(notice.number("pictures"), "image file"), notice.text("aside")
    if sources := notice.number("sources"):
        count += f", {sources} of them without a recipe"
    ids = ""
    if notice.number("renumbered"):
        renumbered = pluralize(notice.number("renumbered"), "image")
        ids = f" The IDs of {renumbered} may have changed: check scripts and file names that use them."
    if not aside:
        how = "was empty" if notice.number("empty") else "was missing"
        return (
            f"The library database {how}, so it was rebuilt from {count}: if anything is still missing, restore"
            f" it from a backup in Settings → Library.{ids}"
        )
    return (
        f"The library database was damaged, so it was rebuilt from {count}: check your collections and jobs, then"
        f" delete the damaged file “{aside}”.{ids}"
    )


def _about_journals(copies: Sequence[str]) -> str:
    names = ", ".join(f"“{name}”" for name in copies)
    what, old = ("A record file", "copy") if len(copies) == 1 else (f"{len(copies)} record files", "copies")
    return (
        f"{what} in the library folder had damaged lines, rebuilt from the database: check your disk, then delete the"
        f" old {old} {names}."
    )


def unreadable_notice(jobs: int) -> str:
    """Describe jobs that are kept but can't be shown; empty if there are none."""
    if not jobs:
        return ""
    kept = f"{pluralize(jobs, 'job')} in the library"
    return f"{kept} can’t be shown and may have been charged: check your requests at fal.ai › Dashboard."
