"""Benchmark of one huge image in Inpaint: result received, opened, masked, another seam, applied, exported."""

from __future__ import annotations

import asyncio
import io
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
from PIL import Image
from PySide6.QtWidgets import QApplication

from imagineart_desktop.fal import Downloader, OnReceived
from imagineart_desktop.imaging import (
    ExportSettings,
    FileFormat,
    encode_full_image,
    encode_picture,
    full_image_of,
    load_picture,
)
from imagineart_desktop.library import ExportOptions, export_pictures
from imagineart_desktop.resources import resource_path
from imagineart_desktop.support import release_freed_memory
from imagineart_desktop.ui.theme import Theme
from imagineart_desktop.workspace.theme_mode import ThemeMode
from tests.benchmarks.measuring import Figure
from tests.ui.window_driver import opened

SIDE = 8192
ARRIVING = (6000, 4000)


async def figures(*, quick: bool) -> list[Figure]:
    app = QApplication.instance()
    assert isinstance(app, QApplication)
    side, arriving = (512, (600, 400)) if quick else (SIDE, ARRIVING)
    theme = Theme(app, ThemeMode.DARK)
    with tempfile.TemporaryDirectory() as folder:
        arrived = await _arrived(Path(folder) / "arrived", theme, arriving)
        return [arrived, *await _measured(Path(folder), theme, side)]


def _photograph(path: Path, size: tuple[int, int]) -> None:
    """Return detail like a photograph's, so that its file is large as well."""
    image = cv2.resize(load_picture(resource_path("photos", "coffee.png")).pixels, size)
    noise = np.random.default_rng(1).integers(0, 8, (size[1], size[0], 3), dtype=np.uint8)
    cv2.imwrite(str(path), cv2.add(image, noise), [cv2.IMWRITE_PNG_COMPRESSION, 3])


class _Memory:
    """The bytes of this process beyond those at the beginning."""

    def __init__(self) -> None:
        self._before = self._of("VmRSS")

    def _of(self, name: str) -> int:
        if sys.platform != "linux":
            return 0
        lines = Path("/proc/self/status").read_text().splitlines()
        return next(int(line.split()[1]) * 1024 for line in lines if line.startswith(name))

    def now(self) -> float:
        release_freed_memory()
        return max(1, self._of("VmRSS") - self._before) / 2**20

    def peak(self) -> float:
        """Return the peak since the last call."""
        found = max(1, self._of("VmHWM") - self._before) / 2**20
        if sys.platform == "linux":
            Path("/proc/self/clear_refs").write_text("5")
        return found


def _floors(source: Path, tiff: ExportSettings) -> tuple[float, float, float]:
    """Measure one decode, one encode as the program stores images, and one as TIFF, in milliseconds."""
    data = source.read_bytes()
    decode = _once(lambda: Image.open(io.BytesIO(data)).load())
    deep = full_image_of(load_picture(source).pixels)
    return decode, _once(lambda: encode_full_image(deep)), _once(lambda: encode_picture(deep, tiff))


def _once(work: Callable[[], object]) -> float:
    """Measure milliseconds once: work of this size doesn't need a second round."""
    start = time.perf_counter()
    work()
    return (time.perf_counter() - start) * 1000


async def _arrived(folder: Path, theme: Theme, size: tuple[int, int]) -> Figure:
    """Measure from the last byte of a result to its image on the canvas, with the whole image sent."""
    folder.mkdir()
    source, fetch, fetched = folder / "source.png", Downloader.fetch_result, [0.0]
    await asyncio.to_thread(_photograph, source, size)

    async def noted(
        self: Downloader, url: str, target: Path, on_received: OnReceived = lambda _received, _total: None
    ) -> None:
        await fetch(self, url, target, on_received)
        fetched[0] = time.perf_counter()

    async with opened(folder / "root", theme) as at:
        page, canvas = at.window.inpaint, await at.on_canvas(source)
        canvas.set_tool("ellipse")
        at.drag(canvas, [(size[0] * share, size[1] * share) for share in (0.3, 0.5, 0.6)])
        await at.until(lambda: canvas.document.undo_stack.count() and not page.estimator._at_work)
        at.type(page.form.prompt.editor, "a moka pot")
        Downloader.fetch_result = noted  # type: ignore[method-assign]
        try:
            at.click(page.form.go)
            await at.until(lambda: canvas._result_shown)
        finally:
            Downloader.fetch_result = fetch  # type: ignore[method-assign]
        canvas.repaint()
        taken = (time.perf_counter() - fetched[0]) * 1000
        (picture,) = await at.parts.library.summaries(await at.pictures(1))
        data = picture.path.read_bytes()
        decode = await asyncio.to_thread(_once, lambda: Image.open(io.BytesIO(data)).load())
    name = f"{size[0]} × {size[1]} inpaint, from the last byte to the screen"
    return Figure(name, taken, decode, 1.5, beside="one decode of the result")


async def _measured(folder: Path, theme: Theme, side: int) -> list[Figure]:
    source, rgba = folder / "large.png", side * side * 4 / 2**20
    await asyncio.to_thread(_photograph, source, (side, side))
    tiff = ExportSettings(FileFormat.TIFF)
    decode, encode, tiff_encode = await asyncio.to_thread(_floors, source, tiff)
    found = []
    async with opened(folder / "root", theme) as at:
        page, memory = at.window.inpaint, _Memory()
        document = page.canvas.document

        async def settled() -> None:
            await at.until(lambda: not document.is_locked and not page.estimator._at_work)

        start, first = time.perf_counter(), 0.0

        def look() -> None:
            nonlocal first
            if not first and page.canvas.has_picture:
                first = (time.perf_counter() - start) * 1000

        page.canvas.zoom_changed.connect(look)
        canvas = await at.on_canvas(source)
        taken = (time.perf_counter() - start) * 1000
        found.append(Figure(f"opening {side}², first rows seen", first, decode, 0.3, beside="one decode"))
        found.append(Figure(f"opening {side}²", taken, decode, 1.3, beside="one decode"))
        await settled()
        found.append(Figure(f"{side}² open, at rest", memory.now(), rgba, 2.7, "MB", "its RGBA bytes"))
        peaks = [memory.peak()]
        canvas.set_tool("ellipse")
        at.drag(canvas, [(side * 0.3, side * 0.3), (side * 0.5, side * 0.5), (side * 0.6, side * 0.6)])
        await settled()
        for name in ("mask.invert", "mask.invert", "mask.feather", "mask.smooth", "mask.grow"):
            at.window.window_actions[name].trigger()
            await asyncio.sleep(0)
            await settled()
        peaks.append(memory.peak())
        at.type(page.form.prompt.editor, "a moka pot")
        at.click(page.form.go)
        await at.pictures(1)
        await at.until(lambda: canvas._result_shown)
        memory.peak()
        page.settings_panel.feather.setValue(60)
        await at.until(lambda: page.viewer._version is not None and page.viewer._version.made)
        peaks.append(memory.peak())
        start = time.perf_counter()
        at.click(page.result_view.bar.apply)
        await at.until(lambda: len(page.stepping.steps) == 2 and not document.is_locked)
        taken = (time.perf_counter() - start) * 1000
        peaks.append(memory.peak())
        found.append(Figure(f"apply with another seam, {side}²", taken, encode, 1.5, beside="one encode"))
        applied = page.stepping.steps.current
        assert applied is not None
        assert applied.picture_id is not None
        start = time.perf_counter()
        await export_pictures(at.parts.library, [applied.picture_id], ExportOptions(folder / "out", settings=tiff))
        taken = (time.perf_counter() - start) * 1000
        peaks.append(memory.peak())
        found.append(Figure(f"export as TIFF, {side}²", taken, tiff_encode, 1.3, beside="one encode"))
        found.append(Figure(f"{side}², highest peak of all that", max(peaks), rgba, 6.0, "MB", "its RGBA bytes"))
    return found
