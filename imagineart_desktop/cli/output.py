"""Output to stdout: the report of a command, or help."""

from __future__ import annotations

from imagineart_desktop.support import print_notice, write_stdout


def print_output(text: str, what: str, remark: str = "") -> bool:
    """Write text to stdout; if that fails, print why. Returns whether all of it was written.

    what: names the text in that sentence; remark: a sentence to add.
    """
    trouble = write_stdout(text)
    if trouble is not None:
        sentence = f"Can’t write the {what} to standard output: {trouble}. Check where the output goes."
        print_notice(f"{sentence} {remark}".rstrip())
    return trouble is None
