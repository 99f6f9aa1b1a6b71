"""Sentences for the notices about the library."""

from __future__ import annotations

from collections.abc import Sequence

from imagineart_desktop.library.store.lock import LOCK_NAME
from imagineart_desktop.library.store.notices import Notice, NoticeCode
from imagineart_desktop.support.wording import pluralize

_RESTORES = (NoticeCode.RESTORE_FINISHED, NoticeCode.RESTORE_UNDONE, NoticeCode.RESTORE_UNKNOWN)


def sentences_of(notices: Sequence[Notice]) -> list[str]:
    """Return one sentence per event, each with what to do about it; empty without notices."""
    said = [_sentence(notice) for notice in notices if notice.code is not NoticeCode.JOURNAL]
    journals = [notice.text("aside") for notice in notices if notice.code is NoticeCode.JOURNAL]
    if any(notice.code in _RESTORES for notice in notices):
        # The requests of a restored copy also become questions, and the user already knows of the restore.
        said = [_sentence(one) for one in notices if one.code not in (NoticeCode.JOURNAL, NoticeCode.COPIED)]
    return [*said, _about_journals(journals)] if journals else said


def _sentence(notice: Notice) -> str:
    name, aside = notice.text("name"), notice.text("aside")
    match notice.code:
        case NoticeCode.REBUILT:
            return _about_rebuild(notice)
        case NoticeCode.VERSION:
            return (
                "The library database had a wrong version number, which was corrected: check your disk, then back up"
                " the library in Settings → Library."
            )
        case NoticeCode.RESTORE_FINISHED:
            return "Restoring the library was interrupted and has been finished."
        case NoticeCode.RESTORE_UNDONE:
            return "Restoring the library was interrupted and has been undone: restore it again in Settings → Library."
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
            others = f" and {pluralize(notice.number('others'), 'other')}" if notice.number("others") else ""
            what = "them" if others else "it"
            return (
                f"Import of “{name}”{others} was interrupted. Import {what} again; images already in the library are"
                " skipped."
            )
        case NoticeCode.EXPORT_CUT_OFF:
            pictures = pluralize(notice.number("pictures"), "image")
            return f"Export of {pictures} to {notice.text('folder')} was interrupted. Export the missing ones again."
        case NoticeCode.COPY_CUT_OFF:
            return f"Copying the library to {notice.text('folder')} was interrupted. Start it again to continue there."
        case NoticeCode.REBUILD_CUT_OFF:
            return "Rebuilding the library was interrupted and changed nothing: start it again in Settings → Library."
        case NoticeCode.APPLY_CUT_OFF:
            return "A result was not applied because the program ended: apply it again in Inpaint."
        case NoticeCode.LOCK:
            copy = f" then delete the copy “{aside}”" if aside else " then check your disk"
            return (
                f"Another program changed “{LOCK_NAME}” in the library folder, so it was emptied: keep other programs"
                f" out of that folder,{copy}."
            )
        case _:
            return (
                f"Another program put “{name}” into the library folder, where the library needs that name, so it was"
                f" renamed: move “{aside}” elsewhere or delete it."
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
