"""Output of the library's notices on the command line."""

from __future__ import annotations

from imagineart_desktop.library import Library
from imagineart_desktop.library.recovery.startup_notices import sentences_of
from imagineart_desktop.support import print_notice


def print_notices(library: Library) -> None:
    """Write pending notices to stderr, once.

    Skipped for a read-only library: the program that has it open shows them.
    """
    if library.read_only:
        return
    notices = library.notices.pending()
    for sentence in sentences_of(notices):
        print_notice(sentence)
    library.notices.mark_shown(notices)
