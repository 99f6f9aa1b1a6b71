"""One request of a batch as the preview lists it: what is sent, for what price, and what is wrong with it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from imagineart_desktop.batches.prompt_template import Expansion
from imagineart_desktop.batches.row_images import RowImage
from imagineart_desktop.models import UNKNOWN_PRICE, ModelSpec, Price, Size
from imagineart_desktop.support.json_types import JsonValue


@dataclass(frozen=True, slots=True)
class RequestRow:
    """A request, valid or not.

    index: from 1. line: in the file that it comes from. model: None if it's unknown. fields: without images and seed.
    images: field → its images. varied: label → value of what other rows have differently, for display. price: of all
    its images. size: of each, None if only the service knows. problems: sentences; a row with any isn't sent.
    """

    index: int
    model: ModelSpec | None
    prompt: Expansion = field(default_factory=lambda: Expansion(""))
    fields: Mapping[str, JsonValue] = field(default_factory=dict)
    images: Mapping[str, tuple[RowImage, ...]] = field(default_factory=dict)
    varied: Mapping[str, str] = field(default_factory=dict)
    count: int = 1
    seed: int | None = None
    line: int | None = None
    price: Price = UNKNOWN_PRICE
    size: Size | None = None
    problems: tuple[str, ...] = ()
    is_enabled: bool = True

    @property
    def is_sent(self) -> bool:
        """Whether the batch sends it."""
        return self.is_enabled and not self.problems

    @property
    def requests(self) -> int:
        """How many requests to the service it takes."""
        return 0 if self.model is None else len(self.model.batches_of(self.count, self.fields))


@dataclass(frozen=True, slots=True)
class RowTotals:
    """Sums of the rows that are sent. amount: of known prices; unknown: how many have none. wrong: of all rows."""

    rows: int = 0
    images: int = 0
    requests: int = 0
    amount: Decimal = Decimal(0)
    unknown: int = 0
    wrong: int = 0

    @classmethod
    def of(cls, rows: Iterable[RequestRow]) -> RowTotals:
        """Return the sums of these rows."""
        listed = list(rows)
        sent = [row for row in listed if row.is_sent]
        return cls(
            len(sent),
            sum(row.count for row in sent),
            sum(row.requests for row in sent),
            sum((row.price.amount for row in sent if row.price.is_known), Decimal(0)),
            sum(not row.price.is_known for row in sent),
            sum(bool(row.problems) for row in listed),
        )

    def with_change(self, before: Iterable[RequestRow], after: Iterable[RequestRow]) -> RowTotals:
        """Return the sums once these rows have changed."""
        old, new = RowTotals.of(before), RowTotals.of(after)
        return RowTotals(
            self.rows - old.rows + new.rows,
            self.images - old.images + new.images,
            self.requests - old.requests + new.requests,
            self.amount - old.amount + new.amount,
            self.unknown - old.unknown + new.unknown,
            self.wrong - old.wrong + new.wrong,
        )


def fitting(rows: Iterable[RequestRow], amount: Decimal) -> int:
    """Return how many of the rows that are sent, from the first on, cost no more than an amount together."""
    fit, left = 0, amount
    for row in rows:
        if not row.is_sent:
            continue
        left -= row.price.amount
        if left < 0 or not row.price.is_known:
            break
        fit += 1
    return fit
