"""What fal publishes about its models: each model's page as text, the list of models, and the prices."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator

from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from imagineart_desktop.demo import errors
from imagineart_desktop.demo.error_responses import Handler
from imagineart_desktop.models import FieldKind, FieldSpec, ModelRegistry, ModelSpec, format_dollars
from imagineart_desktop.models.price_rule import FixedPrice, ImagesPrice, OptionPrice
from imagineart_desktop.support.json_types import JsonObject

_MOST_AT_ONCE = 50
_UPDATED_AT = "2026-11-01T00:00:00Z"
_NUMBERS = (FieldKind.NUMBER, FieldKind.INTEGER, FieldKind.COUNT, FieldKind.SEED)


class ModelPages:
    """The pages of the models that the demo serves, which follow from their definitions."""

    def __init__(self, models: ModelRegistry) -> None:
        self._models = models

    def routes(self, guard: Callable[[Handler], Handler]) -> list[Route]:
        """Return the routes. guard: wraps each handler."""
        return [
            Route("/home/models/{endpoint:path}/llms.txt", guard(self._page), methods=["GET"]),
            Route("/api/v1/models", guard(self._list), methods=["GET"]),
            Route("/api/v1/models/pricing", guard(self._prices), methods=["GET"]),
        ]

    async def _page(self, request: Request) -> Response:
        model = self._models.find(request.path_params["endpoint"])
        if model is None:
            raise errors.request_error(404, "Not Found")
        return PlainTextResponse("\n".join(_page_lines(model)))

    async def _list(self, request: Request) -> Response:
        entries: list[JsonObject] = [
            {
                "endpoint_id": model.endpoint,
                "metadata": {"display_name": model.label, "status": "active", "updated_at": _UPDATED_AT},
            }
            for model in self._named(request)
        ]
        return JSONResponse({"models": entries, "next_cursor": None, "has_more": False})

    async def _prices(self, request: Request) -> Response:
        prices: list[JsonObject] = [
            {
                "endpoint_id": model.endpoint,
                "unit_price": float(model.price_rule.amount),
                "unit": "images",
                "currency": "USD",
            }
            for model in self._named(request)
            if isinstance(model.price_rule, FixedPrice)
        ]
        return JSONResponse({"prices": prices, "next_cursor": None, "has_more": False})

    def _named(self, request: Request) -> list[ModelSpec]:
        """Return the models that the query names. Raises RequestError if one of them isn't served."""
        asked = [name for value in request.query_params.getlist("endpoint_id") for name in value.split(",")]
        found = [self._models.find(name) for name in asked[:_MOST_AT_ONCE]]
        if None in found:
            raise errors.request_error(404, "Endpoint not found")
        return [model for model in found if model is not None]


def _page_lines(model: ModelSpec) -> Iterator[str]:
    yield f"# {model.label}"
    yield from ("", "", "## Overview", "")
    yield f"- **Endpoint**: `https://fal.run/{model.endpoint}`"
    yield f"- **Model ID**: `{model.endpoint}`"
    if words := _price_words(model):
        yield from ("", "## Pricing", "", words, "")
        yield "For more details, see [fal.ai pricing](https://fal.ai/pricing)."
    yield from ("", "### Input Schema", "", "The API accepts the following input parameters:", "")
    for field in model.fields:
        yield from _field_lines(field)
    yield from ("", "### Output Schema", "")


def _price_words(model: ModelSpec) -> str:
    match model.price_rule:
        case FixedPrice(amount=amount):
            return f"Your request will cost **{format_dollars(amount)}** per image."
        case OptionPrice(amounts=amounts):
            *most, last = (f"**{format_dollars(amount)}** with {option}" for option, amount in amounts.items())
            return f"Your request will cost {', '.join(most)}, and {last}."
        case ImagesPrice(first=first, further=further):
            more = f"plus **{format_dollars(further)}** for each additional one"
            return f"Your request will cost **{format_dollars(first)}** with one input image, {more}."
        case _:
            return ""


def _field_lines(field: FieldSpec) -> Iterator[str]:
    yield f"- **`{field.name}`** (`{field.kind.value}`, _{'required' if field.required else 'optional'}_):"
    yield f"  {field.help}"
    if field.default is not None:
        yield f"  - Default: `{json.dumps(field.default)}`"
    if field.options:
        yield f"  - Options: {', '.join(f'`{json.dumps(option)}`' for option in field.options)}"
    if field.kind in _NUMBERS and field.maximum is not None:
        yield f"  - Range: `{field.minimum}` to `{field.maximum}`"
    yield ""
