"""fal's own Python client, its hosts pointed at the demo server, must find everything where it expects it."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path

import fal_client
import fal_client.client as internals
import httpx
import numpy as np
import pytest
from PIL import Image

from imagineart_desktop.demo import CONTENT_POLICY, SLOW, DemoServer
from imagineart_desktop.imaging import encode_grey_png
from imagineart_desktop.models import (
    BUILT_IN,
    IDEOGRAM_OBJECT_REMOVAL,
    IDEOGRAM_REMOVE_BACKGROUND,
    IDEOGRAM_UPSCALE,
    IDEOGRAM_V2_EDIT,
    IDEOGRAM_V3_REFRAME,
    IDEOGRAM_V3_REPLACE_BACKGROUND,
    IMAGINEART_20,
    IMAGINEART_20_EDIT,
    ModelSpec,
)
from tests.loopback import NO_CERTIFICATES
from tests.reliability.python_client import Side, features, pointed_at


@pytest.fixture
def official(demo: DemoServer) -> Iterator[fal_client.SyncClient]:
    with pointed_at(demo):
        yield fal_client.SyncClient(key=demo.key)


def picture_at(url: str) -> Image.Image:
    return Image.open(io.BytesIO(httpx.get(url, timeout=None, verify=NO_CERTIFICATES).content))  # noqa: S113 - only a hang fails, and pytest ends that


def test_generate_with_logs(official: fal_client.SyncClient) -> None:
    lines: list[str] = []

    def update(status: object) -> None:
        lines.extend(entry["message"] for entry in getattr(status, "logs", None) or ())

    arguments = {"prompt": f"a quiet lake {SLOW}", "aspect_ratio": "16:9", "resolution": "1K", "seed": 7}
    output = official.subscribe(IMAGINEART_20.endpoint, arguments, with_logs=True, on_queue_update=update)
    (image,) = output["images"]
    assert (image["width"], image["height"]) == (1024, 576)
    assert picture_at(image["url"]).size == (1024, 576)
    assert any("Sampling" in line for line in lines)


def test_edit_uploaded_pictures(official: fal_client.SyncClient, photos: Path) -> None:
    urls = [official.upload_file(photos / name) for name in ("chelsea.png", "coffee.png")]
    output = official.subscribe(IMAGINEART_20_EDIT.endpoint, {"prompt": "side by side", "image_urls": urls})
    assert picture_at(output["images"][0]["url"]).size == (2048, 1362)


def test_inpaint_changes_only_what_is_black_in_the_mask(official: fal_client.SyncClient, photos: Path) -> None:
    source = np.asarray(Image.open(photos / "coffee.png").convert("RGB"))
    mask = np.full(source.shape[:2], 255, np.uint8)
    mask[100:300, 150:450] = 0
    arguments = {
        "prompt": "a copper pot",
        "image_url": official.upload_file(photos / "coffee.png"),
        "mask_url": official.upload(encode_grey_png(mask), "image/png"),
        "seed": 3,
    }
    output = official.subscribe(IDEOGRAM_V2_EDIT.endpoint, arguments)
    result = np.asarray(picture_at(output["images"][0]["url"]).convert("RGB"))
    assert output["seed"] == 3
    assert np.array_equal(result[mask == 255], source[mask == 255])
    assert (result[mask == 0] != source[mask == 0]).mean() > 0.9


def uploaded(official: fal_client.SyncClient, photos: Path) -> str:
    return official.upload_file(photos / "coffee.png")


def test_cut_out_has_an_alpha_channel(official: fal_client.SyncClient, photos: Path) -> None:
    output = official.subscribe(IDEOGRAM_REMOVE_BACKGROUND.endpoint, {"image_url": uploaded(official, photos)})
    result = picture_at(output["image"]["url"])
    assert (result.mode, result.size) == ("RGBA", Image.open(photos / "coffee.png").size)
    assert result.getchannel("A").getextrema() == (0, 255)


def test_upscale_doubles_the_size(official: fal_client.SyncClient, photos: Path) -> None:
    arguments = {"image_url": uploaded(official, photos), "resemblance": 90, "seed": 4}
    output = official.subscribe(IDEOGRAM_UPSCALE.endpoint, arguments)
    width, height = Image.open(photos / "coffee.png").size
    assert picture_at(output["images"][0]["url"]).size == (2 * width, 2 * height)
    assert output["seed"] == 4


def test_remove_fills_only_what_is_white_in_the_mask(official: fal_client.SyncClient, photos: Path) -> None:
    source = np.asarray(Image.open(photos / "coffee.png").convert("RGB"))
    mask = np.zeros(source.shape[:2], np.uint8)
    mask[100:300, 150:450] = 255
    drawn = official.upload(encode_grey_png(mask), "image/png")
    arguments = {"image_url": uploaded(official, photos), "mask_url": drawn}
    output = official.subscribe(IDEOGRAM_OBJECT_REMOVAL.endpoint, arguments)
    result = np.asarray(picture_at(output["image"]["url"]).convert("RGB"))
    assert np.array_equal(result[mask == 0], source[mask == 0])
    assert (result[mask == 255] != source[mask == 255]).mean() > 0.8


def test_reframe_makes_the_size_that_is_asked_for(official: fal_client.SyncClient, photos: Path) -> None:
    size = {"width": 1200, "height": 600}
    arguments = {"image_url": uploaded(official, photos), "image_size": size, "num_images": 2}
    output = official.subscribe(IDEOGRAM_V3_REFRAME.endpoint, arguments)
    assert [picture_at(image["url"]).size for image in output["images"]] == [(1200, 600)] * 2


def test_replace_background_keeps_the_size(official: fal_client.SyncClient, photos: Path) -> None:
    arguments = {"image_url": uploaded(official, photos), "prompt": "a beach"}
    output = official.subscribe(IDEOGRAM_V3_REPLACE_BACKGROUND.endpoint, arguments)
    assert picture_at(output["images"][0]["url"]).size == Image.open(photos / "coffee.png").size


@pytest.mark.parametrize(
    ("model", "more", "field"),
    [
        (IDEOGRAM_V3_REFRAME, {}, "image_size"),
        (IDEOGRAM_REMOVE_BACKGROUND, {"prompt": "x"}, "prompt"),
        (IDEOGRAM_OBJECT_REMOVAL, {}, "mask_url"),
        (IDEOGRAM_UPSCALE, {"detail": 101}, "detail"),
    ],
    ids=lambda value: value.endpoint if isinstance(value, ModelSpec) else "",
)
def test_what_a_task_does_not_take_is_refused_at_its_field(
    official: fal_client.SyncClient, photos: Path, model: ModelSpec, more: dict[str, object], field: str
) -> None:
    with pytest.raises(fal_client.FalClientHTTPError) as refused:
        official.subscribe(model.endpoint, {"image_url": uploaded(official, photos), **more})
    assert refused.value.status_code == 422
    assert [entry["loc"] for entry in refused.value.response.json()["detail"]] == [["body", field]]


@pytest.mark.asyncio
@pytest.mark.parametrize("endpoint", [model.endpoint for model in BUILT_IN])
async def test_every_built_in_model_makes_an_image(demo: DemoServer, endpoint: str) -> None:
    with pointed_at(demo):
        await features()[endpoint](Side(fal_client.AsyncClient(key=demo.key), demo))


def test_cancel(official: fal_client.SyncClient) -> None:
    handle = official.submit(IMAGINEART_20.endpoint, {"prompt": f"anything {SLOW}", "resolution": "1K"})
    handle.cancel()
    with pytest.raises(fal_client.FalClientHTTPError):
        handle.get()


def test_refusal_reaches_the_caller(official: fal_client.SyncClient) -> None:
    with pytest.raises(fal_client.FalClientHTTPError, match="could not be processed"):
        official.subscribe(IMAGINEART_20.endpoint, {"prompt": f"something {CONTENT_POLICY}"})


def test_synchronous_run(official: fal_client.SyncClient) -> None:
    output = official.run(IMAGINEART_20.endpoint, {"prompt": "hills", "resolution": "1K"})
    assert output["images"][0]["content_type"] == "image/png"


@pytest.mark.asyncio
@pytest.mark.parametrize(
    "name", ["submit, status, result", "cancel", "wrong key", "unknown model and request", "invalid input"]
)
@pytest.mark.parametrize("kind", [fal_client.SyncClient, fal_client.AsyncClient])
async def test_both_halves_find_what_they_expect(
    demo: DemoServer, kind: type[fal_client.SyncClient | fal_client.AsyncClient], name: str
) -> None:
    with pointed_at(demo):
        await features()[name](Side(kind(key=demo.key), demo))


@pytest.mark.asyncio
@pytest.mark.parametrize("kind", [fal_client.SyncClient, fal_client.AsyncClient])
async def test_a_large_file_goes_up_in_parts(
    demo: DemoServer,
    kind: type[fal_client.SyncClient | fal_client.AsyncClient],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(internals, "MULTIPART_THRESHOLD", 2**20)
    monkeypatch.setattr(internals, "MULTIPART_CHUNK_SIZE", 2**18)
    with pointed_at(demo):
        await features()["upload over 100 MB in parts"](Side(kind(key=demo.key), demo, 2**20 + 5))
