"""Processing of requests: validates the input as the model would, then renders the image."""

from __future__ import annotations

import base64
import binascii
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from pydantic import ValidationError

from imagineart_desktop.demo import errors
from imagineart_desktop.demo.faults import DEGRADATIONS, Fault
from imagineart_desktop.demo.painting.degradations import degrade
from imagineart_desktop.demo.painting.edits import compose, repaint
from imagineart_desktop.demo.painting.label import put_label, put_label_inside
from imagineart_desktop.demo.painting.look import Look, look_of, tint
from imagineart_desktop.demo.painting.scene import paint_scene
from imagineart_desktop.demo.painting.tasks import cut_out, reframe, remove, replace_background, upscale
from imagineart_desktop.demo.request_store import DemoStore
from imagineart_desktop.imaging import (
    RESULT_FORMATS,
    Mask,
    PictureError,
    Pixels,
    coverage,
    encode_png,
    load_picture,
)
from imagineart_desktop.imaging.files.grayscale import grey_of
from imagineart_desktop.models import (
    MAX_SEED,
    FieldKind,
    MaskPolarity,
    ModelRegistry,
    ModelRequest,
    ModelSpec,
    Task,
    is_source,
)
from imagineart_desktop.models.file_limits import file_problem, total_problem
from imagineart_desktop.support.json_types import JsonObject

MAX_MASK = 25 * 2**20
"""Maximum size of a mask for inpainting, in bytes."""

CONTENT_POLICY = "[demo: content policy]"
FAILURE = "[demo: fail]"
SLOW = "[demo: slow]"
"""Texts that, in a prompt, provoke a content policy rejection, a failure and a long wait."""


@dataclass(frozen=True, slots=True)
class RenderedImage:
    """A finished image."""

    png: bytes
    width: int
    height: int
    seed: int


def validate(models: ModelRegistry, endpoint: str, body: JsonObject) -> tuple[ModelSpec, ModelRequest]:
    """Validate a request against its model: one of `models`, or else the one that it was made with.

    Raises RefusalError: 404 for an unknown endpoint, 422 for invalid input.
    """
    known = [model for model in (models.find(endpoint), models.recalled(endpoint)) if model is not None]
    if not known:
        raise errors.request_error(404, f"Application {endpoint!r} not found")
    refused: list[ValidationError] = []
    for model in known:
        try:
            return model, model.request_schema.validate_wire(body)
        except ValidationError as error:
            refused.append(error)
    raise errors.validation_error(refused[0])


def render(
    model: ModelSpec, request: ModelRequest, store: DemoStore, cdn: str, fault: Fault | None = None
) -> list[RenderedImage]:
    """Render the images of a request, each with its own seed: that of the request, and those after it.

    cdn: base URL of this server's files; fault: the fault that the results should have. Raises RefusalError.
    """
    _raise_for_prompt(request.prompt)
    paint = _painter(model, request, InputStore(store, cdn), fault)
    first = _seed_of(model, request)
    return [_rendered(paint, first + index) for index in range(model.result_count(request.values))]


def _rendered(paint: Callable[[int], Pixels], seed: int) -> RenderedImage:
    pixels = paint(seed)
    return RenderedImage(encode_png(pixels), int(pixels.shape[1]), int(pixels.shape[0]), seed)


def _painter(
    model: ModelSpec, request: ModelRequest, inputs: InputStore, fault: Fault | None
) -> Callable[[int], Pixels]:
    """Load the inputs of a request; return what makes an image from a seed. Raises RefusalError."""
    prompt = request.prompt
    look = look_of(request, _style_images(model, request, inputs))
    mask_field = model.field_of(FieldKind.MASK)
    mask_url = None if mask_field is None else request.values[mask_field.name]
    _check_file_sizes(model, request, inputs)
    sent = [(name, url) for name, role, url in request.named_images() if is_source(role)]
    if sent and model.command_task is not None:
        source = inputs.picture(*sent[0])
        mask = inputs.mask(model, mask_field.name, mask_url, source) if mask_field and mask_url else None
        return lambda seed: _one_step(model, request, source, mask, seed, look)
    if sent and mask_url is None:
        references = [inputs.picture(name, url)[:, :, :3] for name, url in sent]
        sizes = [(reference.shape[1], reference.shape[0]) for reference in references]
        composed_size = model.output_size(request, sizes) or sizes[0]
        return lambda seed: _finished(compose(references, prompt, composed_size, seed if model.has_seed else 0), look)
    if sent and mask_field is not None and mask_url is not None:
        source = inputs.picture(*sent[0])
        mask = inputs.mask(model, mask_field.name, mask_url, source)
        references = [inputs.picture(name, url)[:, :, :3] for name, url in sent[1:]]
        return lambda seed: _repainted(
            source, mask, partial(repaint, prompt=prompt, seed=seed, references=references), fault, look
        )
    size = model.output_size(request, ()) or (1024, 1024)
    return lambda seed: _finished(paint_scene(prompt, seed, size), look)


def _check_file_sizes(model: ModelSpec, request: ModelRequest, inputs: InputStore) -> None:
    """Check the images that have a limit of their own. Raises RefusalError."""
    for name, role, url in request.named_images():
        if role != FieldKind.STYLE and (
            too_large := file_problem(model.fields_by_name[name], inputs.bytes_of(name, url))
        ):
            raise errors.field_error(name, too_large, "file_too_large", url)


def _one_step(
    model: ModelSpec, request: ModelRequest, source: Pixels, mask: Mask | None, seed: int, look: Look
) -> Pixels:
    """Return what the model's command makes of an image."""
    height, width = source.shape[:2]
    if mask is not None:
        pixels = remove(source, mask)
        put_label_inside(mask, pixels)
        return pixels
    size = model.output_size(request, [(width, height)]) or (width, height)
    match model.command_task:
        case Task.UPSCALE:
            pixels = upscale(source, max(1, size[0] // width))
        case Task.REFRAME:
            pixels = reframe(source, size)
        case Task.REPLACE_BACKGROUND:
            pixels = replace_background(source, request.prompt, seed)
        case _:
            pixels = cut_out(source)
    return _finished(pixels, look)


def _finished(pixels: Pixels, look: Look) -> Pixels:
    tint(pixels, look)
    put_label(pixels, words=look.words)
    return pixels


def _repainted(
    source: Pixels, mask: Mask, paint: Callable[[Pixels, Mask], Pixels], fault: Fault | None, look: Look
) -> Pixels:
    if fault is not None and fault.trouble in DEGRADATIONS:
        return degrade(fault, source, mask, partial(paint, source))
    pixels = paint(source, mask)
    tint(pixels, look, mask)
    put_label_inside(mask, pixels, words=look.words)
    return pixels


def _style_images(model: ModelSpec, request: ModelRequest, inputs: InputStore) -> list[Pixels]:
    """Return the images that give the style. Raises RefusalError."""
    field = model.field_of(FieldKind.STYLE)
    urls = () if field is None else request.values[field.name] or ()
    if field is None or not urls:
        return []
    if too_large := total_problem(sum(inputs.bytes_of(field.name, url) for url in urls), field):
        raise errors.field_error(field.name, too_large, "file_too_large", list(urls))
    return [inputs.picture(field.name, url)[:, :, :3] for url in urls]


class InputStore:
    """Loads input images, only from this server's own files and data URIs."""

    def __init__(self, store: DemoStore, cdn: str) -> None:
        self._store = store
        self._cdn = cdn

    def picture(self, field: str, url: str) -> Pixels:
        try:
            return load_picture(self._bytes(field, url), formats=RESULT_FORMATS).pixels
        except PictureError as error:
            raise errors.field_error(field, str(error), "image_load_error", url) from None

    def bytes_of(self, field: str, url: str) -> int:
        """Return the size of an image's file."""
        return len(self._bytes(field, url))

    def mask(self, model: ModelSpec, field: str, url: str, source: Pixels) -> Mask:
        data = self._bytes(field, url)
        if len(data) > MAX_MASK:
            raise errors.field_error(field, "The mask is larger than 25 MB.", "file_too_large", url)
        try:
            pixels = load_picture(data, formats=RESULT_FORMATS).pixels
        except PictureError as error:
            raise errors.field_error(field, str(error), "image_load_error", url) from None
        if model.mask_polarity is not MaskPolarity.PAINTED_TRANSPARENT:
            grey = grey_of(pixels)
        elif pixels.shape[2] == 4:
            grey = pixels[:, :, 3].astype("float32")
        else:
            raise errors.field_error(field, "The mask must have an alpha channel.", "value_error", url)
        if grey.shape != source.shape[:2]:
            raise errors.field_error(
                field,
                f"The mask is {grey.shape[1]}x{grey.shape[0]}, the image {source.shape[1]}x{source.shape[0]}; "
                "they must have the same size.",
                "value_error",
                url,
            )
        painted_white = model.mask_polarity is not None and model.mask_polarity.painted == 255
        mask: Mask = ((grey >= 128) if painted_white else (grey < 128)).astype("uint8") * 255
        if coverage(mask).painted in (0, mask.size):
            raise errors.field_error(field, "The mask must hold black and white.", "value_error", url)
        return mask

    def _bytes(self, field: str, url: str) -> bytes:
        if url.startswith("data:"):
            try:
                return base64.b64decode(url.partition(",")[2], validate=True)
            except binascii.Error:
                raise errors.field_error(field, "The data URI is damaged.", "image_load_error", url) from None
        name = url.removeprefix(f"{self._cdn}/files/") if url.startswith(f"{self._cdn}/files/") else ""
        path = self._store.file(name or _last_part(url)) if _is_loopback(url) else None
        if path is None:
            raise errors.field_error(
                field, "The demo doesn’t download images from the web.", "file_download_error", url
            )
        return path.read_bytes()


def _is_loopback(url: str) -> bool:
    return url.startswith("http://127.0.0.1:")


def _last_part(url: str) -> str:
    """Return the file name in a URL from an earlier run, when the server had another port."""
    return url.rpartition("/files/")[2]


def _raise_for_prompt(prompt: str) -> None:
    if CONTENT_POLICY in prompt:
        raise errors.field_error("prompt", "The content could not be processed", "content_policy_violation", prompt)
    if FAILURE in prompt:
        raise errors.request_error(500, "Internal server error", "internal_server_error")


def _seed_of(model: ModelSpec, request: ModelRequest) -> int:
    seed, field = request.seed, model.field_of(FieldKind.SEED)
    # A model that accepts −1 takes 0 as random as well.
    is_random = seed is None or field is None or (field.minimum < 0 and seed <= 0)
    return 1 + secrets.randbelow(MAX_SEED) if seed is None or is_random else seed
