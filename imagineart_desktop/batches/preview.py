"""Makes the rows of a plan: what the preview shows and the command line sends."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Self

from imagineart_desktop.batches.combinations import Combinations, TooManyRowsError
from imagineart_desktop.batches.file_rows import FileRows
from imagineart_desktop.batches.plan import BatchPlan
from imagineart_desktop.batches.prompt_syntax import PromptError
from imagineart_desktop.batches.row import RequestRow, RowTotals
from imagineart_desktop.batches.row_file import RowFileError
from imagineart_desktop.batches.row_images import RowImages
from imagineart_desktop.batches.wildcards import Wildcards
from imagineart_desktop.library import disk_error
from imagineart_desktop.models import ModelRegistry


@dataclass(frozen=True, slots=True)
class BatchPreview:
    """The rows of a plan, and their sums.

    factors: how many combinations each varying part of the prompt has; prompts: how many of all of them are used.
    problem: why there are no rows, a sentence; position: in the prompt, if that is to blame.
    """

    rows: Sequence[RequestRow] = ()
    factors: tuple[int, ...] = ()
    prompts: int = 1
    problem: str = ""
    position: int | None = None
    totals: RowTotals = field(default_factory=RowTotals)

    @classmethod
    def of(cls, rows: Sequence[RequestRow], factors: tuple[int, ...] = (), prompts: int = 1) -> Self:
        """Return the preview of these rows."""
        return cls(rows, factors, prompts, totals=RowTotals.of(rows))


def make_preview(
    plan: BatchPlan,
    models: ModelRegistry,
    wildcards: Wildcards,
    images: RowImages,
    reach: Callable[[float], None] = lambda _share: None,
) -> BatchPreview:
    """Make the rows. It reads files and may take seconds: call it outside the GUI thread. Raises WorkCanceledError.

    reach: gets how far it is, 0 to 1.
    """
    if plan.rows:
        return _of_file(plan, models, images, reach)
    try:
        combinations = Combinations(plan, models, wildcards)
    except PromptError as error:
        return BatchPreview(problem=str(error), position=error.position)
    factors, prompts = combinations.template.factors, combinations.prompts
    if combinations.unset:
        problem = f"Choose values for “{combinations.unset}”, or remove it from what varies."
        return BatchPreview((), factors, prompts, problem)
    try:
        return BatchPreview.of(combinations.rows(images, reach), factors, prompts)
    except TooManyRowsError as error:
        return BatchPreview((), factors, prompts, str(error))
    except PromptError as error:
        return BatchPreview((), factors, prompts, str(error), error.position)


def _of_file(plan: BatchPlan, models: ModelRegistry, images: RowImages, reach: Callable[[float], None]) -> BatchPreview:
    try:
        return BatchPreview.of(FileRows(plan, models).rows(images, reach))
    except RowFileError as error:
        return BatchPreview(problem=str(error))
    except OSError as error:
        doing = f"“{plan.rows}” can’t be read"
        return BatchPreview(problem=str(disk_error(error, doing, "Check the path and import it again.")))
