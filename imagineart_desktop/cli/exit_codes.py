"""Exit codes of the commands."""

from __future__ import annotations

from enum import IntEnum


class ExitCode(IntEnum):
    """The exit code of a command. If a signal ended it, the code is 128 plus the signal's number: 129, 130, 143."""

    OK = 0
    NOT_STARTED = 1
    WRONG_REQUEST = 2
    FAILED = 3
    UNCONFIRMED = 4
    NOT_AGREED = 5
    STALLED = 6
    NO_OUTPUT = 7
    OVER_BUDGET = 8
    INTERNAL = 70


EXIT_CODES = """\
exit codes:
  0    done
  1    the window cannot open its library, or the tour failed
  2    the command or the request is wrong; nothing was sent
  3    a request failed, a file was refused or is missing, or the library or the demo server cannot be used
  4    a request may have been accepted and charged; check before sending it again
  5    nothing was spent: --yes is missing, or the answer was no
  6    stopped waiting for a problem to pass, such as a full disk; nothing is lost, “resume” continues
  7    the output folder or standard output could not be written, such as a full disk; what was made is in the library
  8    nothing was sent: it costs more than --max-cost, or than is left of a budget
  70   an error in this program; the log has the details
  129, 130, 143   ended by SIGHUP, SIGINT or SIGTERM; nothing is lost, “resume” continues
"""
