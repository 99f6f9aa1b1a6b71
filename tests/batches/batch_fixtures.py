"""What tests of batches share: plans, their rows, and files of images."""

from __future__ import annotations

from pathlib import Path

from PIL import Image

from imagineart_desktop.batches.combinations import Combinations
from imagineart_desktop.batches.file_rows import FileRows
from imagineart_desktop.batches.plan import BatchPlan
from imagineart_desktop.batches.row import RequestRow
from imagineart_desktop.batches.row_images import RowImages
from imagineart_desktop.batches.wildcards import Wildcards
from imagineart_desktop.models import IMAGINEART_20, ModelRegistry

MODELS = ModelRegistry()
ENDPOINT = IMAGINEART_20.endpoint


def combined(plan: BatchPlan, folder: Path) -> list[RequestRow]:
    """Return the rows of a plan whose wildcards and images are in a folder."""
    return Combinations(plan, MODELS, Wildcards(folder)).rows(RowImages(folder), lambda _: None)


def rows_of(path: Path, plan: BatchPlan | None = None) -> list[RequestRow]:
    """Return the rows of a file."""
    plan = (plan or BatchPlan(model=ENDPOINT)).model_copy(update={"rows": str(path)})
    return FileRows(plan, MODELS).rows(RowImages(path.parent), lambda _: None)


def write_image(path: Path, size: tuple[int, int] = (64, 48)) -> Path:
    """Write an image file."""
    Image.new("RGB", size, (200, 40, 40)).save(path)
    return path
