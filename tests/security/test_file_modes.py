"""Files written by a session are readable only by their owner, whatever the umask is."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.skipif(os.name != "posix", reason="modes are POSIX's")

_SESSION = """
import asyncio, os, sys
from pathlib import Path
os.umask(0)
from imagineart_desktop import app
from imagineart_desktop.places import AppPaths
from imagineart_desktop.resources import resource_path
from imagineart_desktop.workspace.mime import ImageSource
from imagineart_desktop.support import spawn
from imagineart_desktop.ui.window.main_window import MainWindow

root = Path(sys.argv[1])
restored = MainWindow.restore

async def until(true):
    while not true():
        await asyncio.sleep(0.02)

async def work(window):
    await window._account.settled.wait()
    made = []
    window._worker.subscribe(lambda event: made.extend(event.pictures))
    window.generate.form.prompt.set_text("a secret plan")
    window.generate.form.go.click()
    window.edit.add([ImageSource(path=resource_path("photos") / "coffee.png")])
    await until(lambda: made and window.edit.references.list.sizes)
    window.edit.form.prompt.set_text("another secret")
    window.edit.form.go.click()
    window.inpaint.take([ImageSource(path=resource_path("photos") / "coffee.png")])
    await until(lambda: len(made) == 2 and window.inpaint.has_picture)
    window.inpaint.canvas.document.mask[10:50, 10:50] = 255
    window.inpaint.canvas.document.settled.emit()
    window.marking.note(made[0], "a secret note")
    await window.save()
    window.support.failed(RuntimeError("something"))
    from imagineart_desktop.ui.support.dialog import ReportDialog
    report = ReportDialog(window, await window.support._pages(), window._files)
    await report.save(root / "report.zip")
    window.close()

async def restore(self):
    await restored(self)
    spawn(work(self))

MainWindow.restore = restore
sys.exit(app.main(AppPaths.below(root)))
"""


@pytest.mark.long
def test_everything_that_a_session_writes_is_its_owners_alone(tmp_path: Path) -> None:
    root = tmp_path / "data"
    environment = os.environ | {
        "QT_QPA_PLATFORM": "offscreen",
        "PYTHONPATH": str(Path.cwd()),
        "PYTHON_KEYRING_BACKEND": "keyring.backends.null.Keyring",
    }
    root.mkdir()
    (root / "settings.ini").touch(mode=0o644)
    done = subprocess.run(  # noqa: S603 - our own code
        [sys.executable, "-c", _SESSION, str(root)], env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    names = {path.relative_to(root).parts[0] for path in root.iterdir()}
    assert names >= {"library", "demo", "settings.ini", "logs", "report.zip"}
    assert (root / "settings.ini").stat().st_size
    open_to_others = {
        str(path.relative_to(root)): oct(path.stat().st_mode & 0o777)
        for path in root.rglob("*")
        if stat.S_IMODE(path.stat().st_mode) & 0o077
    }
    assert open_to_others == {}
