"""How much memory a large image takes in Inpaint, in multiples of its RGBA bytes, and that it's returned."""

from __future__ import annotations

import asyncio
import gc
import sys
from pathlib import Path

import cv2
import numpy as np
import pytest

from imagineart_desktop.imaging import ExportSettings, FileFormat, load_picture
from imagineart_desktop.library import ExportOptions, export_pictures
from imagineart_desktop.support import limit_malloc_arenas, release_freed_memory
from imagineart_desktop.ui.theme import Theme
from tests.ui.window_driver import opened

_EDGE = 3072
_RGBA = _EDGE * _EDGE * 4


def resident(name: str = "VmRSS") -> int:
    """Return bytes. name: VmHWM for the peak since `forget_peak`."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) * 1024 for line in lines if line.startswith(name))


def forget_peak() -> None:
    Path("/proc/self/clear_refs").write_text("5")


def photograph(path: Path, photos: Path) -> None:
    """Return detail like a photograph's, so that its file is large as well."""
    image = cv2.resize(load_picture(photos / "coffee.png").pixels, (_EDGE, _EDGE))
    noise = np.random.default_rng(1).integers(0, 8, (_EDGE, _EDGE, 3), dtype=np.uint8)
    cv2.imwrite(str(path), cv2.add(image, noise), [cv2.IMWRITE_PNG_COMPRESSION, 1])


@pytest.mark.long
@pytest.mark.own_process
@pytest.mark.skipif(sys.platform != "linux", reason="/proc says how much memory a process has")
async def test_a_large_picture_is_held_once_and_given_back(tmp_path: Path, theme: Theme, photos: Path) -> None:
    limit_malloc_arenas()
    photograph(tmp_path / "large.png", photos)
    async with opened(tmp_path, theme, at_once=("inpaint",)) as at:
        canvas = await at.on_canvas(photos / "chelsea.png")
        before = resident()
        page, document = at.window.inpaint, canvas.document

        async def settled() -> None:
            await at.until(lambda: not document.is_locked and not page.estimator._at_work)

        def taken(name: str = "VmRSS") -> float:
            return (resident(name) - before) / _RGBA

        await at.on_canvas(tmp_path / "large.png")
        await settled()
        found = {"open": taken()}
        forget_peak()
        canvas.set_tool("ellipse")
        at.drag(canvas, [(1200, 1200), (2000, 2000), (2500, 2500)])
        await settled()
        for operation in ("mask.invert", "mask.invert"):
            at.window.window_actions[operation].trigger()
            await asyncio.sleep(0)
            await settled()
        found["mask"] = taken("VmHWM")
        at.type(page.form.prompt.editor, "a moka pot")
        at.click(page.form.go)
        await at.pictures(1)
        await at.until(lambda: canvas._result_shown)
        forget_peak()
        page.settings_panel.feather.setValue(60)
        await at.until(lambda: page.viewer._version is not None and page.viewer._version.made)
        found["seam"] = taken("VmHWM")
        forget_peak()
        at.click(page.result_view.bar.apply)
        await at.until(lambda: len(page.stepping.steps) == 3 and not document.is_locked)
        found["apply"] = taken("VmHWM")
        forget_peak()
        applied = page.stepping.steps.current
        assert applied is not None
        assert applied.picture_id is not None
        order = ExportOptions(tmp_path / "out", settings=ExportSettings(FileFormat.JPEG))
        assert not (await export_pictures(at.parts.library, [applied.picture_id], order)).failed
        found["export"] = taken("VmHWM")
        # Enough that no step with a large image is kept decoded.
        for name in ("coffee.png", "astronaut.png", "rocket.jpg"):
            await at.on_canvas(photos / name)
            await at.until(lambda: not document.is_locked)
        # As the loop does every few seconds.
        gc.collect()
        release_freed_memory()
        left = resident() - before
    assert found["open"] < 3.2, found
    assert max(found.values()) < 8.5, found
    # A copy that was kept would exceed it.
    assert left < 50 * 10**6, (left, found)
