"""Readers for the metadata that other image generators embed in their images.

Supports AUTOMATIC1111 and its derivatives, ComfyUI, InvokeAI, SwarmUI, Fooocus, NovelAI, Easy Diffusion and
Midjourney, and falls back to content credentials. All of it is untrusted text: limited in length, stripped of
control characters, and only ever displayed. Metadata that can't be parsed is treated as absent.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from imagineart_desktop.imaging import exif_of
from imagineart_desktop.library.files.content_credentials import DIGITAL_SOURCE, read_credentials
from imagineart_desktop.library.metadata.comfyui import read_graph
from imagineart_desktop.library.metadata.comfyui_graph import Graph, graph_from_prompt, of_workflow
from imagineart_desktop.library.metadata.infotext import parse_infotext
from imagineart_desktop.library.metadata.user_comment import decode_user_comment
from imagineart_desktop.support.pixel_libraries import Image, PngImagePlugin
from imagineart_desktop.support.plain_text import sanitize_text

LONGEST_PROMPT = 10_000
_LONGEST_VALUE, _LONGEST_NAME, _MOST_VALUES = 300, 40, 40
_MAX_TEXT = 4_000_000
"""Maximum number of characters parsed: ComfyUI's workflows are long."""

_LONGEST_LINE = 10_000

_EXIF, _USER_COMMENT, _DESCRIPTION, _MAKER, _CAMERA = 0x8769, 0x9286, 0x010E, 0x010F, 0x0110

_MAX_SEED = 2**64
_WHOLE_NUMBER = re.compile(r"\d{1,20}", re.ASCII)
_MIDJOURNEY_JOB = re.compile(r"Job ID: ?([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})")
_MIDJOURNEY_SWITCH = re.compile(r"(?:^|\s)(?:--|—)(?=[a-z])")
_FOOOCUS_MODEL = ("base_model", "base_model_name")
_DREAM = re.compile(r'"(?P<prompt>.*)"(?P<rest>(?: -[^"]*)?)', re.DOTALL)
_IN_BRACKETS = re.compile(r"\[([^\[\]]*)\]")
_SWITCH = re.compile(r" -([A-Za-z]) ?([^\s-][^\s]*)")
_SWITCHES = {"s": "steps", "W": "width", "H": "height", "C": "cfg_scale", "A": "sampler", "f": "strength"}


@dataclass(frozen=True, slots=True)
class ForeignRecipe:
    """How another program generated an image. settings: name → value as that program wrote it; seed: None if absent."""

    program: str
    model: str = ""
    prompt: str = ""
    negative: str = ""
    seed: int | None = None
    settings: dict[str, str] = field(default_factory=dict)


Reader = Callable[[Mapping[str, str]], ForeignRecipe | None]
"""A function of keyword → text."""


def foreign_recipe(image: Image.Image, data: bytes = b"") -> ForeignRecipe | None:
    """Read the metadata of an opened image without decoding its pixels. data: the bytes of its file."""
    texts = {name: text for name, text in _texts(image).items() if len(text) <= _MAX_TEXT}
    for reader in _READERS:
        try:
            found = reader(texts)
        except (ValueError, TypeError, KeyError, IndexError, AttributeError, RecursionError):
            continue
        if found is not None:
            return found
    return _from_credentials(image, data)


def sanitize(value: object, longest: int = _LONGEST_VALUE) -> str:
    """Return a text that is safe to display: no control or bidirectional characters, at most `longest` characters."""
    return sanitize_text(str(value)[: 2 * longest]).strip()[:longest]


def _texts(image: Image.Image) -> dict[str, str]:
    """Return keyword → text.

    ComfyUI writes WebP metadata to EXIF tags, AUTOMATIC1111 writes JPEG metadata to the EXIF user comment.
    """
    texts = {
        name: _decoded(text) for name, text in image.info.items() if isinstance(name, str) and isinstance(text, str)
    }
    try:
        exif = exif_of(image)
        comment = exif.get_ifd(_EXIF).get(_USER_COMMENT)
        tags = [exif.get(_MAKER), exif.get(_CAMERA)]
        if isinstance(described := exif.get(_DESCRIPTION), str):
            texts.setdefault("ImageDescription", described)
    except Exception:  # Pillow lets through whatever a damaged block makes its parser raise.
        return texts
    if comment and "parameters" not in texts:
        texts["parameters"] = decode_user_comment(comment, 2 * _MAX_TEXT)
    for tag in tags:
        name, _, text = tag.partition(":") if isinstance(tag, str) else ("", "", "")
        if name in ("prompt", "workflow"):
            texts.setdefault(name, text)
    return texts


def _decoded(text: str) -> str:
    """Decode a PNG text chunk. The spec says Latin-1, but many programs write UTF-8."""
    if isinstance(text, PngImagePlugin.iTXt):
        return str(text)
    try:
        return text.encode("latin-1").decode("utf-8")
    except ValueError:
        return str(text)


def _parameters(text: str) -> ForeignRecipe | None:
    """Read AUTOMATIC1111's text, or the JSON that SwarmUI and Fooocus store under the same name."""
    if not text.lstrip().startswith("{"):
        return _automatic(text)
    read = _json(text)
    return _swarm(read) if "sui_image_params" in read else _fooocus(read)


def _automatic(text: str) -> ForeignRecipe | None:
    found = parse_infotext(text)
    if found is None:
        return None
    settings = dict(found.settings)
    version = settings.get("Version", "")
    program = next((name for name in ("ComfyUI", "Fooocus") if version.startswith(name)), "AUTOMATIC1111")
    return ForeignRecipe(
        settings.get("App", program),
        sanitize(settings.pop("Model", ""), 120),
        sanitize(found.prompt, LONGEST_PROMPT),
        sanitize(found.negative, LONGEST_PROMPT),
        _seed(settings.pop("Seed", None)),
        _bounded(settings),
    )


def _swarm(read: Mapping[str, Any]) -> ForeignRecipe:
    values = read["sui_image_params"].copy()
    values.pop("images", None)
    return ForeignRecipe(
        "SwarmUI",
        sanitize(values.pop("model", ""), 120),
        sanitize(_prompt_text(values.pop("prompt", "")), LONGEST_PROMPT),
        sanitize(_prompt_text(values.pop("negativeprompt", "")), LONGEST_PROMPT),
        _seed(values.pop("seed", None)),
        _bounded(values),
    )


def _fooocus(read: Mapping[str, Any]) -> ForeignRecipe | None:
    """Read Fooocus's own scheme; its older log has the same names as titles."""
    values = {name.strip().lower().replace(" ", "_"): value for name, value in read.items()}
    model = next((values.pop(name) for name in _FOOOCUS_MODEL if name in values), None)
    if model is None or "prompt" not in values:
        return None
    return ForeignRecipe(
        "Fooocus",
        sanitize(model, 120),
        sanitize(_prompt_text(values.pop("prompt")), LONGEST_PROMPT),
        sanitize(_prompt_text(values.pop("negative_prompt", "")), LONGEST_PROMPT),
        _seed(values.pop("seed", None)),
        _bounded(values),
    )


def _novel_ai(texts: Mapping[str, str]) -> ForeignRecipe | None:
    """Read NovelAI's comment, which has everything; the description only repeats the prompt."""
    if not texts.get("Software", "").startswith("NovelAI"):
        return None
    values = _json(texts.get("Comment", "{}"))
    prompt = [values.pop("prompt", "") or _caption(values.get("v4_prompt")) or texts.get("Description", "")]
    negative = [values.pop("uc", "") or _caption(values.get("v4_negative_prompt"))]
    prompt += _character_captions(values.get("v4_prompt"))
    negative += _character_captions(values.get("v4_negative_prompt"))
    return ForeignRecipe(
        "NovelAI",
        sanitize(texts.get("Source", ""), 120),
        sanitize(_prompt_text(prompt), LONGEST_PROMPT),
        sanitize(_prompt_text(negative), LONGEST_PROMPT),
        _seed(values.pop("seed", None)),
        _bounded(values),
    )


def _caption(value: object) -> object:
    caption = value.get("caption") if isinstance(value, dict) else None
    return caption.get("base_caption", "") if isinstance(caption, dict) else ""


def _character_captions(value: object) -> list[object]:
    """Return the prompts of single characters, which come in addition to that of the whole image."""
    caption = value.get("caption") if isinstance(value, dict) else None
    each = caption.get("char_captions") if isinstance(caption, dict) else None
    return [one.get("char_caption", "") for one in each if isinstance(one, dict)] if isinstance(each, list) else []


def _easy_diffusion(texts: Mapping[str, str]) -> ForeignRecipe | None:
    """Read Easy Diffusion's texts: one per setting, under its name or title."""
    values = {name.strip().lower().replace(" ", "_"): text for name, text in texts.items()}
    model = values.pop("use_stable_diffusion_model", values.pop("stable_diffusion_model", None))
    if model is None or "prompt" not in values:
        return None
    return ForeignRecipe(
        "Easy Diffusion",
        sanitize(model, 120),
        sanitize(values.pop("prompt"), LONGEST_PROMPT),
        sanitize(values.pop("negative_prompt", ""), LONGEST_PROMPT),
        _seed(values.pop("seed", None)),
        _bounded(values),
    )


def _midjourney(texts: Mapping[str, str]) -> ForeignRecipe | None:
    """Read Midjourney's prompt with its switches, followed by the job id."""
    text = next((texts[name] for name in ("Description", "ImageDescription") if "Job ID:" in texts.get(name, "")), "")
    job = _MIDJOURNEY_JOB.search(text)
    if job is None:
        return None
    prompt, *parts = _MIDJOURNEY_SWITCH.split(text[: job.start()].strip())
    switches: dict[str, str] = {}
    for name, _, value in (part.partition(" ") for part in parts):
        # A switch may be repeated.
        switches[name] = ", ".join(filter(None, (switches.get(name, "").strip(), value.strip())))
    settings = {name: value or "yes" for name, value in switches.items() if name not in ("no", "seed")}
    return ForeignRecipe(
        "Midjourney",
        "",
        sanitize(prompt, LONGEST_PROMPT),
        sanitize(switches.get("no", ""), LONGEST_PROMPT),
        _seed(switches.get("seed", "")),
        _bounded({**settings, "Job ID": job[1]}),
    )


def _invoke(text: str) -> ForeignRecipe | None:
    read = _json(text)
    model = read.get("model")
    if isinstance(model, dict):
        model = model.get("name") or model.get("model_name") or ""
    used = {"positive_prompt", "negative_prompt", "seed", "model"}
    return ForeignRecipe(
        "InvokeAI",
        sanitize(model or "", 120),
        sanitize(_prompt_text(read.get("positive_prompt")), LONGEST_PROMPT),
        sanitize(_prompt_text(read.get("negative_prompt")), LONGEST_PROMPT),
        _seed(read.get("seed")),
        _bounded({name: value for name, value in read.items() if name not in used}),
    )


def _dream(text: str) -> ForeignRecipe | None:
    """Read InvokeAI's “Dream” text: the prompt in quotation marks, then command-line switches."""
    match = _DREAM.fullmatch(text[:_LONGEST_LINE].strip())
    if match is None:
        return None
    negative = " ".join(_IN_BRACKETS.findall(match["prompt"]))
    values = dict(_SWITCH.findall(match["rest"]))
    return ForeignRecipe(
        "InvokeAI",
        "",
        sanitize(_IN_BRACKETS.sub(" ", match["prompt"]), LONGEST_PROMPT),
        sanitize(negative, LONGEST_PROMPT),
        _seed(values.get("S")),
        _bounded({word: values[letter] for letter, word in _SWITCHES.items() if letter in values}),
    )


def _prompt_text(value: object) -> str:
    """Return a prompt, joining lists of weighted parts."""
    if isinstance(value, list):
        return ", ".join(filter(None, (_prompt_text(part) for part in value[:_MOST_VALUES])))
    if isinstance(value, dict):
        value = value.get("prompt")
    return value if isinstance(value, str) else ""


def _old_invoke(text: str) -> ForeignRecipe | None:
    """Read the metadata of InvokeAI up to version 2."""
    read = _json(text)
    image = read["image"]
    return ForeignRecipe(
        "InvokeAI",
        sanitize(read.get("model_weights") or read.get("model") or "", 120),
        sanitize(_prompt_text(image.get("prompt")), LONGEST_PROMPT),
        "",
        _seed(image.get("seed")),
        _bounded({name: value for name, value in image.items() if name not in ("prompt", "seed")}),
    )


def _comfy(graph: Graph | None) -> ForeignRecipe | None:
    read = None if graph is None else read_graph(graph)
    if read is None:
        return None
    return ForeignRecipe(
        "ComfyUI",
        sanitize(read.model, 120),
        sanitize(read.positive, LONGEST_PROMPT),
        sanitize(read.negative, LONGEST_PROMPT),
        _seed(read.seed),
        _bounded(read.settings),
    )


def _from_credentials(image: Image.Image, data: bytes) -> ForeignRecipe | None:
    found = read_credentials(image, data)
    if found is None:
        return None
    agents = ", ".join(agent for agent in found.agents if agent != found.generator)
    settings = {"Software": agents, DIGITAL_SOURCE: found.source}
    program = found.generator or next(iter(found.agents), "") or "Unknown program"
    return ForeignRecipe(sanitize(program, _LONGEST_NAME), settings=_bounded(settings))


def _json(text: str) -> dict[str, Any]:
    read = json.loads(text)
    if not isinstance(read, dict):
        raise TypeError("an object is expected")
    return read


def _seed(value: object) -> int | None:
    text = str(value).strip()
    seed = int(text) if _WHOLE_NUMBER.fullmatch(text) else _MAX_SEED
    return seed if seed < _MAX_SEED else None


def _bounded(values: Mapping[str, object]) -> dict[str, str]:
    """Return only scalar values, limited in number and length."""
    plain = ((name, value) for name, value in values.items() if isinstance(value, str | int | float) and value != "")
    shown = ((sanitize(name, _LONGEST_NAME), sanitize(value)) for name, value in plain)
    return dict([(name, value) for name, value in shown if name][:_MOST_VALUES])


def _text(name: str, read: Callable[[str], ForeignRecipe | None]) -> Reader:
    """Return a reader for a single text."""
    return lambda texts: read(texts[name]) if name in texts else None


_READERS: tuple[Reader, ...] = (
    _text("parameters", _parameters),
    _text("invokeai_metadata", _invoke),
    _text("sd-metadata", _old_invoke),
    _text("Dream", _dream),
    _novel_ai,
    _easy_diffusion,
    _text("prompt", lambda text: _comfy(graph_from_prompt(_json(text)))),
    _text("workflow", lambda text: _comfy(of_workflow(_json(text)))),
    _midjourney,
)
"""Tried in order; the first that returns a recipe wins."""
