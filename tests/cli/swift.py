"""Runs the program with a demo server that works without delay: `python swift.py ARGUMENTS`."""

from __future__ import annotations

import sys

from imagineart_desktop import cli
from imagineart_desktop.demo import FAST_TIMING, server

if __name__ == "__main__":
    vars(server)["Timing"] = lambda: FAST_TIMING
    sys.exit(cli.main())
