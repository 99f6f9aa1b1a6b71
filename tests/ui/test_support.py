"""When a part of the program fails: work is saved, a message explains it, and a report can be read and saved."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import zipfile
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QMessageBox

from imagineart_desktop.ui.support.dialog import ReportDialog
from imagineart_desktop.ui.theme import Theme
from tests.ui.window_driver import opened

FAILING = """
import asyncio, sys
from pathlib import Path
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QMessageBox
from imagineart_desktop import app
from imagineart_desktop.places import AppPaths
from imagineart_desktop.ui.window.main_window import MainWindow
from imagineart_desktop.support import spawn

restored = MainWindow.restore

async def failing():
    raise RuntimeError("in a task")

def slot():
    raise RuntimeError("in a slot")

async def restore(self):
    await restored(self)
    self.generate.form.prompt.set_text("a prompt that must not be lost")
    QTimer.singleShot(200, slot)
    QTimer.singleShot(300, lambda: spawn(failing()))
    QTimer.singleShot(1200, lambda: leave(self))

def leave(self):
    boxes = self.findChildren(QMessageBox)
    print(len(boxes), boxes[0].text(), flush=True)
    self.close()

MainWindow.restore = restore
sys.exit(app.main(AppPaths.below(Path(sys.argv[1]))))
"""


def test_a_failing_slot_and_a_failing_task_do_not_end_the_program(tmp_path: Path) -> None:
    environment = dict(
        os.environ,
        QT_QPA_PLATFORM="offscreen",
        PYTHONPATH=str(Path.cwd()),
        PYTHON_KEYRING_BACKEND="keyring.backends.null.Keyring",
    )
    done = subprocess.run(  # noqa: S603 - our own code
        [sys.executable, "-c", FAILING, str(tmp_path)],
        check=False,
        capture_output=True,
        text=True,
        env=environment,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith(
        "1 Something in the program failed. Your work is saved, requests that were sent continue"
    )
    entries = [json.loads(line) for line in (tmp_path / "logs" / "log.jsonl").read_text().splitlines()]
    errors = [entry["error"]["message"] for entry in entries if "error" in entry]
    assert errors == ["in a slot", "in a task"]
    assert not (tmp_path / "logs" / "running").exists()
    assert not (tmp_path / "logs" / "fault.txt").exists()
    assert "must not be lost" not in (tmp_path / "logs" / "log.jsonl").read_text()


async def test_the_report_is_read_before_it_is_saved(tmp_path: Path, theme: Theme) -> None:
    async with opened(tmp_path, theme) as at:
        at.type(at.window.generate.form.prompt.editor, "a secret garden")
        at.window.generate.form.draft.set_fields({"resolution": "1K", "aspect_ratio": "4:1"})
        at.click(at.window.generate.form.go)
        await at.pictures(1)
        at.window.support.failed(RuntimeError("x"))
        (box,) = at.window.findChildren(QMessageBox)
        at.window.support.failed(RuntimeError("y"))
        assert len(at.window.findChildren(QMessageBox)) == 1
        at.click(next(made for made in box.buttons() if "Report" in made.text()))
        await at.until(lambda: bool(at.window.findChildren(ReportDialog)))
        (dialog,) = at.window.findChildren(ReportDialog)
        names = [dialog.list.item(row).text() for row in range(dialog.list.count())]
        assert names == ["machine.json", "jobs.json", "library.json"]
        assert json.loads(dialog.text.toPlainText())["service"] == "demo"
        dialog.list.setCurrentRow(2)
        assert json.loads(dialog.text.toPlainText())["pictures"] == 1
        dialog.list.item(1).setCheckState(Qt.CheckState.Unchecked)
        dialog.words.setPlainText("It stopped.")
        await dialog.save(tmp_path / "report.zip")
        assert "Saved as" in dialog.message.text()
        with zipfile.ZipFile(tmp_path / "report.zip") as packed:
            assert packed.namelist() == ["what-happened.txt", "machine.json", "library.json"]
            assert not any(b"secret garden" in packed.read(name) for name in packed.namelist())
        await dialog.save(tmp_path / "nowhere" / "report.zip" / "x")
        dialog.close()
