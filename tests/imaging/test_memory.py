"""Memory used to open a large picture, in addition to its pixels."""

from __future__ import annotations

import gc
import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
import pytest
from PIL import Image

from imagineart_desktop.imaging import load_full_image, load_picture
from imagineart_desktop.support import gc_paused

_EDGE = 4000
_RAW = _EDGE * _EDGE * 3
_MEASURED = """
import json, resource, sys
from pathlib import Path
from imagineart_desktop.imaging import load_full_image, load_picture, make_thumbnail, probe_picture
unit = 1 if sys.platform == "darwin" else 1024
peak = lambda: resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit
path, found = Path(sys.argv[1]), {"start": peak()}
for name, read in (
    ("probe", probe_picture), ("thumbnail", lambda path: make_thumbnail(path, 320)), ("load", load_picture),
    ("full", load_full_image),
):
    read(path)
    found[name] = peak()
print(json.dumps(found))
"""


@pytest.mark.skipif(sys.platform == "win32", reason="Windows tells no peak through `resource`")
@pytest.mark.parametrize("ending", ["png", "jpg"])
def test_a_large_picture_takes_little_more_than_its_pixels(ending: str, tmp_path: Path) -> None:
    path = tmp_path / f"large.{ending}"
    row = np.linspace(0, 255, _EDGE, dtype=np.uint8)
    cv2.imwrite(str(path), np.dstack([np.tile(row, (_EDGE, 1))] * 3), [cv2.IMWRITE_PNG_COMPRESSION, 1])
    command = [sys.executable, "-c", _MEASURED, str(path)]
    done = subprocess.run(command, capture_output=True, check=True, text=True)  # noqa: S603 - the text above
    peak = json.loads(done.stdout)
    above = {name: (value - peak["start"]) / _RAW for name, value in peak.items()}
    # Pillow uses four bytes for a pixel with three channels.
    assert above["probe"] < 0.3, above
    assert above["thumbnail"] < (2.0 if ending == "png" else 0.5), above
    assert above["load"] < 3.0, above
    assert above["full"] < 3.0, above


@pytest.mark.parametrize("format_", ["PNG", "JPEG"])
@pytest.mark.parametrize("load", [load_full_image, load_picture])
def test_the_decoders_image_goes_at_once(load: Callable[..., object], format_: str, tmp_path: Path) -> None:
    path = tmp_path / "large"
    size = (3200, 400)
    Image.new("RGB", size, "red").save(path, format_)
    options = {"show_rows": lambda _rows, _size: None} if load is load_full_image else {}
    gc.collect()
    with gc_paused():
        loaded = load(path, reach=lambda _share: None, **options)
        assert loaded
        assert not [kept for kept in gc.get_objects() if isinstance(kept, Image.Image) and kept.size == size]
