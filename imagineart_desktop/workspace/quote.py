"""What the user agrees to pay for: a request, how often it's sent, and for what price."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from imagineart_desktop.models import ModelSpec, Price
from imagineart_desktop.models.price import sum_of
from imagineart_desktop.support.json_types import JsonValue

LIVE_NOW = "the program is Live now"
"""Why what was free costs something."""

FieldValue = JsonValue
"""The value of a field that a form shows, as in the request's JSON."""


def not_sent(reason: str, price: Price) -> str:
    """Return the sentence for a price that the user hasn't agreed to. reason: why it's another one."""
    return f"Nothing was sent: {reason}, and this costs {price.about}."


@dataclass(frozen=True, slots=True)
class Quote:
    """A validated request with its price, independent of later changes to the draft it was made from.

    fields: without images and seed. count: how many images are made. unit_price: of one image of a request. requests:
    how many requests each image takes; a request for a single area makes several images if the model can. sources: how
    many images all of it is done to, one by one; source_prices: the price of one image for each of them, if these
    differ. is_free: whether the user was told that there is no charge.
    picture_ids: see `DraftState`.
    """

    model: ModelSpec
    fields: Mapping[str, FieldValue]
    count: int
    unit_price: Price
    requests: int = 1
    sources: int = 1
    source_prices: Sequence[Price] = ()
    is_free: bool = False
    picture_ids: Mapping[str, int] = field(default_factory=dict)

    @property
    def total_requests(self) -> int:
        """How many requests are sent."""
        if self.requests > 1:
            return self.count * self.requests * self.sources
        return len(self.model.batches_of(self.count, self.fields)) * self.sources

    @property
    def price(self) -> Price:
        """The price of all requests."""
        each = self.count * self.requests
        if self.source_prices:
            return sum_of(self.source_prices, each)
        return self.unit_price.times(each * self.sources)

    def with_requests(self, requests: int) -> Quote:
        """Return the quote for another number of requests per image."""
        return replace(self, requests=requests)

    def with_sources(self, sources: int) -> Quote:
        """Return the quote for another number of images that it is done to."""
        return replace(self, sources=sources)

    def covers(self, prepared: Sequence[object]) -> bool:
        """Return whether exactly as many requests were prepared for each image as the quote has."""
        return len(prepared) == self.requests
