"""The requests that a command sends, and their price."""

from __future__ import annotations

from dataclasses import dataclass, field

from imagineart_desktop.cli.consent import price_of
from imagineart_desktop.cli.style_images import StyleImages
from imagineart_desktop.jobs import InpaintRequest, InputImage
from imagineart_desktop.models import FieldKind, ModelSpec, Task
from imagineart_desktop.workspace.quote import FieldValue, Quote
from imagineart_desktop.workspace.seed import SeedChoice, draw_seed


@dataclass(frozen=True, slots=True)
class Sources:
    """The images of a request, by field. fields: values that only the request with these images has."""

    images: dict[str, list[InputImage]] = field(default_factory=dict)
    fields: dict[str, FieldValue] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class RequestSpec:
    """The requests described by the arguments. prepared: for an inpaint; sources: for others, one entry per request.

    style: the images that the fields refer to, if they aren't in the library yet.
    """

    model: ModelSpec
    task: Task
    fields: dict[str, FieldValue]
    seeds: list[int | None]
    sources: list[Sources]
    prepared: list[InpaintRequest]
    style: StyleImages = field(default_factory=lambda: StyleImages({}))

    def quote(self) -> Quote:
        """Return what the user must agree to. Raises InvalidRequestError."""
        mask = self.model.field_of(FieldKind.MASK)
        prices = []
        for one in self.sources or [Sources()]:
            sent = self.prepared[0].pictures if self.prepared else one.images
            images = sum(len(found) for name, found in sent.items() if mask is None or name != mask.name) or 1
            prices.append(price_of(self.model, self.task, self.fields | one.fields, self.seeds, images))
        return Quote(
            self.model,
            self.fields,
            len(self.seeds),
            prices[0],
            requests=len(self.prepared) or 1,
            sources=len(prices),
            source_prices=prices if len(set(prices)) > 1 else (),
        )


def seeds_from(seed: int | None, count: int, model: ModelSpec) -> list[int | None]:
    """Return consecutive seeds. Without a first one, draw it: it must be known for the image to be made again."""
    if seed is None and model.has_seed:
        return [*SeedChoice.of(draw_seed()).take(count)[0]]
    return [seed if seed is None else seed + offset for offset in range(count)]
