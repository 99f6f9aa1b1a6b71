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


def test_parts_are_joined_in_their_order() -> None:
    parts = {f"string_{number}": str(number) for number in (10, 2, 1, 11)}
    found = read(join=("JoinStrings", {**parts, "delimiter": " "}), **{"+": ("CLIPTextEncode", {"text": ["join", 0]})})
    assert found.positive == "1 2 10 11"


@pytest.mark.parametrize(
    ("kind", "inputs", "wanted"),
    [
        ("StringReplace", {"string": "a fox", "find": "fox", "replace": "cup"}, ""),
        ("StringSubstring", {"string": "a cupboard", "start": 0, "end": 5}, ""),
        ("RegexReplace", {"string": "a fox", "regex_pattern": "fox", "replace": "cup"}, ""),
        ("CaseConverter", {"string": "a CUP", "mode": "lowercase"}, ""),
        ("DPRandomGenerator", {"text": "a {cup|fox}", "seed": 3}, ""),
        ("OllamaGenerate", {"prompt": "describe a cup", "model": "llama"}, ""),
        ("ImpactWildcardProcessor", {"wildcard_text": "a {cup|fox}", "populated_text": "a fox", "seed": 3}, "a fox"),
        ("SDXLPromptStylerAdvanced", {"text_positive_g": "a", "text_positive_l": "b", "text_negative": "c"}, ""),
    ],
)
@pytest.mark.parametrize("output", [0, 1])
def test_a_text_that_a_node_changes_is_unknown(kind: str, inputs: dict[str, Any], wanted: str, output: int) -> None:
    found = read(odd=(kind, inputs), **{"+": ("CLIPTextEncode", {"text": ["odd", output], "clip": ["lora", 1]})})
    assert (found.positive, found.negative) == (wanted, "blurry")


def test_a_conditioning_that_is_subtracted_is_no_part_of_the_prompt() -> None:
    less = ("ConditioningSubtract", {"conditioning_a": ["+", 0], "conditioning_b": ["-", 0]})
    assert read(less=less, sampler=sampler(positive=["less", 0])).positive == ""


@pytest.mark.parametrize(
    ("kind", "inputs"),
    [
        ("ComfySwitchNode", {"switch": True, "on_true": ["+", 0], "on_false": ["-", 0]}),
        ("ComfySwitchNode", {"switch": False, "on_true": ["-", 0], "on_false": ["+", 0]}),
        ("ImpactSwitch", {"select": 2, "input1": ["-", 0], "input2": ["+", 0]}),
        ("CR Text Input Switch", {"Input": 2, "text1": "a fox", "text2": "a red cup"}),
    ],
)
def test_a_switch_passes_on_what_it_chooses(kind: str, inputs: dict[str, Any]) -> None:
    assert read(switch=(kind, inputs), sampler=sampler(positive=["switch", 0])).positive == "a red cup"


@pytest.mark.parametrize("kind", ["FaceDetailer", "UltimateSDUpscale"])
def test_what_works_over_an_image_did_not_make_it(kind: str) -> None:
    again = {**sampler(seed=99, positive=["t0", 0])[1], "image": ["decode", 0]}
    found = read(**texts("a face"), again=(kind, again), save=("SaveImage", {"images": ["again", 0]}))
    assert (found.positive, found.seed) == ("a red cup", 7)
    alone = {**again, "image": ["file", 0]}
    found = read(
        **texts("a face"),
        again=(kind, alone),
        file=("LoadImage", {"image": "a.png"}),
        save=("SaveImage", {"images": ["again", 0]}),
    )
    assert (found.positive, found.seed) == ("a face", 99)


def test_a_service_that_enlarges_an_image_did_not_make_it() -> None:
    larger = ("TopazImageEnhance", {"image": ["decode", 0], "prompt": "", "model": "Reimagine"})
    found = read(larger=larger, save=("SaveImage", {"images": ["larger", 0]}))
    assert (found.positive, found.seed, found.model) == ("a red cup", 7, "sd_xl.safetensors")


def test_the_seed_of_a_random_number_is_not_the_number() -> None:
    found = read(
        sampler=sampler(seed=["number", 0]), number=("Random Number", {"minimum": 0, "maximum": 99, "seed": 7})
    )
    assert found.seed is None


@pytest.mark.parametrize(
    "inputs",
    [
        {"text": "a cup", "text_g": "", "text_l": ""},
        {"bert": "a cup", "mt5xl": "a cup"},
        {"system_prompt": "You draw.", "user_prompt": "a cup"},
    ],
)
def test_encoders_with_other_names_for_their_texts(inputs: dict[str, Any]) -> None:
    assert read(**{"+": ("Encoder", {**inputs, "clip": ["lora", 1]})}).positive == "a cup"


DRAWN = [
    {"id": 1, "type": "CLIPTextEncode", "widgets_values": ["a cup"]},
    {"id": 2, "type": "CLIPTextEncode", "widgets_values": ["blurry"]},
    {
        "id": 3,
        "type": "ControlNetApplyAdvanced",
        "mode": 4,
        "inputs": [{"name": "positive", "link": 1}, {"name": "negative", "link": 2}, {"name": "image", "link": None}],
    },
    {
        "id": 4,
        "type": "KSampler",
        "widgets_values": [7, "fixed", 20],
        "inputs": [{"name": "positive", "link": 3}, {"name": "negative", "link": 4}],
    },
]
LINKS = [
    [number, origin, slot, 0, 0, "CONDITIONING"]
    for number, origin, slot in ((1, 1, 0), (2, 2, 0), (3, 3, 0), (4, 3, 1))
]


@pytest.mark.parametrize("as_objects", [False, True])
def test_a_bypassed_node_of_a_workflow_passes_on_its_inputs(as_objects: bool) -> None:
    names = ("id", "origin_id", "origin_slot", "target_id", "target_slot", "type")
    links = [dict(zip(names, link, strict=True)) for link in LINKS] if as_objects else LINKS
    graph = of_workflow({"nodes": DRAWN, "links": links})
    assert graph is not None
    found = read_graph(graph)
    assert found is not None
    assert (found.positive, found.negative, found.seed) == ("a cup", "blurry", 7)


def test_bypassed_nodes_in_a_ring_end() -> None:
    ring = [{"id": number, "type": "Reroute", "mode": 4, "inputs": [{"name": "", "link": number}]} for number in (1, 2)]
    links = [[1, 2, 0, 1, 0, "IMAGE"], [2, 1, 0, 2, 0, "IMAGE"]]
    graph = of_workflow(
        {"nodes": [*ring, {"id": 3, "type": "SaveImage", "inputs": [{"name": "images", "link": 1}]}], "links": links}
    )
    assert graph is not None
    assert read_graph(graph) is None
