"""ComfyUI graphs as nodes with named inputs, built from either form in which images contain them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

_MAX_NODES = 5000

_MAX_BYPASSED = 100
_MUTED, _BYPASSED = 2, 4
"""Workflow modes of nodes that didn't run: muted and bypassed."""

# Names for the values that a workflow stores as a list and a prompt stores by name.
_VALUES = {
    "KSampler": ("seed", "", "steps", "cfg", "sampler_name", "scheduler", "denoise"),
    "KSamplerAdvanced": ("add_noise", "noise_seed", "", "steps", "cfg", "sampler_name", "scheduler"),
    "SamplerCustom": ("add_noise", "noise_seed", "", "cfg"),
    "CLIPTextEncode": ("text",),
    "CLIPTextEncodeFlux": ("clip_l", "t5xxl", "guidance"),
    "CheckpointLoaderSimple": ("ckpt_name",),
    "UNETLoader": ("unet_name",),
    "RandomNoise": ("noise_seed",),
    "CFGGuider": ("cfg",),
    "KSamplerSelect": ("sampler_name",),
    "BasicScheduler": ("scheduler", "steps", "denoise"),
    "FluxGuidance": ("guidance",),
    "PrimitiveNode": ("value",),
    "PrimitiveString": ("value",),
    "PrimitiveStringMultiline": ("value",),
    "PrimitiveInt": ("value",),
}


@dataclass(frozen=True, slots=True)
class Node:
    """A node of the graph.

    inputs: name → value. A link to another node is a list of that node's id and output index.
    """

    kind: str
    inputs: dict[str, Any]


Graph = dict[str, Node]


def graph_from_prompt(read: dict[str, Any]) -> Graph | None:
    """Build the graph from a prompt, the graph as it was executed: id → class and inputs."""
    nodes = {
        str(number): Node(str(node.get("class_type", "")), node["inputs"])
        for number, node in list(read.items())[:_MAX_NODES]
        if isinstance(node, dict) and isinstance(node.get("inputs"), dict)
    }
    return nodes or None


def of_workflow(read: dict[str, Any]) -> Graph | None:
    """Build the graph from a workflow, the graph as it was drawn: nodes with lists of values, and separate links."""
    links = dict(filter(None, map(_drawn_link, read.get("links") or [])))
    drawn = {str(node.get("id")): node for node in (read.get("nodes") or [])[:_MAX_NODES]}
    graph: Graph = {}
    for number, node in drawn.items():
        if node.get("mode") in (_MUTED, _BYPASSED):
            continue
        kind, values = str(node.get("type", "")), node.get("widgets_values")
        inputs: dict[str, Any] = {}
        if isinstance(values, dict):
            inputs.update(values)
        elif isinstance(values, list):
            inputs.update({name: value for name, value in zip(_VALUES.get(kind, ()), values, strict=False) if name})
        for wanted in node.get("inputs") or []:
            if isinstance(wanted.get("link"), int) and wanted["link"] in links:
                inputs[str(wanted.get("name", ""))] = _past_bypassed(links[wanted["link"]], drawn, links)[:2]
        graph[number] = Node(kind, inputs)
    return graph or None


def _drawn_link(link: object) -> tuple[int, list[Any]] | None:
    """Return a link's id, and its origin's id, output index and type; None if it's invalid."""
    if isinstance(link, dict):
        link = [link.get(name) for name in ("id", "origin_id", "origin_slot", "target_id", "target_slot", "type")]
    if not isinstance(link, list) or len(link) < 3 or not isinstance(link[0], int):
        return None
    return link[0], [str(link[1]), link[2], link[5] if len(link) > 5 else None]


def _past_bypassed(origin: list[Any], drawn: dict[str, Any], links: dict[int, list[Any]]) -> list[Any]:
    """Return where a link starts. A bypassed node passes on an input of the same type, preferably of the same index."""
    for _ in range(_MAX_BYPASSED):
        node = drawn.get(origin[0], {})
        if node.get("mode") != _BYPASSED:
            break
        alike = [one for one in node.get("inputs") or [] if links.get(one.get("link"), [None] * 3)[2] == origin[2]]
        same = [one for index, one in enumerate(node.get("inputs") or []) if index == origin[1] and one in alike]
        if not alike or origin[2] is None:
            break
        origin = links[(same or alike)[0]["link"]]
    return origin
