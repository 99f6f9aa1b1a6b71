"""Benchmarks of the gallery: first paint, a page of scrolling, search while typing."""

from __future__ import annotations

import asyncio
import os
import statistics
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image
from PySide6.QtCore import QObject, QSize, QStringListModel
from PySide6.QtWidgets import QListView

from imagineart_desktop.library import Library, Recipe
from imagineart_desktop.models import IMAGINEART_20
from imagineart_desktop.ui.gallery.page import GalleryPage
from imagineart_desktop.workspace.gallery.organizer import GalleryCommands
from imagineart_desktop.workspace.gallery.thumbnail_cache import THUMBNAIL_EDGE
from tests.benchmarks.measuring import Figure, median_ms, p95
from tests.benchmarks.stock import stocked

SIZE = (1440, 900)
_RECIPE = Recipe(
    endpoint=IMAGINEART_20.endpoint,
    request={},
    cost=Decimal(0),
    job_id="0" * 32,
    created_at=datetime(2026, 1, 1, tzinfo=UTC),
)


async def figures(*, quick: bool) -> list[Figure]:
    found = [await _thumbnail(512 if quick else 2048, rounds=1 if quick else 9)]
    for count in (50,) if quick else (1_000, 10_000, 100_000):
        with tempfile.TemporaryDirectory() as folder:
            library = await stocked(Path(folder), count)
            before = _resident()
            start = time.perf_counter()
            owner = QObject()
            page = GalleryPage(library, GalleryCommands(library, owner))
            page.resize(*SIZE)
            page.show()
            await _rows(page, 1)
            page.grid.repaint()
            first = (time.perf_counter() - start) * 1000
            await _rows(page, count)
            whole = (time.perf_counter() - start) * 1000
            plain = await _plain(count)
            list_view = "QListView with text alone"
            # Building a page costs the same for few images, while a list of few texts costs nothing.
            goal = 2.0 if count >= 100_000 else None
            found.append(Figure(f"gallery, first paint, {count}", first, plain[0], goal, beside=list_view))
            found.append(Figure(f"gallery, all rows known, {count}", whole, plain[0], beside=list_view))
            scrolled = await _scroll(page)
            name = f"gallery, a page of scrolling, p95, {count}"
            found.append(Figure(name, scrolled, plain[1], beside=list_view, most=8.0))
            found.append(await _search(page, library, count))
            grown = max(0.1, (_resident() - before) / 2**20)
            found.append(Figure(f"gallery, memory, {count}", grown, grown, unit="MB", most=150.0))
            page.model.thumbnails.set_size(QSize(1, 1), 0)
            await asyncio.sleep(0.3)
            page.close()
            page.deleteLater()
            await asyncio.sleep(0.05)
            library.close()
    return found


async def _thumbnail(edge: int, *, rounds: int) -> Figure:
    """Measure a missing thumbnail of a square image from the library; its floor is one decode of the file.

    Rounds alternate, so that other work on the machine affects both.
    """
    with tempfile.TemporaryDirectory() as folder:
        library = Library(Path(folder))
        source = library.files.incoming("large")
        Image.fromarray(_photograph(edge)).save(source, "PNG")
        picture = await library.store_result(source, _RECIPE)
        taken, decoded = [], []
        for _ in range(rounds + 1):
            start = time.perf_counter()
            await asyncio.to_thread(_decode, picture.path)
            decoded.append((time.perf_counter() - start) * 1000)
            library.files.clear_thumbnails()
            start = time.perf_counter()
            await library.thumbnail(picture, THUMBNAIL_EDGE)
            taken.append((time.perf_counter() - start) * 1000)
        library.close()
    value, floor = statistics.median(taken[1:]), statistics.median(decoded[1:])
    return Figure(f"gallery, thumbnail of a {edge}² PNG", value, floor, 1.2, beside="one decode of the file")


def _decode(path: Path) -> None:
    with Image.open(path) as image:
        image.load()


def _photograph(edge: int) -> NDArray[np.uint8]:
    """Return soft shapes with grain, whose PNG is as large as a photograph's."""
    random = np.random.default_rng(1)
    soft = cv2.resize(random.integers(0, 240, (64, 64, 3), dtype=np.uint8), (edge, edge), interpolation=cv2.INTER_CUBIC)
    return np.asarray(cv2.add(soft, random.integers(0, 12, (edge, edge, 3), dtype=np.uint8)), np.uint8)


def _resident() -> int:
    """Return the bytes of memory that the process holds; 0 if the system doesn't provide them."""
    statm = Path("/proc/self/statm")
    return int(statm.read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") if statm.is_file() else 0


async def _plain(count: int) -> tuple[float, float]:
    """Measure first paint and a page of scrolling of a list with nothing but text."""
    start = time.perf_counter()
    view = QListView()
    view.setViewMode(QListView.ViewMode.IconMode)
    view.setUniformItemSizes(True)
    view.setResizeMode(QListView.ResizeMode.Adjust)
    view.setGridSize(QSize(150, 120))
    model = QStringListModel([str(number) for number in range(count)])
    view.setModel(model)
    view.resize(920, 860)
    view.show()
    await _until(lambda: view.windowHandle() is not None and view.windowHandle().isExposed())
    view.doItemsLayout()
    view.viewport().repaint()
    first = (time.perf_counter() - start) * 1000
    bar = view.verticalScrollBar()

    def page() -> None:
        bar.setValue((bar.value() + bar.pageStep()) % max(1, bar.maximum()))
        view.viewport().repaint()

    scroll = median_ms(page, 30)
    view.deleteLater()
    return first, scroll


async def _scroll(page: GalleryPage) -> float:
    bar = page.grid.verticalScrollBar()
    samples = []
    for _ in range(30):
        start = time.perf_counter()
        bar.setValue((bar.value() + bar.pageStep()) % max(1, bar.maximum()))
        page.grid.viewport().repaint()
        samples.append((time.perf_counter() - start) * 1000)
        await asyncio.sleep(0.02)
    return p95(samples)


async def _search(page: GalleryPage, library: object, count: int) -> Figure:
    """Measure from the last key to the repainted grid, including the typing pause; its floor is the query alone."""
    from imagineart_desktop.library import Library, Query

    assert isinstance(library, Library)
    start = time.perf_counter()
    await library.search(Query(text="harb"))
    floor = (time.perf_counter() - start) * 1000
    asked: list[float] = []
    page.model.loaded.connect(lambda: asked.append(time.perf_counter()))
    start = time.perf_counter()
    page.search.setText("harb")
    await _until(lambda: bool(asked))
    page.grid.viewport().repaint()
    taken = (time.perf_counter() - start) * 1000
    return Figure(f"gallery, key to repaint, {count}", taken, floor, beside="the query alone", most=50.0)


async def _rows(page: GalleryPage, least: int) -> None:
    await _until(lambda: page.model.rowCount() >= least)


async def _until(true: Callable[[], bool]) -> None:
    async with asyncio.timeout(60):
        while not true():
            await asyncio.sleep(0.001)
