"""`models add`, `models remove`, and requests to added models."""

from __future__ import annotations

import http.server
import json
import threading
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest

from imagineart_desktop.cli.exit_codes import ExitCode
from imagineart_desktop.cli.program import main
from imagineart_desktop.demo import FAST_TIMING, DemoServer, server
from imagineart_desktop.fal.model_document import fetch_model_document
from imagineart_desktop.imaging import encode_grey_png, new_mask
from imagineart_desktop.library import LibraryError
from imagineart_desktop.models import BUILT_IN, IMAGINEART_20, Task
from imagineart_desktop.models.added_models import load_models
from imagineart_desktop.places import AppPaths
from tests.cli.conftest import command

DOCUMENTS = Path(__file__).parent.parent / "models" / "openapi" / "documents"
FILL = "fal-ai/flux-pro/v1/fill"


@pytest.fixture(autouse=True)
def swift(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the built-in demo work without delay."""
    monkeypatch.setattr(server, "Timing", lambda: FAST_TIMING)


def run(root: Path, *arguments: str) -> int:
    return main([*arguments, "--data", str(root / "data")])


def add(root: Path, name: str, *arguments: str) -> int:
    return run(root, "models", "add", str(DOCUMENTS / f"{name}.json"), *arguments)


class Pages(http.server.BaseHTTPRequestHandler):
    """fal.ai's documents, by the id in the query."""

    asked: list[str]
    bodies: dict[str, bytes]

    def do_GET(self) -> None:
        link = urlsplit(self.path)
        self.asked.append(f"{link.path} {self.headers.get('Authorization')}")
        body = self.bodies.get(parse_qs(link.query)["endpoint_id"][0])
        self.send_response(200 if body else 404)
        self.send_header("Content-Length", str(len(body or b"")))
        self.end_headers()
        self.wfile.write(body or b"")

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name of the base
        """Print nothing."""


@pytest.fixture
def pages(monkeypatch: pytest.MonkeyPatch) -> Iterator[type[Pages]]:
    """A local server in place of fal.ai's pages."""
    handler = type("Handler", (Pages,), {"asked": [], "bodies": {}})
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as served:
        threading.Thread(target=served.serve_forever, daemon=True).start()
        home = f"http://127.0.0.1:{served.server_port}"
        fetch = partial(fetch_model_document, home=home)
        monkeypatch.setattr("imagineart_desktop.workspace.model_source.fetch_model_document", fetch)
        monkeypatch.setenv("NO_PROXY", "127.0.0.1")
        yield handler
        served.shutdown()


def test_a_model_is_added_from_a_file_listed_and_removed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert add(tmp_path, "birefnet_v2", "--name", "Cut out") == ExitCode.OK
    assert capsys.readouterr().out == "Added Cut out: fal-ai/birefnet/v2, for edit. Its price is unknown.\n"
    assert run(tmp_path, "models", "list", "--task", "edit") == ExitCode.OK
    line = capsys.readouterr().out.splitlines()[-1]
    assert (line.split()[:2], line[-15:]) == (["fal-ai/birefnet/v2", "unknown"], "Cut out (added)")
    assert run(tmp_path, "models", "list", "--json") == ExitCode.OK
    row = json.loads(capsys.readouterr().out)[-1]
    assert (row["endpoint"], row["added"], row["lowest_price"]) == ("fal-ai/birefnet/v2", True, None)
    assert run(tmp_path, "models", "show", "fal-ai/birefnet/v2") == ExitCode.OK
    assert "price: unknown" in capsys.readouterr().out
    assert run(tmp_path, "models", "remove", "fal-ai/birefnet/v2") == ExitCode.OK
    assert run(tmp_path, "models", "remove", "fal-ai/birefnet/v2") == ExitCode.WRONG_REQUEST
    assert "“fal-ai/birefnet/v2” isn’t one that you added." in capsys.readouterr().err
    assert list((tmp_path / "data" / "models").iterdir()) == []


@pytest.mark.parametrize(
    "source",
    [
        FILL,
        f"https://fal.ai/models/{FILL}",
        f"https://fal.ai/models/{FILL}/api?tab=python",
        f"https://fal.ai/api/openapi/queue/openapi.json?endpoint_id={FILL}",
    ],
)
def test_a_model_is_added_by_its_id_or_a_link(tmp_path: Path, pages: type[Pages], source: str) -> None:
    pages.bodies[FILL] = (DOCUMENTS / "flux_fill.json").read_bytes()
    assert run(tmp_path, "models", "add", source, "--mask-painted", "white") == ExitCode.OK
    assert load_models(tmp_path / "data" / "models").is_added(FILL)
    assert pages.asked == ["/api/openapi/queue/openapi.json None"]


@pytest.mark.parametrize(
    ("arguments", "sentence", "code"),
    [
        (
            ["FILL"],
            "mask is repainted: black, white or transparent? Add --mask-painted. The model’s page says so.",
            ExitCode.WRONG_REQUEST,
        ),
        (
            ["FILL", "--task", "edit"],
            "Flux Pro V1 Fill can’t be used for edit, only for inpaint.",
            ExitCode.WRONG_REQUEST,
        ),
        (["VIDEO"], "makes no images: it returns a result with video.", ExitCode.FAILED),
        (["https://example.com/models/a/b"], "is not a link to a model of fal.ai.", ExitCode.WRONG_REQUEST),
        (["../no/where"], "is neither a file nor the id of a model", ExitCode.WRONG_REQUEST),
        (["no-one/nothing"], "fal.ai has no model “no-one/nothing”.", ExitCode.FAILED),
        (["huge/one"], "The answer of 127.0.0.1 is too long.", ExitCode.FAILED),
        (["fal-ai/other"], "fal.ai sent the document of another model, fal-ai/flux-lora.", ExitCode.FAILED),
        (["no-json/one"], "The document isn’t JSON.", ExitCode.FAILED),
    ],
)
def test_what_cannot_be_added_is_said(
    tmp_path: Path,
    pages: type[Pages],
    capsys: pytest.CaptureFixture[str],
    arguments: list[str],
    sentence: str,
    code: ExitCode,
) -> None:
    files = {"FILL": str(DOCUMENTS / "flux_fill.json"), "VIDEO": str(DOCUMENTS / "kling_video.json")}
    pages.bodies["huge/one"] = b" " * (2 * 2**20 + 1)
    pages.bodies["fal-ai/other"] = (DOCUMENTS / "flux_lora.json").read_bytes()
    pages.bodies["no-json/one"] = b"<html>"
    given = [files.get(word, word) for word in arguments]
    if arguments == ["FILL", "--task", "edit"]:
        given += ["--mask-painted", "white"]
    assert run(tmp_path, "models", "add", *given) == code
    assert sentence in capsys.readouterr().err
    assert not (tmp_path / "data" / "models").exists()


def test_a_model_that_is_there_already_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert add(tmp_path, "flux_lora") == ExitCode.OK
    assert add(tmp_path, "flux_lora") == ExitCode.WRONG_REQUEST
    assert "Flux LoRA is added already. Remove it first." in capsys.readouterr().err


def test_damaged_models_are_named_once_and_the_others_work(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    add(tmp_path, "flux_lora")
    damaged = tmp_path / "data" / "models" / "a.json"
    damaged.write_text("{", encoding="utf-8")
    capsys.readouterr()
    assert run(tmp_path, "models", "list") == ExitCode.OK
    said = capsys.readouterr()
    assert said.err.count("The model in “a.json” can’t be used; the file is as it was.") == 1
    assert "Flux LoRA (added)" in said.out
    assert damaged.read_text(encoding="utf-8") == "{"


def test_added_models_make_images_in_the_demo(tmp_path: Path, photos: Path, capsys: pytest.CaptureFixture[str]) -> None:
    add(tmp_path, "flux_lora")
    add(tmp_path, "birefnet_v2")
    add(tmp_path, "flux_fill", "--mask-painted", "white")
    capsys.readouterr()
    loras = '[{"path": "https://example.com/a"}]'
    words = ["--prompt", "a cup", "--loras", loras, "--num-inference-steps", "12", "--image-size", "square"]
    assert command(tmp_path, "generate", "--model", "fal-ai/flux-lora", *words) == ExitCode.OK
    said = capsys.readouterr()
    assert "Live, it would cost an unknown amount." in said.err
    assert [picture["cost"] for picture in json.loads(said.out)["pictures"]] == [None]
    # Its field “model” isn't the model of the command.
    edit = ["edit", "--model", "fal-ai/birefnet/v2", "--field-model", "Portrait", "--no-refine-foreground"]
    assert command(tmp_path, *edit, "--image", str(photos / "coffee.png")) == ExitCode.OK
    mask = new_mask((600, 400))
    mask[100:200, 100:300] = 255
    (tmp_path / "mask.png").write_bytes(encode_grey_png(mask))
    inpaint = ["inpaint", "--model", FILL, "--prompt", "x", "--image", str(photos / "coffee.png")]
    assert command(tmp_path, *inpaint, "--mask", str(tmp_path / "mask.png")) == ExitCode.OK
    assert len(list((tmp_path / "out").glob("*.png"))) == 3


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["generate", "--model", "fal-ai/flux-lora"], "Flux LoRA needs --prompt."),
        (["generate", "--model", "fal-ai/flux-lora", "--prompt", "x", "--loras", "["], "LoRAs: this isn’t JSON:"),
        (
            ["edit", "--model", "fal-ai/birefnet/v2", "--prompt", "x", "--image", "a.png"],
            "Birefnet V2 does not take --prompt.",
        ),
    ],
)
def test_what_an_added_model_does_not_take_is_said(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], sentence: str
) -> None:
    add(tmp_path, "flux_lora")
    add(tmp_path, "birefnet_v2")
    assert command(tmp_path, *arguments) == ExitCode.WRONG_REQUEST
    assert sentence in capsys.readouterr().err


def test_an_unknown_price_is_agreed_to_before_anything_is_sent(
    tmp_path: Path, live: DemoServer, capsys: pytest.CaptureFixture[str]
) -> None:
    add(tmp_path, "flux_lora")
    words = ["generate", "--model", "fal-ai/flux-lora", "--prompt", "x", "--n", "2"]
    assert command(tmp_path, *words) == ExitCode.NOT_AGREED
    assert "1 request to fal.ai, for an unknown price." in capsys.readouterr().err
    assert live.counts == {}


def test_fields_that_are_called_like_parts_of_a_command_do_no_harm(tmp_path: Path) -> None:
    document = json.loads((DOCUMENTS / "flux_lora.json").read_bytes())
    names = ("run", "task", "models", "out", "yes", "help", "n", "count", "data", "field_dests", "__class__", "wait")
    schema = document["components"]["schemas"]["FluxLoraInput"]
    schema["properties"] |= {name: {"type": "string", "title": "100% %s"} for name in names}
    schema["properties"]["resolution"] = {"type": "integer", "default": 3}
    (tmp_path / "odd.json").write_text(json.dumps(document), encoding="utf-8")
    assert run(tmp_path, "models", "add", str(tmp_path / "odd.json")) == ExitCode.OK
    words = ["generate", "--model", "fal-ai/flux-lora", "--prompt", "x", "--field-run", "a", "--resolution", "7"]
    assert command(tmp_path, *words) == ExitCode.OK
    with pytest.raises(SystemExit) as ended:
        run(tmp_path, "generate", "--help")
    assert ended.value.code == 0
    assert command(tmp_path, *words[:-1], "1K") == ExitCode.WRONG_REQUEST


def test_an_unknown_home_folder_is_said_and_no_error_of_the_program(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def unknown() -> AppPaths:
        raise LibraryError("Your home folder is unknown.")

    monkeypatch.setattr(AppPaths, "usual", unknown)
    words = ["generate", "--prompt", "x", "--out", str(tmp_path)]
    assert main(words) == ExitCode.FAILED
    assert capsys.readouterr().err == "Your home folder is unknown.\n"


def listed(root: Path, capsys: pytest.CaptureFixture[str]) -> list[str]:
    capsys.readouterr()
    assert run(root, "models", "list", "--task", "generate") == ExitCode.OK
    return [line.split("  ")[-1].strip() for line in capsys.readouterr().out.splitlines()]


def test_the_list_follows_what_is_hidden_starred_and_renamed(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    add(tmp_path, "flux_lora")
    first = listed(tmp_path, capsys)[0]
    assert run(tmp_path, "models", "star", "fal-ai/flux-lora") == ExitCode.OK
    assert run(tmp_path, "models", "rename", "fal-ai/flux-lora", "Mine") == ExitCode.OK
    assert run(tmp_path, "models", "hide", IMAGINEART_20.endpoint) == ExitCode.OK
    assert listed(tmp_path, capsys)[:2] == ["Mine (added, starred)", f"{first} (hidden)"]
    assert run(tmp_path, "models", "list", "--json") == ExitCode.OK
    row = json.loads(capsys.readouterr().out)[0]
    assert (row["label"], row["starred"], row["hidden"]) == ("Mine", True, False)
    assert run(tmp_path, "models", "unstar", "fal-ai/flux-lora") == ExitCode.OK
    assert run(tmp_path, "models", "rename", "fal-ai/flux-lora") == ExitCode.OK
    assert run(tmp_path, "models", "unhide", IMAGINEART_20.endpoint) == ExitCode.OK
    assert listed(tmp_path, capsys)[0] == first
    assert listed(tmp_path, capsys)[-1] == "Flux LoRA (added)"


def test_a_hidden_model_can_be_named_but_is_not_the_default(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(tmp_path, "models", "hide", IMAGINEART_20.endpoint) == ExitCode.OK
    assert command(tmp_path, "generate", "--prompt", "x", "--model", IMAGINEART_20.endpoint) == ExitCode.OK
    assert command(tmp_path, "generate", "--prompt", "x") == ExitCode.OK
    data = ("--data", str(tmp_path / "data"))
    assert main(["library", "show", "2", "--json", *data]) == ExitCode.OK
    assert json.loads(capsys.readouterr().out.splitlines()[-1])["recipe"]["endpoint"] != IMAGINEART_20.endpoint


def test_the_last_model_of_a_tab_cannot_be_hidden(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    *others, last = [model.endpoint for model in BUILT_IN if Task.INPAINT in model.tasks]
    for endpoint in others:
        assert run(tmp_path, "models", "hide", endpoint) == ExitCode.OK
    assert run(tmp_path, "models", "hide", last) == ExitCode.FAILED
    assert "is the only model in Inpaint. Add or show another one first." in capsys.readouterr().err
    assert run(tmp_path, "models", "hide", "no-one/nothing") == ExitCode.WRONG_REQUEST


def test_an_exported_model_is_added_as_it_was(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "fill.json"
    add(tmp_path, "flux_fill", "--mask-painted", "white", "--name", "Fill")
    assert run(tmp_path, "models", "export", FILL, str(file)) == ExitCode.OK
    assert run(tmp_path, "models", "export", FILL, str(file)) == ExitCode.FAILED
    assert "exists already." in capsys.readouterr().err
    other = tmp_path / "other"
    assert run(other, "models", "add", str(file), "--task", "edit") == ExitCode.WRONG_REQUEST
    assert "A model file says what it’s for." in capsys.readouterr().err
    assert run(other, "models", "add", str(file)) == ExitCode.OK
    one, two = (load_models(root / "data" / "models").get(FILL) for root in (tmp_path, other))
    assert one == two
    assert run(other, "models", "add", str(file)) == ExitCode.WRONG_REQUEST
    assert "Fill is added already. Remove it first." in capsys.readouterr().err


def test_a_damaged_model_file_is_refused_with_its_reason(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "fill.json"
    file.write_text('{"format": 1, "endpoint": 3}', encoding="utf-8")
    assert run(tmp_path, "models", "add", str(file)) == ExitCode.WRONG_REQUEST
    assert "The model definition is not usable:" in capsys.readouterr().err
    file.write_text('{"format": 99}', encoding="utf-8")
    assert run(tmp_path, "models", "add", str(file)) == ExitCode.WRONG_REQUEST
    assert "written by a newer version of the program" in capsys.readouterr().err


def test_an_added_model_can_be_offered_for_a_command(
    tmp_path: Path, photos: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert add(tmp_path, "birefnet_v2", "--task", "cutout", "--task", "edit") == ExitCode.OK
    assert "for cutout, edit." in capsys.readouterr().out
    assert add(tmp_path, "flux_lora", "--task", "upscale") == ExitCode.WRONG_REQUEST
    assert "can’t be used for upscale, only for generate." in capsys.readouterr().err
    image = str(photos / "coffee.png")
    assert command(tmp_path, "cutout", image, "--model", "fal-ai/birefnet/v2", "--yes") == ExitCode.OK
    (made,) = json.loads(capsys.readouterr().out)["pictures"]
    assert Path(made["file"]).is_file()
