"""python -m imagineart_desktop"""

import sys

from imagineart_desktop.cli import main

if __name__ == "__main__":
    sys.exit(main())
