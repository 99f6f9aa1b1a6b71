"""ComfyUI graph reader: traces from the saved image to the node that generated it, and to its prompt, seed and model.

Links are followed by node and output. If several nodes generated the image and disagree, or a node's meaning isn't
known, the value is left out: unknown is better than wrong.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, fields

from imagineart_desktop.library.metadata.comfyui_graph import Graph, Node

_MAX_DEPTH = 60
_MAX_VISITS = 2000
"""Limit for text lookups: graphs may have cycles, and joins may double at each step."""

_TEXTS = ("populated_text", "text", "prompt", "string", "value", "text_g", "t5xxl", "positive", "user_prompt")
"""Inputs that hold text, most reliable first."""

_SECOND_TEXTS = (("text_g", "text_l"), ("t5xxl", "clip_l"), ("mt5xl", "bert"))
"""Inputs of encoders with two texts, which are usually the same."""

_TEXT_WORDS = ("text", "prompt", "string", "positive")
_MODELS = ("ckpt_name", "unet_name", "model_name", "base_ckpt_name")
_SEEDS = ("seed", "noise_seed")
_NUMBERS = (*_SEEDS, "value", "int", "number")
_SHOWN = ("steps", "cfg", "sampler_name", "scheduler", "denoise", "guidance")
_HELPERS = ("guider", "sigmas", "sampler", "noise")
"""Inputs of a sampler that lead to nodes with its settings."""

_JOINING = re.compile("concat|join|combine|append", re.IGNORECASE)
_PART = re.compile(r"(?:text|string|str|prompt|input)_?([a-z]|\d{1,2})$", re.IGNORECASE)
_CONDITIONING_PART = re.compile(r"conditioning_?(?:to|from|\d{1,2}|[a-z])$|cond\d$")

_CHANGES_TEXT = re.compile(
    "replace|regex|substring|slice|split|truncat|case|random|wildcard|subtract|negate"
    "|ollama|llm|gpt|gemini|claude|chat|caption|interrogat|tagger|translat|enhanc|rewrit|generat",
    re.IGNORECASE,
)
"""Nodes whose result isn't the text that goes in."""

_REWORKS = re.compile("detailer|upscal|enhanc|refine|restor", re.IGNORECASE)
"""Nodes that sample, or have a prompt, but only to work over an image."""

_POSITIVE_OUTPUTS = {"Efficient Loader": 1, "ttN pipeLoader": 2, "ttN pipeLoader_v2": 2}
"""Index of the positive conditioning output, for loaders that also encode the texts."""


@dataclass(slots=True)
class GraphRecipe:
    """Generation settings read from a graph."""

    model: str = ""
    positive: str = ""
    negative: str = ""
    seed: object = None
    settings: dict[str, object] = field(default_factory=dict)


def read_graph(graph: Graph) -> GraphRecipe | None:
    """Return what generated the image, or None if the graph has no known generator, text or model."""
    found = _Reader(graph).read()
    return found if found.positive or found.seed is not None or found.model else None


class _Reader:
    """Follower of a graph's links."""

    def __init__(self, graph: Graph) -> None:
        self._graph = graph
        self._visits = 0

    def read(self) -> GraphRecipe:
        makers = self._generators()
        if not makers:
            return GraphRecipe(self._only_model(), self._only_text())
        recipes = [self._of_sampler(node) if _samples(node) else self._of_generator(node) for node in makers]
        return _merge(recipes)

    # Finding the node that generated the image

    def _generators(self) -> list[Node]:
        """Return the nearest nodes upstream of the saved images that create an image."""
        found = self._nearest(_makes_anew) or self._nearest(_makes)
        # Next to a sampler, other nodes with a prompt are language models or encoders.
        samplers = [node for node in found if _samples(node)]
        return samplers or found

    def _nearest(self, wanted: Callable[[Node], bool]) -> list[Node]:
        """Return the nearest wanted nodes upstream of the saved images."""
        found: dict[int, Node] = {}
        for start in self._output_nodes():
            found |= {id(node): node for node in self._upstream(start, stop=wanted) if wanted(node)}
        return list(found.values())

    def _output_nodes(self) -> list[Node]:
        """Return the nodes that save images; otherwise those that preview them; otherwise all without consumers."""
        for word in ("save", "preview"):
            ends = [node for node in self._graph.values() if word in node.kind.lower() and _takes_images(node)]
            if ends:
                return ends
        taken = {
            id(source)
            for node in self._graph.values()
            for value in node.inputs.values()
            if (source := self._source(value)) is not None
        }
        return [node for node in self._graph.values() if id(node) not in taken]

    def _upstream(self, start: Node, stop: Callable[[Node], bool] = lambda _: False) -> Iterator[Node]:
        """Yield the node and its upstream nodes, nearest first. stop: nodes whose upstream nodes are left out."""
        waiting, seen = [start], {id(start)}
        while waiting:
            node = waiting.pop(0)
            yield node
            if stop(node):
                continue
            for value in node.inputs.values():
                source = self._source(value)
                if source is not None and id(source) not in seen:
                    seen.add(id(source))
                    waiting.append(source)

    # Reading its settings

    def _of_sampler(self, sampler: Node) -> GraphRecipe:
        guider = self._source(sampler.inputs.get("guider"))
        told = sampler if guider is None else guider
        positive = next(
            (told.inputs[name] for name in ("positive", "conditioning", "cond1") if name in told.inputs), None
        )
        helpers = [node for name in _HELPERS for node in self._chain(sampler.inputs.get(name))]
        if guider is not None:
            helpers.append(guider)
        settings: dict[str, object] = {}
        for node in [*self._guidance(positive), *reversed(helpers), sampler]:
            settings.update({name: node.inputs[name] for name in _SHOWN if _is_plain(node.inputs.get(name))})
        return GraphRecipe(
            self._model(told.inputs.get("model")) or self._model(sampler.inputs.get("model")),
            self._conditioning(positive),
            self._conditioning(told.inputs.get("negative")),
            self._seed(sampler),
            settings,
        )

    def _of_generator(self, node: Node) -> GraphRecipe:
        """Read a node that calls an image service and has its own prompt and seed."""
        settings = {name: value for name, value in node.inputs.items() if _is_plain(value)}
        for name in ("prompt", "negative_prompt", *_SEEDS, "model", "model_name"):
            settings.pop(name, None)
        named = node.inputs.get("model", node.inputs.get("model_name"))
        return GraphRecipe(
            named if isinstance(named, str) else node.kind,
            self._string(node.inputs.get("prompt")),
            self._string(node.inputs.get("negative_prompt")),
            self._number(node, _SEEDS),
            settings,
        )

    def _seed(self, sampler: Node) -> object:
        """Return the seed. A sampler that adds no noise continues an earlier one, which has the seed."""
        seen: set[int] = set()
        node: Node | None = sampler
        while node is not None and id(node) not in seen:
            seen.add(id(node))
            if node.inputs.get("add_noise") not in ("disable", False):
                noise = self._source(node.inputs.get("noise"))
                return self._number(noise if noise is not None else node, _SEEDS)
            above = self._source(node.inputs.get("latent_image"))
            node = None if above is None else next((one for one in self._upstream(above) if _samples(one)), None)
        return None

    def _number(self, node: Node, names: Sequence[str], depth: int = 0) -> object:
        if depth and "random" in node.kind.lower():
            # Its seed isn't the number that it returns.
            return None
        for name in names:
            value = node.inputs.get(name)
            if isinstance(value, int | str) and not isinstance(value, bool):
                return value
            source = self._source(value)
            if source is not None and depth < _MAX_DEPTH:
                return self._number(source, _NUMBERS, depth + 1)
        return None

    def _model(self, link: object) -> str:
        for node in self._chain(link, "model"):
            for name in _MODELS:
                if isinstance(value := node.inputs.get(name), str):
                    return value
        return ""

    def _chain(self, link: object, name: str = "") -> Iterator[Node]:
        """Yield the linked node and its upstream nodes: through the input `name` only, or through all inputs."""
        start = self._source(link)
        if start is None:
            return
        if not name:
            yield from self._upstream(start, stop=lambda node: node is not start and _samples(node))
            return
        seen: set[int] = set()
        node: Node | None = start
        while node is not None and id(node) not in seen:
            seen.add(id(node))
            yield node
            node = self._source(node.inputs.get(name))

    def _guidance(self, link: object) -> Iterator[Node]:
        """Yield the nodes that a positive conditioning passes through, farthest first."""
        passed = []
        for node in self._chain(link, "conditioning"):
            passed.append(node)
        return reversed(passed)

    # Texts

    def _conditioning(self, link: object, depth: int = 0) -> str:
        """Return the text of a conditioning; empty if it is unknown."""
        node = self._asked(link, depth)
        if node is None or "zeroout" in node.kind.lower() or _changes_text(node):
            return "" if node is None else _written(node)
        inputs = node.inputs
        if (chosen := _chosen(inputs)) is not None:
            return self._conditioning(chosen, depth + 1) or self._string(chosen, depth + 1)
        if "positive" in inputs and "negative" in inputs:
            value = inputs.get(_side(node, _output_of(link)))
            return value if isinstance(value, str) else self._conditioning(value, depth + 1)
        parts = [name for name in inputs if _CONDITIONING_PART.match(name)]
        if parts:
            return _joined([self._conditioning(inputs[name], depth + 1) for name in parts])
        if "conditioning" in inputs:
            return self._conditioning(inputs["conditioning"], depth + 1)
        for first, second in _SECOND_TEXTS:
            if first in inputs and second in inputs:
                texts = [self._string(inputs[name], depth + 1) for name in (first, second)]
                if any(texts):
                    return texts[0] if texts[0] == texts[1] else _joined(texts)
        return self._text_of(node, _output_of(link), depth)

    def _string(self, value: object, depth: int = 0) -> str:
        """Return a text, or the text that a node outputs; empty if it is unknown."""
        if isinstance(value, str):
            return value
        node = self._asked(value, depth)
        return "" if node is None else self._text_of(node, _output_of(value), depth)

    def _text_of(self, node: Node, output: int, depth: int) -> str:
        inputs = node.inputs
        if _changes_text(node):
            return _written(node)
        if _JOINING.search(node.kind):
            matches = sorted(filter(None, map(_PART.match, inputs)), key=lambda part: (len(part[1]), part[1]))
            parts = [match.string for match in matches]
            if parts:
                between = next((inputs[name] for name in ("delimiter", "separator") if name in inputs), ", ")
                texts = [self._string(inputs[name], depth + 1) for name in parts]
                return _joined(texts, between if isinstance(between, str) else ", ")
        if (chosen := _chosen(inputs)) is not None:
            return self._string(chosen, depth + 1)
        if "positive" in inputs and "negative" in inputs:
            return self._string(inputs.get(_side(node, output)), depth + 1)
        known = [name for name in _TEXTS if isinstance(inputs.get(name), str | list)]
        if known:
            return self._string(inputs[known[0]], depth + 1)
        named = [name for name in inputs if any(word in name.lower() for word in (*_TEXT_WORDS, "negative"))]
        wanted = [name for name in named if ("negative" in name.lower()) == (output == 1)] if len(named) == 2 else named
        wanted = wanted or [name for name in inputs if _is_link(inputs[name])]
        if len(wanted) != 1 or not isinstance(inputs[wanted[0]], str | list):
            # Ambiguous.
            return ""
        value = inputs[wanted[0]]
        found = self._string(value, depth + 1)
        return found or self._conditioning(value, depth + 1)

    def _only_text(self) -> str:
        """Return the only text of a graph without a sampler; empty if there are several."""
        unwanted = {
            id(above)
            for node in self._graph.values()
            if (source := self._source(node.inputs.get("negative"))) is not None
            for above in self._upstream(source)
        }
        texts = {
            self._conditioning([number, 0])
            for number, node in self._graph.items()
            if node.kind.startswith("CLIPTextEncode") and id(node) not in unwanted
        } - {""}
        return texts.pop() if len(texts) == 1 else ""

    def _only_model(self) -> str:
        models = {
            value
            for node in self._graph.values()
            for name in _MODELS
            if isinstance(value := node.inputs.get(name), str)
        }
        return models.pop() if len(models) == 1 else ""

    def _asked(self, link: object, depth: int) -> Node | None:
        """Return the linked node for a text lookup, within the limits."""
        self._visits += 1
        return self._source(link) if depth <= _MAX_DEPTH and self._visits <= _MAX_VISITS else None

    def _source(self, link: object) -> Node | None:
        return self._graph.get(str(link[0])) if isinstance(link, list) and _is_link(link) else None


def _side(node: Node, output: int) -> str:
    """Return which input, positive or negative, an output of a node with both stands for; empty if it's unknown.

    The positive output comes first. A node that also loads a model has other outputs before it.
    """
    first = _POSITIVE_OUTPUTS.get(node.kind, None if any(name in node.inputs for name in _MODELS) else 0)
    return "" if first is None else {first: "positive", first + 1: "negative"}.get(output, "")


def _samples(node: Node) -> bool:
    conditioned = _is_link(node.inputs.get("positive")) and any(name in node.inputs for name in _SEEDS)
    return conditioned or _is_link(node.inputs.get("guider"))


def _makes(node: Node) -> bool:
    return _samples(node) or ("prompt" in node.inputs and not _is_link(node.inputs.get("clip")))


def _makes_anew(node: Node) -> bool:
    return _makes(node) and not (_REWORKS.search(node.kind) and _is_link(node.inputs.get("image")))


def _changes_text(node: Node) -> bool:
    """Return whether a node makes another text of that which goes in; one that encodes it doesn't."""
    return "clip" not in node.inputs and _CHANGES_TEXT.search(node.kind) is not None


def _written(node: Node) -> str:
    """Return the text that a node made, if it was stored with the node."""
    text = node.inputs.get("populated_text")
    return text if isinstance(text, str) else ""


def _chosen(inputs: dict[str, object]) -> object:
    """Return the value that a switch passes on; None if it's no switch, or the choice is unknown."""
    if isinstance(number := inputs.get("select", inputs.get("Input")), int):
        return inputs.get(f"input{number}", inputs.get(f"text{number}"))
    if "on_true" not in inputs or "on_false" not in inputs:
        return None
    choice = inputs.get("switch", inputs.get("boolean"))
    return inputs["on_true" if choice else "on_false"] if isinstance(choice, bool) else None


def _takes_images(node: Node) -> bool:
    return any(_is_link(node.inputs.get(name)) for name in ("images", "image"))


def _merge(recipes: Sequence[GraphRecipe]) -> GraphRecipe:
    """Merge recipes; fields that differ are left empty."""
    first, *others = recipes
    for one in fields(GraphRecipe):
        if any(getattr(other, one.name) != getattr(first, one.name) for other in others):
            setattr(first, one.name, getattr(GraphRecipe(), one.name))
    return first


def _joined(texts: Sequence[str], between: str = ", ") -> str:
    return between.join(filter(None, texts))


def _is_plain(value: object) -> bool:
    return isinstance(value, str | int | float)


def _is_link(value: object) -> bool:
    return isinstance(value, list) and bool(value) and isinstance(value[0], str | int)


def _output_of(link: object) -> int:
    return link[1] if isinstance(link, list) and len(link) > 1 and isinstance(link[1], int) else 0
