"""The requests of `run`: those that a recipe describes, with images from the library."""

from __future__ import annotations

import argparse
from collections.abc import Sequence

from imagineart_desktop.cli.arguments import InvalidArgumentError
from imagineart_desktop.cli.request_spec import RequestSpec, Sources, seeds_from
from imagineart_desktop.jobs import InpaintRequest, InputImage, MissingError
from imagineart_desktop.jobs.repeating import prepare_again
from imagineart_desktop.library import Library, Recipe
from imagineart_desktop.models import (
    FieldKind,
    InvalidRequestError,
    ModelRequest,
    ModelSpec,
    is_input_reference,
    referenced_sha256,
)

_SEED = "seed"


async def repeated_requests(recipe: Recipe, library: Library, options: argparse.Namespace) -> RequestSpec:
    """Return the requests that make an image again. options: its `seed` and `count` override those of the recipe.

    Raises InvalidArgumentError, InvalidRequestError, PictureError, MaskError, LibraryError.
    """
    model, request = _request_of(recipe, library)
    if options.seed is not None and not model.has_seed:
        raise InvalidArgumentError(f"{model.label} does not take --seed.")
    seed = options.seed if options.seed is not None else recipe.seed
    count = options.count if options.count is not None else model.result_count(request.values)
    seeds = seeds_from(seed if model.has_seed else None, count, model)
    named = [found for found in request.named_images() if found[1] != FieldKind.STYLE]
    for _, role, reference in request.named_images():
        if role == FieldKind.STYLE:
            # The field refers to it; it must still be there.
            await _stored_input(reference, recipe, library)
    chosen = {field.name for field in model.fields if field.kind is FieldKind.COUNT}
    without = {_SEED, *chosen, *(name for name, _, _ in named)}
    fields = {name: value for name, value in request.to_fields().items() if name not in without}
    task = model.task_of([role for _, role, _ in named])
    if recipe.plan is not None:
        sent = [reference for _, role, reference in named if role in (FieldKind.PICTURE, FieldKind.PICTURES)]
        # The first is the part of the source that was sent; it's made again.
        references = [await _stored_input(reference, recipe, library) for reference in sent[1:]]
        return RequestSpec(model, task, fields, seeds, [], await _prepared(recipe, model, library, references))
    images: dict[str, list[InputImage]] = {}
    for name, _, reference in named:
        images.setdefault(name, []).append(await _stored_input(reference, recipe, library))
    return RequestSpec(model, task, fields, seeds, [Sources(images)], [])


def _request_of(recipe: Recipe, library: Library) -> tuple[ModelSpec, ModelRequest]:
    """Return the model and the request of a recipe. Raises InvalidArgumentError, InvalidRequestError."""
    refused: InvalidRequestError | None = None
    for model in library.specs.usable(recipe.endpoint, recipe.spec):
        try:
            return model, model.parse(recipe.request)
        except InvalidRequestError as error:
            refused = refused or error
    if refused is not None:
        raise refused
    problem = library.specs.problem(recipe.endpoint, recipe.spec)
    raise InvalidArgumentError(f"The model “{recipe.endpoint}” isn’t available in this version. {problem}".rstrip())


async def _prepared(
    recipe: Recipe, model: ModelSpec, library: Library, references: Sequence[InputImage]
) -> list[InpaintRequest]:
    """Return the requests of an inpaint. Raises InvalidArgumentError, PictureError, MaskError, LibraryError."""
    if recipe.plan is None or model.mask_polarity is None:
        raise InvalidArgumentError(f"{model.label} takes no mask, but the recipe has one.")
    source = next((parent.picture_id for parent in recipe.parents if parent.role == FieldKind.PICTURE), None)
    try:
        return await prepare_again(library, recipe.plan, model, source, references)
    except MissingError as error:
        raise InvalidArgumentError(str(error)) from None


async def _stored_input(reference: str, recipe: Recipe, library: Library) -> InputImage:
    """Return an image that a request refers to. Raises InvalidArgumentError, LibraryError."""
    if not is_input_reference(reference):
        raise InvalidArgumentError("The recipe names an image by its address; only images of the library can be sent.")
    sha256 = referenced_sha256(reference)
    kept = await library.inputs.find(sha256)
    if kept is None:
        raise InvalidArgumentError(f"An image that the recipe needs isn’t in the library: {sha256[:12]}….")
    picture_id = next((parent.picture_id for parent in recipe.parents if parent.sha256 == sha256), None)
    return InputImage(kept.path, picture_id)
