"""ComfyUI graphs are followed by node and output; anything uncertain is left out."""

from __future__ import annotations

from typing import Any

import pytest

from imagineart_desktop.library.metadata.comfyui import GraphRecipe, read_graph
from imagineart_desktop.library.metadata.comfyui_graph import graph_from_prompt, of_workflow

BASE: dict[str, tuple[str, dict[str, Any]]] = {
    "model": ("CheckpointLoaderSimple", {"ckpt_name": "sd_xl.safetensors"}),
    "lora": ("LoraLoader", {"model": ["model", 0], "clip": ["model", 1], "lora_name": "detail", "model_name": "no"}),
    "+": ("CLIPTextEncode", {"text": "a red cup", "clip": ["lora", 1]}),
    "-": ("CLIPTextEncode", {"text": "blurry", "clip": ["lora", 1]}),
    "sampler": (
        "KSampler",
        {"seed": 7, "steps": 20, "cfg": 8.0, "model": ["model", 0], "positive": ["+", 0], "negative": ["-", 0]},
    ),
    "decode": ("VAEDecode", {"samples": ["sampler", 0], "vae": ["model", 2]}),
    "save": ("SaveImage", {"images": ["decode", 0]}),
}


def read(**nodes: tuple[str, dict[str, Any]]) -> GraphRecipe:
    """Return the recipe of the usual graph with some nodes replaced or added."""
    graph = graph_from_prompt(
        {name: {"class_type": kind, "inputs": inputs} for name, (kind, inputs) in {**BASE, **nodes}.items()}
    )
    assert graph is not None
    return read_graph(graph) or GraphRecipe()


def texts(*parts: str) -> dict[str, tuple[str, dict[str, Any]]]:
    return {f"t{number}": ("CLIPTextEncode", {"text": text}) for number, text in enumerate(parts)}


def sampler(**inputs: Any) -> tuple[str, dict[str, Any]]:
    return "KSampler", {**BASE["sampler"][1], **inputs}


def test_the_usual_graph() -> None:
    found = read()
    assert (found.positive, found.negative, found.seed) == ("a red cup", "blurry", 7)
    assert found.model == "sd_xl.safetensors"
    assert found.settings == {"steps": 20, "cfg": 8.0}


@pytest.mark.parametrize(
    ("nodes", "wanted"),
    [
        (
            {"zero": ("ConditioningZeroOut", {"conditioning": ["+", 0]}), "sampler": sampler(negative=["zero", 0])},
            ("a red cup", ""),
        ),
        (
            {
                **texts("a cup", "a spoon"),
                "+": ("ConditioningCombine", {"conditioning_1": ["t0", 0], "conditioning_2": ["t1", 0]}),
            },
            ("a cup, a spoon", "blurry"),
        ),
        (
            {
                **texts("a cup", "a spoon"),
                "+": ("ConditioningConcat", {"conditioning_to": ["t0", 0], "conditioning_from": ["t1", 0]}),
            },
            ("a cup, a spoon", "blurry"),
        ),
        (
            {
                "net": ("ControlNetApplyAdvanced", {"positive": ["+", 0], "negative": ["-", 0], "strength": 1.0}),
                "sampler": sampler(positive=["net", 0], negative=["net", 1]),
            },
            ("a red cup", "blurry"),
        ),
        (
            # A user who swapped the two gets exactly that.
            {
                "net": ("ControlNetApplyAdvanced", {"positive": ["+", 0], "negative": ["-", 0], "strength": 1.0}),
                "sampler": sampler(positive=["net", 1], negative=["net", 0]),
            },
            ("blurry", "a red cup"),
        ),
        (
            {
                "flux": ("FluxGuidance", {"conditioning": ["+", 0], "guidance": 3.5}),
                "sampler": sampler(positive=["flux", 0]),
            },
            ("a red cup", "blurry"),
        ),
        (
            {
                "join": ("Text Concatenate", {"delimiter": " / ", "text_a": "red", "text_b": ["b", 0], "text_c": ""}),
                "b": ("PrimitiveString", {"value": "fox"}),
                "+": ("CLIPTextEncode", {"text": ["join", 0]}),
            },
            ("red / fox", "blurry"),
        ),
        ({"+": ("CLIPTextEncodeSDXL", {"text_g": "a cup", "text_l": "a cup"})}, ("a cup", "blurry")),
        (
            {"+": ("CLIPTextEncodeFlux", {"clip_l": "cup", "t5xxl": "a cup on a table"})},
            ("a cup on a table, cup", "blurry"),
        ),
        ({"r": ("Reroute", {"": ["+", 0]}), "sampler": sampler(positive=["r", 0])}, ("a red cup", "blurry")),
        (
            {
                "pick": ("ImpactSwitch", {"select": 2, "input1": "a fox", "input2": "a hen"}),
                "+": ("CLIPTextEncode", {"text": ["pick", 0]}),
            },
            ("a hen", "blurry"),
        ),
        (
            {
                "style": ("PromptStyler", {"text_positive": "a cup, oil", "text_negative": "photo"}),
                "+": ("CLIPTextEncode", {"text": ["style", 0]}),
                "-": ("CLIPTextEncode", {"text": ["style", 1]}),
            },
            ("a cup, oil", "photo"),
        ),
        (
            # It's unknown which of the two the node uses.
            {
                "odd": ("Oracle", {"first_prompt": "a", "other_prompt": "b"}),
                "+": ("CLIPTextEncode", {"text": ["odd", 0]}),
            },
            ("", "blurry"),
        ),
        ({"+": ("CLIPTextEncode", {"text": ["+", 0]})}, ("", "blurry")),
    ],
)
def test_texts_are_followed(nodes: dict[str, Any], wanted: tuple[str, str]) -> None:
    found = read(**nodes)
    assert (found.positive, found.negative) == wanted


@pytest.mark.parametrize(
    ("kind", "inputs", "wanted"),
    [
        ("CFGGuider", {"positive": ["+", 0], "negative": ["-", 0], "cfg": 3.0}, ("a red cup", "blurry")),
        ("BasicGuider", {"conditioning": ["+", 0]}, ("a red cup", "")),
    ],
)
def test_guiders_noise_and_schedulers(kind: str, inputs: dict[str, Any], wanted: tuple[str, str]) -> None:
    found = read(
        guider=(kind, {"model": ["model", 0], **inputs}),
        noise=("RandomNoise", {"noise_seed": 77}),
        sigmas=("BasicScheduler", {"steps": 12, "scheduler": "simple", "denoise": 1.0, "model": ["model", 0]}),
        name=("KSamplerSelect", {"sampler_name": "euler"}),
        sampler=(
            "SamplerCustomAdvanced",
            {"guider": ["guider", 0], "noise": ["noise", 0], "sigmas": ["sigmas", 0], "sampler": ["name", 0]},
        ),
    )
    assert (found.positive, found.negative, found.seed, found.model) == (*wanted, 77, "sd_xl.safetensors")
    assert {"steps": 12, "scheduler": "simple", "sampler_name": "euler"}.items() <= found.settings.items()


@pytest.mark.parametrize(
    ("kind", "outputs", "wanted"),
    [
        ("Efficient Loader", (1, 2), ("a mug", "grey")),
        ("Some Loader", (1, 2), ("", "")),
    ],
)
@pytest.mark.parametrize("linked", [False, True])
def test_a_loader_with_both_texts_is_read_by_output_or_not_at_all(
    kind: str, outputs: tuple[int, int], wanted: tuple[str, str], linked: bool
) -> None:
    both: dict[str, Any] = {"positive": "a mug", "negative": "grey"}
    strings = {name: ("PrimitiveString", {"value": text}) for name, text in both.items()}
    inputs = {name: [name, 0] for name in both} if linked else both
    found = read(
        **strings,
        loader=(kind, {"ckpt_name": "a.safetensors", **inputs}),
        sampler=sampler(positive=["loader", outputs[0]], negative=["loader", outputs[1]], model=["loader", 0]),
    )
    assert (found.positive, found.negative, found.model) == (*wanted, "a.safetensors")


def test_a_node_that_styles_both_texts_is_read_by_output() -> None:
    found = read(
        styled=("easy stylesSelector", {"positive": "a mug", "negative": "grey"}),
        **{
            "+": ("CLIPTextEncode", {"text": ["styled", 0], "clip": ["lora", 1]}),
            "-": ("CLIPTextEncode", {"text": ["styled", 1], "clip": ["lora", 1]}),
        },
    )
    assert (found.positive, found.negative) == ("a mug", "grey")


def test_the_last_of_two_passes_counts() -> None:
    second = sampler(seed=9, steps=8, latent_image=["up", 0])
    found = read(
        second=second,
        up=("LatentUpscale", {"samples": ["sampler", 0]}),
        decode=("VAEDecode", {"samples": ["second", 0]}),
    )
    assert (found.seed, found.settings["steps"], found.positive) == (9, 8, "a red cup")


def test_a_refiner_that_adds_no_noise_has_the_seed_of_the_base() -> None:
    refiner = {**sampler()[1], "add_noise": "disable", "noise_seed": 0, "latent_image": ["sampler", 0]}
    del refiner["seed"]
    found = read(refiner=("KSamplerAdvanced", refiner), decode=("VAEDecode", {"samples": ["refiner", 0]}))
    assert found.seed == 7


def test_two_saved_images_keep_what_they_share() -> None:
    found = read(
        **texts("a blue cup"),
        other=sampler(positive=["t0", 0], seed=8),
        decode2=("VAEDecode", {"samples": ["other", 0]}),
        save2=("SaveImage", {"images": ["decode2", 0]}),
    )
    assert (found.positive, found.negative, found.seed, found.model) == ("", "blurry", None, "sd_xl.safetensors")


def test_a_preview_beside_the_saved_image_does_not_count() -> None:
    found = read(
        **texts("a sketch"),
        other=sampler(positive=["t0", 0], seed=8),
        preview=("PreviewImage", {"images": ["other", 0]}),
    )
    assert (found.positive, found.seed) == ("a red cup", 7)


def test_a_service_node_tells_its_own_prompt() -> None:
    graph = graph_from_prompt(
        {
            "1": {
                "class_type": "IdeogramV3",
                "inputs": {"prompt": "a poster", "seed": 55, "rendering_speed": "BALANCED"},
            },
            "2": {"class_type": "SaveImage", "inputs": {"images": ["1", 0]}},
        }
    )
    assert graph is not None
    assert read_graph(graph) == GraphRecipe("IdeogramV3", "a poster", "", 55, {"rendering_speed": "BALANCED"})


def test_seeds_come_from_other_nodes() -> None:
    found = read(sampler=sampler(seed=["seed", 0]), seed=("Seed (rgthree)", {"seed": 2**64 - 1}))
    assert found.seed == 2**64 - 1


def test_a_bypassed_node_of_a_workflow_did_not_run() -> None:
    nodes = [
        {"id": 1, "type": "CLIPTextEncode", "widgets_values": ["a cup"]},
        {"id": 2, "type": "CLIPTextEncode", "widgets_values": ["a fox"], "mode": 4},
    ]
    graph = of_workflow({"nodes": nodes, "links": []})
    assert graph is not None
    assert (read_graph(graph) or GraphRecipe()).positive == "a cup"


def test_a_ring_ends() -> None:
    ring = {"a": ("Reroute", {"": ["b", 0]}), "b": ("Reroute", {"": ["a", 0]}), "sampler": sampler(positive=["a", 0])}
    assert read(**ring).positive == ""


def test_joins_that_double_at_each_step_end() -> None:
    doubled: dict[str, Any] = {
        f"c{n}": ("ConditioningCombine", {"conditioning_1": [f"c{n + 1}", 0], "conditioning_2": [f"c{n + 1}", 0]})
        for n in range(50)
    }
    read(**doubled, sampler=sampler(positive=["c0", 0]))
