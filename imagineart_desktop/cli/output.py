"""What a command writes to standard output: its report, or the help."""

from __future__ import annotations

from imagineart_desktop.support import say, write_output


def print_all(text: str, what: str, remark: str = "") -> bool:
    """Write text to standard output; where that fails, say so. Returns whether all of it was written.

    what: names the text in the sentence; remark: a sentence to add.
    """
    trouble = write_output(text)
    if trouble is not None:
        say(" ".join(filter(None, (f"The {what} could not be written to standard output: {trouble}.", remark))))
    return trouble is None
