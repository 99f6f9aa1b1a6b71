"""What other programs write into their pictures: AUTOMATIC1111, InvokeAI and ComfyUI.

All of it is text from strangers: bounded, without control characters, and only ever shown as it is. What cannot be
understood counts as not there.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from PIL import Image

from imagineart_desktop.imaging import exif_of
from imagineart_desktop.library.comfyui import Graph, of_prompt, of_workflow, read_graph
from imagineart_desktop.support.plain_text import harmless

LONGEST_PROMPT = 10_000
_LONGEST_VALUE, _LONGEST_NAME, _MOST_VALUES = 300, 40, 40
_LARGEST = 4_000_000
"""Characters of a text that is looked into: ComfyUI's workflows are long."""

_LONGEST_LINE = 10_000

_EXIF, _USER_COMMENT, _MAKER, _CAMERA = 0x8769, 0x9286, 0x010F, 0x0110

# As AUTOMATIC1111 reads its own line of settings: modules/infotext_utils.py.
_SETTING = re.compile(r'\s*(\w[\w \-/]{0,60}):\s*("(?:\\.|[^\\"]){0,300}"|[^,]{0,300})(?:,|$)')
_NEGATIVE = "Negative prompt:"
_DREAM = re.compile(r'"(?P<prompt>[^"]*)"(?P<rest>(?: .*)?)', re.DOTALL)
_IN_BRACKETS = re.compile(r"\[([^\[\]]*)\]")
_SWITCH = re.compile(r" -([A-Za-z]) ?([^\s-][^\s]*)")
_SWITCHES = {"s": "steps", "W": "width", "H": "height", "C": "cfg_scale", "A": "sampler", "f": "strength"}


@dataclass(frozen=True, slots=True)
class ForeignRecipe:
    """How another program made a picture. settings: name → value, as it wrote them; seed: None where it says none."""

    program: str
    model: str = ""
    prompt: str = ""
    negative: str = ""
    seed: int | None = None
    settings: dict[str, str] = field(default_factory=dict)


def foreign_recipe(image: Image.Image) -> ForeignRecipe | None:
    """What is understood of an opened picture's texts; nothing is decoded for it."""
    texts = _texts(image)
    readers: tuple[tuple[str, Callable[[str], ForeignRecipe | None]], ...] = (
        ("parameters", _automatic),
        ("invokeai_metadata", _invoke),
        ("sd-metadata", _old_invoke),
        ("Dream", _dream),
        ("prompt", lambda text: _comfy(of_prompt(_json(text)))),
        ("workflow", lambda text: _comfy(of_workflow(_json(text)))),
    )
    for name, reader in readers:
        text = texts.get(name)
        if text is None or len(text) > _LARGEST:
            continue
        try:
            found = reader(text)
        except (ValueError, TypeError, KeyError, IndexError, AttributeError, RecursionError):
            continue
        if found is not None:
            return found
    return None


def cleaned(value: object, longest: int = _LONGEST_VALUE) -> str:
    """A text to be shown: no control characters, nothing that turns its direction round, not longer than that."""
    return harmless(str(value)[: 2 * longest]).strip()[:longest]


def _texts(image: Image.Image) -> dict[str, str]:
    """Keyword → text. ComfyUI writes a WebP's into EXIF tags, AUTOMATIC1111 a JPEG's into the user comment."""
    texts = {name: str(text) for name, text in image.info.items() if isinstance(name, str) and isinstance(text, str)}
    try:
        exif = exif_of(image)
        comment = exif.get_ifd(_EXIF).get(_USER_COMMENT)
        tags = [exif.get(_MAKER), exif.get(_CAMERA)]
    except Exception:  # Pillow lets through whatever a damaged block makes its parser raise.
        return texts
    if comment and "parameters" not in texts:
        texts["parameters"] = _comment(comment)
    for tag in tags:
        name, _, text = tag.partition(":") if isinstance(tag, str) else ("", "", "")
        if name in ("prompt", "workflow"):
            texts.setdefault(name, text)
    return texts


def _comment(value: object) -> str:
    """EXIF's user comment: eight bytes say how the rest is written. The order of bytes in UTF-16 is left open."""
    if not isinstance(value, bytes):
        return str(value)
    kind, text = value[:8], value[8 : 2 * _LARGEST]
    if kind.startswith(b"UNICODE"):
        little = text[1::2].count(0) > text[::2].count(0)
        return text.decode("utf-16-le" if little else "utf-16-be", "replace").lstrip("\ufeff")
    return (text if kind.startswith((b"ASCII", b"\x00\x00")) else value).decode("utf-8", "replace")


def _automatic(text: str) -> ForeignRecipe | None:
    *lines, last = text.strip().split("\n")
    found = _SETTING.findall(last[:_LONGEST_LINE])
    if len(found) < 3:
        if _NEGATIVE not in text:
            return None
        lines, found = [*lines, last], []
    prompt, _, negative = "\n".join(lines).partition(_NEGATIVE)
    settings = {name.strip(): value.strip().strip('"') for name, value in found}
    return ForeignRecipe(
        "AUTOMATIC1111",
        cleaned(settings.pop("Model", ""), 120),
        cleaned(prompt, LONGEST_PROMPT),
        cleaned(negative, LONGEST_PROMPT),
        _seed(settings.pop("Seed", None)),
        _bounded(settings),
    )


def _invoke(text: str) -> ForeignRecipe | None:
    read = _json(text)
    model = read.get("model")
    if isinstance(model, dict):
        model = model.get("name") or model.get("model_name") or ""
    used = {"positive_prompt", "negative_prompt", "seed", "model"}
    return ForeignRecipe(
        "InvokeAI",
        cleaned(model or "", 120),
        cleaned(_said(read.get("positive_prompt")), LONGEST_PROMPT),
        cleaned(_said(read.get("negative_prompt")), LONGEST_PROMPT),
        _seed(read.get("seed")),
        _bounded({name: value for name, value in read.items() if name not in used}),
    )


def _dream(text: str) -> ForeignRecipe | None:
    """As InvokeAI wrote beside the others: the prompt in quotation marks, then switches of the command line."""
    match = _DREAM.match(text[:_LONGEST_LINE])
    if match is None:
        return None
    negative = " ".join(_IN_BRACKETS.findall(match["prompt"]))
    values = dict(_SWITCH.findall(match["rest"]))
    return ForeignRecipe(
        "InvokeAI",
        "",
        cleaned(_IN_BRACKETS.sub(" ", match["prompt"]), LONGEST_PROMPT),
        cleaned(negative, LONGEST_PROMPT),
        _seed(values.get("S")),
        _bounded({word: values[letter] for letter, word in _SWITCHES.items() if letter in values}),
    )


def _said(value: object) -> str:
    """A prompt, also where it is a list of weighted parts."""
    if isinstance(value, list):
        return ", ".join(filter(None, (_said(part) for part in value[:_MOST_VALUES])))
    if isinstance(value, dict):
        value = value.get("prompt")
    return value if isinstance(value, str) else ""


def _old_invoke(text: str) -> ForeignRecipe | None:
    """As InvokeAI wrote up to version 2."""
    read = _json(text)
    image = read["image"]
    return ForeignRecipe(
        "InvokeAI",
        cleaned(read.get("model_weights") or read.get("model") or "", 120),
        cleaned(_said(image.get("prompt")), LONGEST_PROMPT),
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
        cleaned(read.model, 120),
        cleaned(read.positive, LONGEST_PROMPT),
        cleaned(read.negative, LONGEST_PROMPT),
        _seed(read.seed),
        _bounded(read.settings),
    )


def _json(text: str) -> dict[str, Any]:
    read = json.loads(text)
    if not isinstance(read, dict):
        raise TypeError("an object is expected")
    return read


def _seed(value: object) -> int | None:
    try:
        seed = int(str(value)[:40])
    except ValueError:
        return None
    return seed if 0 <= seed < 2**63 else None


def _bounded(values: Mapping[str, object]) -> dict[str, str]:
    """Plain values alone, not too many and none too long."""
    plain = ((name, value) for name, value in values.items() if isinstance(value, str | int | float) and value != "")
    shown = ((cleaned(name, _LONGEST_NAME), cleaned(value)) for name, value in plain)
    return dict([(name, value) for name, value in shown if name][:_MOST_VALUES])
