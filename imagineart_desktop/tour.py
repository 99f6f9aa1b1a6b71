"""Scripted tour of the real window against the demo server: generate, edit, inpaint, gallery, with screenshots."""

from __future__ import annotations

import asyncio
import json
import os
import sys
import tempfile
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

from PySide6.QtCore import QByteArray, QPoint, QPointF, QSaveFile, Qt
from PySide6.QtGui import QImage, QImageWriter
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from imagineart_desktop.app import make_application
from imagineart_desktop.demo import DemoServer, Timing
from imagineart_desktop.jobs import CompositeCache, JobEvent, JobState
from imagineart_desktop.library import Query
from imagineart_desktop.places import AppPaths
from imagineart_desktop.resources import resource_path
from imagineart_desktop.studio import Core, open_core
from imagineart_desktop.support import print_notice
from imagineart_desktop.ui.canvas.mask_canvas import MaskCanvas
from imagineart_desktop.ui.theme import Theme
from imagineart_desktop.ui.window.main_window import MainWindow
from imagineart_desktop.workspace.event_loop import run
from imagineart_desktop.workspace.mime import ImageSource
from imagineart_desktop.workspace.preferences import Preferences
from imagineart_desktop.workspace.theme_mode import ThemeMode

SIZE = (1440, 900)
_STEP_TIMEOUT = 600.0
"""Seconds after which a step counts as hung, even if other programs are using the processor."""

_PHOTOS = (".png", ".jpg", ".jpeg", ".webp")


class TourError(Exception):
    """A step of the tour failed."""


class _TourDriver:
    """Drives one window through the tour. seen: facts about each screenshot, for the JSON."""

    def __init__(self, window: MainWindow, parts: Core, out: Path, photos: list[Path]) -> None:
        self._window = window
        self._parts = parts
        self._out = out
        self._photos = photos
        self.seen: list[dict[str, object]] = []

    async def walk(self) -> None:
        """Run the whole tour."""
        await self._pause()
        self._save_screenshot("0-first-run", {"service": self._parts.account.kind.value})
        await self._generate()
        await self._edit()
        await self._inpaint()
        await self._gallery()

    async def _generate(self) -> None:
        window = self._window
        window.go_to("generate")
        prompts = (
            ("A quiet mountain lake at sunset, mist between the ridges", "3:2"),
            ("Night over the sea, a full moon and stars", "1:1"),
            ("Lavender hills at dawn, long shadows", "4:5"),
        )
        for prompt, ratio in prompts:
            self._type(window.generate.form.prompt.editor, prompt)
            window.generate.draft.set_fields({"aspect_ratio": ratio})
            await self._submit_and_wait(window.generate.form.go, f"1-generating-{ratio.replace(':', 'x')}")
        await self._until(lambda: window.generate.results.current is not None, "the image is shown")
        await self._pause(0.5)
        self._save_screenshot("2-generate", {"pictures": await self._count()})

    async def _edit(self) -> None:
        window = self._window
        window.go_to("edit")
        window.edit.add([ImageSource(path=path) for path in self._photos[:3]])
        await self._until(lambda: len(window.edit.references.list.sizes) == min(3, len(self._photos)), "references")
        self._type(window.edit.form.prompt.editor, "Place image 2 beside image 1, in the light of image 3, teal tones")
        await self._submit_and_wait(window.edit.form.go, "3-editing")
        await self._until(lambda: window.edit.results.view.comparing, "before and after")
        await self._pause(0.5)
        self._save_screenshot("4-edit", {"references": len(window.edit.references.list.sizes)})

    async def _inpaint(self) -> None:
        window = self._window
        window.go_to("inpaint")
        canvas = window.inpaint.canvas
        window.inpaint.take([ImageSource(path=self._photos[0])])
        await self._until(lambda: window.inpaint.has_picture, "the image is open")
        await self._pause()
        width, height = canvas.document.size
        self._paint(canvas, [(0.36, 0.58), (0.46, 0.48), (0.58, 0.52), (0.6, 0.66), (0.48, 0.7), (0.4, 0.64)])
        await self._until(lambda: canvas.coverage.painted > 0, "the mask is painted")
        await self._pause()
        self._save_screenshot("5-mask", {"size": [width, height], "painted": canvas.coverage.painted})
        self._type(window.inpaint.form.prompt.editor, "A copper moka pot, steam rising, same light")
        window.inpaint.draft.set_count(2)
        await self._submit_and_wait(window.inpaint.form.go, "6-inpainting", count=2)
        await self._pause(0.8)
        self._save_screenshot("7-inpaint", {"pictures": await self._count()})

    async def _gallery(self) -> None:
        window = self._window
        window.go_to("gallery")
        await self._pause(0.8)
        numbers = await self._parts.library.search(Query())
        window.gallery.show_picture(numbers[0])
        await self._pause(1.0)
        self._save_screenshot("8-gallery", {"pictures": len(numbers)})
        window.gallery.search.setText("moon")
        await self._until(lambda: window.gallery.model.rowCount() == 1, "the search finds one image")
        await self._pause(0.5)
        self._save_screenshot("9-search", {"found": window.gallery.model.rowCount()})

    async def _submit_and_wait(self, go: QWidget, shot: str, count: int = 1) -> None:
        """Click the button and wait for its images, taking a screenshot meanwhile."""
        done: list[JobEvent] = []
        failed: list[str] = []

        def listen(event: JobEvent) -> None:
            if event.job.state is JobState.DONE:
                done.append(event)
            elif event.job.failure is not None:
                failed.append(str(event.job.failure.message))

        end = self._parts.worker.subscribe(listen)
        QTest.mouseClick(go, Qt.MouseButton.LeftButton)
        await self._until(lambda: any(job.state is JobState.RUNNING for job in self._parts.worker.jobs()), "it runs")
        await self._pause(0.6)
        self._save_screenshot(shot, {"jobs": [job.state.value for job in self._parts.worker.jobs()]})
        await self._until(lambda: len(done) >= count or bool(failed), "the images arrive")
        end()
        if failed:
            raise TourError(failed[0])

    def _type(self, editor: QWidget, text: str) -> None:
        editor.setFocus()
        QTest.keyClick(editor, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
        QTest.keyClicks(editor, text)

    def _paint(self, canvas: MaskCanvas, shares: list[tuple[float, float]]) -> None:
        """Draw a stroke through points given as fractions of the image's size."""
        width, height = canvas.document.size
        points = [canvas.viewport_state.to_widget(QPointF(x * width, y * height)).toPoint() for x, y in shares]
        path = [points[0]]
        for start, end in pairwise(points):
            path += [QPoint(start + (end - start) * step / 8) for step in range(1, 9)]
        QTest.mousePress(canvas, Qt.MouseButton.LeftButton, pos=path[0])
        for point in path[1:]:
            QTest.mouseMove(canvas, point)
        QTest.mouseRelease(canvas, Qt.MouseButton.LeftButton, pos=path[-1])

    async def _until(self, true: Callable[[], bool], what: str) -> None:
        try:
            async with asyncio.timeout(_STEP_TIMEOUT):
                while not true():
                    await asyncio.sleep(0.03)
        except TimeoutError:
            raise TourError(f"It did not come about that {what}.") from None

    async def _pause(self, seconds: float = 0.3) -> None:
        await asyncio.sleep(seconds)

    async def _count(self) -> int:
        return len(await self._parts.library.search(Query()))

    def _save_screenshot(self, name: str, facts: dict[str, object]) -> None:
        image: QImage = self._window.grab().toImage()
        path = self._out / f"{name}.png"
        file = QSaveFile(str(path))
        writer = QImageWriter(file, QByteArray(b"png"))
        if not (file.open(QSaveFile.OpenModeFlag.WriteOnly) and writer.write(image) and file.commit()):
            raise OSError(file.errorString())
        self.seen.append({"screenshot": path.name, "width": image.width(), "height": image.height(), **facts})


async def _tour(app: QApplication, out: Path, photos: list[Path], theme: ThemeMode) -> int:
    with tempfile.TemporaryDirectory() as folder:
        places = AppPaths.below(Path(folder))
        look = Theme(app, theme)
        preferences = Preferences(places.settings)
        demo = DemoServer(places.demo, pace=Timing(queue=0.3, work=1.4))
        os.environ.pop("FAL_KEY", None)
        async with open_core(places, demo=demo, composed=CompositeCache()) as parts:
            window = MainWindow(
                parts.library, parts.worker, parts.account, preferences, look, at_once=("edit", "inpaint")
            )
            window.resize(*SIZE)
            await window.restore()
            window.show()
            guide = _TourDriver(window, parts, out, photos)
            try:
                await guide.walk()
            finally:
                report = {"theme": theme.value, "seen": guide.seen}
                (out / "tour.json").write_text(json.dumps(report, indent=2), encoding="utf-8")
                window.hide()
                window.deleteLater()
    return 0


def _photos_in(folder: Path) -> list[Path]:
    """Return the photos in a folder; none if it can't be read."""
    try:
        return sorted(path for path in folder.iterdir() if path.suffix.lower() in _PHOTOS)
    except OSError:
        return []


def main(out: Path, photos: Path | None, theme: str) -> int:
    """Run the tour; needs no display. photos: a folder of images; by default the built-in ones.

    Raises OSError if `out` can't be written to.
    """
    if sys.platform == "linux" and not (os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")):
        os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    os.environ["PYTHON_KEYRING_BACKEND"] = "keyring.backends.null.Keyring"
    if photos is None:
        folder = resource_path("photos")
        chosen = [folder / name for name in ("coffee.png", "chelsea.png", "hubble_deep_field.jpg")]
    else:
        chosen = _photos_in(photos)
    if not chosen:
        print_notice(f"There are no images in {photos}.")
        return 2
    out.mkdir(parents=True, exist_ok=True)
    app = make_application()
    try:
        code = run(app, _tour(app, out, chosen, ThemeMode(theme)), freezes=True)
    except TourError as error:
        print_notice(str(error))
        return 1
    print_notice(f"The tour’s images are in {out}.")
    return code
