"""What a start loads: nothing that its first frame, or its help, does not need."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

LATE = {"numpy", "cv2", "PIL.Image", "httpx", "httpcore", "h2", "rich", "keyring", "send2trash", "starlette", "uvicorn"}
LATE |= {"tenacity", "defusedxml", "xml.sax.saxutils"}
"""Loaded after the first frame, or never."""

LATE_PARTS = {
    f"imagineart_desktop.{part}"
    for part in (
        "ui.edit.page",
        "ui.gallery.page",
        "ui.inpaint.page",
        "ui.loupe.loupe",
        "ui.canvas.mask_canvas",
        "ui.compare.pane",
        "ui.command_search.palette",
    )
}
"""Imported after the first frame, or when they are used."""

WINDOW = """
import asyncio, builtins, sys
from pathlib import Path
import imagineart_desktop.cli
from imagineart_desktop.app import make_application, show_window
from imagineart_desktop.places import AppPaths
from imagineart_desktop.support import pixel_libraries
from imagineart_desktop.ui.window import main_window
from imagineart_desktop.workspace.event_loop import run

assert builtins.__import__ is builtins.__orig_import__
first = []

class Window(main_window.MainWindow):
    def paintEvent(self, event):
        first.append(first[0] if first else set(sys.modules))
        super().paintEvent(event)

async def main(app):
    showing = asyncio.ensure_future(show_window(AppPaths.below(Path(sys.argv[1])), app))
    while not first or "cv2" not in sys.modules or "httpx" not in sys.modules:
        await asyncio.sleep(0.01)
    await asyncio.to_thread(pixel_libraries.load_pixel_libraries)
    assert type(pixel_libraries.cv2) is type(sys) and pixel_libraries.np.uint8 is sys.modules["numpy"].uint8
    print(*first[0])
    next(widget for widget in app.topLevelWidgets() if isinstance(widget, Window)).close()
    return await showing

app = make_application()
sys.modules["imagineart_desktop.app"].MainWindow = Window
sys.exit(run(app, main(app), freezes=True))
"""

HELP = """
import sys
from imagineart_desktop.cli import main
try:
    main(["--help"])
except SystemExit:
    print(*sys.modules)
"""

BUILT_RECORDS = """
import imagineart_desktop.app
from imagineart_desktop.fal import responses
from imagineart_desktop.imaging.inpaint import settings
from imagineart_desktop.library.files import recipe
from imagineart_desktop.workspace import draft_state, form_drafts, saved_results
from imagineart_desktop.workspace.inpaint import draft
from pydantic import BaseModel

forms = draft_state, form_drafts, saved_results
records = [value for part in (responses, settings, recipe, draft, *forms) for value in vars(part).values()]
records = [one for one in records if isinstance(one, type) and issubclass(one, BaseModel) and one is not BaseModel]
assert len(records) > 10
print(*(one.__name__ for one in records if one.__pydantic_complete__))
"""

GENERATE_HELP = HELP.replace('"--help"', '"generate", "--help"')


def test_the_first_frame_comes_before_what_it_does_not_need(tmp_path: Path) -> None:
    """Afterwards they are loaded, before anybody asks for them."""
    assert (LATE | LATE_PARTS) & _loaded(WINDOW, str(tmp_path)) == set()


def test_validators_of_records_are_built_when_one_is_read() -> None:
    # Those of constants are needed at once.
    assert _loaded(BUILT_RECORDS) <= {"ModelSpec", "SavedHistory", "PendingRequests"}


def test_help_loads_little() -> None:
    loaded = _loaded(HELP)
    assert (LATE | {"PySide6", "pydantic", "sqlite3", "imagineart_desktop.library"}) & loaded == set()
    assert (LATE | {"PySide6", "sqlite3", "imagineart_desktop.imaging"}) & _loaded(GENERATE_HELP) == set()


def _loaded(script: str, *arguments: str) -> set[str]:
    surroundings = {**os.environ, "QT_QPA_PLATFORM": "offscreen"}
    for name in ("FAL_KEY", "PYTHON_KEYRING_BACKEND"):
        surroundings.pop(name, None)
    command = [sys.executable, "-c", script, *arguments]
    done = subprocess.run(command, check=True, capture_output=True, text=True, env=surroundings)  # noqa: S603 - scripts of this file
    return set(done.stdout.splitlines()[-1].split())
