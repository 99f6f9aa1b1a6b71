"""Command line: the window, requests without a window, the library, the tour, and the demo server.

Exit codes: 0 done; 1 the window can't open its library, or the tour failed; 2 the command or the request is wrong; 3 a
request failed; 4 it may have been accepted and charged, check before sending it again; 5 nothing was spent because
nobody agreed to the price; 6 stopped waiting for a problem to pass, such as a full disk; 7 done, but the report
couldn't be written; 70 an error in the program; 129, 130 and 143 ended by SIGHUP, SIGINT and SIGTERM.
"""

from imagineart_desktop.cli.program import main

__all__ = ["main"]
