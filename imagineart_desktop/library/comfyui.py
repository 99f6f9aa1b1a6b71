"""ComfyUI's graphs: from the node that samples back to the texts, the seed and the model it works with."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

_MOST_NODES = 5000
_DEEPEST = 40
_TEXTS = ("text", "text_g", "text_l", "clip_l", "t5xxl", "prompt", "string", "value")
_TEXT_WORDS = ("text", "prompt", "string", "positive")
_MODELS = ("ckpt_name", "unet_name", "model_name")
_SEEDS = ("seed", "noise_seed")
_SHOWN = ("steps", "cfg", "sampler_name", "scheduler", "denoise", "guidance")

# Where a workflow keeps in a list what a prompt keeps by name.
_VALUES = {
    "KSampler": ("seed", "", "steps", "cfg", "sampler_name", "scheduler", "denoise"),
    "KSamplerAdvanced": ("", "noise_seed", "", "steps", "cfg", "sampler_name", "scheduler"),
    "CLIPTextEncode": ("text",),
    "CheckpointLoaderSimple": ("ckpt_name",),
    "UNETLoader": ("unet_name",),
    "RandomNoise": ("noise_seed",),
}


@dataclass(frozen=True, slots=True)
class Node:
    """inputs: name → value; what comes from another node is a list of that node's id and a number."""

    kind: str
    inputs: dict[str, Any]


Graph = dict[str, Node]


@dataclass(slots=True)
class GraphRecipe:
    """What a graph says of its picture."""

    model: str = ""
    positive: str = ""
    negative: str = ""
    seed: object = None
    settings: dict[str, object] = field(default_factory=dict)


def of_prompt(read: dict[str, Any]) -> Graph | None:
    """The graph as it was run: id → class and inputs."""
    nodes = {
        str(number): Node(str(node.get("class_type", "")), node["inputs"])
        for number, node in list(read.items())[:_MOST_NODES]
        if isinstance(node, dict) and isinstance(node.get("inputs"), dict)
    }
    return nodes or None


def of_workflow(read: dict[str, Any]) -> Graph | None:
    """The graph as it was drawn: nodes with lists of values, and links beside them."""
    links = {
        link[0]: [str(link[1]), link[2]]
        for link in read.get("links") or []
        if isinstance(link, list) and len(link) >= 3 and isinstance(link[0], int)
    }
    graph: Graph = {}
    for node in (read.get("nodes") or [])[:_MOST_NODES]:
        kind, values = str(node.get("type", "")), node.get("widgets_values")
        inputs: dict[str, Any] = {}
        if isinstance(values, dict):
            inputs.update(values)
        elif isinstance(values, list):
            inputs.update({name: value for name, value in zip(_VALUES.get(kind, ()), values, strict=False) if name})
        for wanted in node.get("inputs") or []:
            if isinstance(wanted.get("link"), int) and wanted["link"] in links:
                inputs[str(wanted.get("name", ""))] = links[wanted["link"]]
        graph[str(node.get("id"))] = Node(kind, inputs)
    return graph or None


def read_graph(graph: Graph) -> GraphRecipe | None:
    """What made the picture; None where nothing in the graph samples or says a text."""
    found = GraphRecipe()
    sampler = next((node for node in graph.values() if _samples(node)), None)
    if sampler is None:
        sampler = next((node for node in graph.values() if _is_link(node.inputs.get("positive"))), None)
    if sampler is not None:
        above = list(_above(graph, sampler))
        positive, negative = sampler.inputs.get("positive"), sampler.inputs.get("negative")
        found.positive = _text(graph, positive if positive is not None else sampler.inputs.get("guider"))
        found.negative = _text(graph, negative)
        found.seed = next((value for node in above if (value := _plain(graph, node, _SEEDS)) is not None), None)
        for node in reversed(above):
            found.settings.update({name: node.inputs[name] for name in _SHOWN if _is_plain(node.inputs.get(name))})
    if sampler is None:
        found.positive = _only_text(graph)
    models = (str(value) for node in graph.values() for name in _MODELS if _is_plain(value := node.inputs.get(name)))
    found.model = next(models, "")
    return found if found.positive or found.seed is not None or found.model else None


def _samples(node: Node) -> bool:
    return ("positive" in node.inputs and any(name in node.inputs for name in _SEEDS)) or "guider" in node.inputs


def _is_plain(value: object) -> bool:
    return isinstance(value, str | int | float)


def _is_link(value: object) -> bool:
    return isinstance(value, list) and bool(value) and isinstance(value[0], str | int)


def _above(graph: Graph, start: Node) -> Iterator[Node]:
    """The node and all that it takes something from, nearest first."""
    waiting, seen = [start], {id(start)}
    while waiting:
        node = waiting.pop(0)
        yield node
        for value in node.inputs.values():
            source = _source(graph, value)
            if source is not None and id(source) not in seen:
                seen.add(id(source))
                waiting.append(source)


def _plain(graph: Graph, node: Node, names: tuple[str, ...]) -> object:
    for name in names:
        value = node.inputs.get(name)
        if isinstance(value, int | str):
            return value
        source = _source(graph, value)
        held = (
            None
            if source is None
            else next((source.inputs.get(n) for n in (*_SEEDS, "value") if n in source.inputs), None)
        )
        if isinstance(held, int):
            return held
    return None


def _only_text(graph: Graph) -> str:
    """The text of a graph that says nowhere which of several is wanted: none, where there are two."""
    unwanted = {
        id(above)
        for node in graph.values()
        if (source := _source(graph, node.inputs.get("negative"))) is not None
        for above in _above(graph, source)
    }
    texts = {
        _text(graph, [number])
        for number, node in graph.items()
        if node.kind.startswith("CLIPTextEncode") and id(node) not in unwanted
    } - {""}
    return texts.pop() if len(texts) == 1 else ""


def _source(graph: Graph, link: object) -> Node | None:
    return graph.get(str(link[0])) if isinstance(link, list) and _is_link(link) else None


def _text(graph: Graph, link: object, seen: set[str] | None = None) -> str:
    """The text at the end of a chain of conditionings."""
    if isinstance(link, str):
        return link
    seen = set() if seen is None else seen
    number = str(link[0]) if isinstance(link, list) and link else ""
    node = graph.get(number)
    if node is None or number in seen or len(seen) > _DEEPEST:
        return ""
    seen.add(number)
    # What changes both of two conditionings gives the negative one out as its second.
    second = isinstance(link, list) and link[1:2] == [1] and "negative" in node.inputs
    known = (*_TEXTS, "negative" if second else "positive", "conditioning", "conditioning_1", "conditioning_to")
    # A node of which nothing is known may call its text as it likes.
    others = [name for name in node.inputs if name not in known and any(word in name.lower() for word in _TEXT_WORDS)]
    for name in (*known, *(name for name in others if "negative" not in name.lower())):
        value = node.inputs.get(name)
        found = _text(graph, value, seen) if isinstance(value, str | list) else ""
        if found:
            return found
    return ""
