"""Adding a model in the window: what was read is shown, what isn't known is asked, and it works at once."""

from __future__ import annotations

import asyncio
import http.server
import json
import threading
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QPushButton, QWidget

from imagineart_desktop.fal.model_document import fetch_model_document
from imagineart_desktop.models import MaskPolarity, Task, spec_to_json
from imagineart_desktop.models.openapi import propose, read_document
from imagineart_desktop.ui.models.add_dialog import AddModelDialog
from imagineart_desktop.ui.models.dialog import ModelsDialog
from imagineart_desktop.ui.theme import Theme
from tests.ui.window_driver import Driver, child, opened, settle

DOCUMENTS = Path(__file__).parents[2] / "models" / "openapi" / "documents"
FILL, LORA = "fal-ai/flux-pro/v1/fill", "fal-ai/flux-lora"
MARKUP = "<b>bold</b><img src='https://evil.example/x.png'>"


def adding(at: Driver, file: Path | None = None) -> AddModelDialog:
    """Open the dialog, and read a file if one is given."""
    at.window.window_actions["file.models"].trigger()
    shown = child(at.window, ModelsDialog)
    shown.add(file)
    assert shown.adding is not None
    return shown.adding


async def test_until_a_model_is_read_the_hint_has_the_width_of_the_dialog(tmp_path: Path, theme: Theme) -> None:
    async with opened(tmp_path, theme) as at:
        shown = adding(at)
        settle()
        (hint,) = [one for one in shown._facts.findChildren(QLabel) if one.isVisible()]
        assert hint.heightForWidth(hint.width()) == hint.fontMetrics().height()
        shown.begin(DOCUMENTS / "flux_fill.json")
        await at.until(lambda: shown.preview.isVisible())
        settle()
        assert shown.decisions is not None
        price = next(one for one in shown.decisions.findChildren(QLabel) if one.text() == "Price")
        value = next(one for one in shown.decisions.findChildren(QLabel) if one.text().startswith("Unknown: "))
        # The first lines stand beside each other, and all values below each other.
        assert price.y() == value.y()
        assert price.alignment() & Qt.AlignmentFlag.AlignTop
        assert value.mapTo(shown, QPoint()).x() == shown.decisions.name.mapTo(shown, QPoint()).x()
        shown.source.clear()
        shown.read()
        assert not shown.preview.isVisible()


async def test_an_added_model_is_offered_and_makes_an_image_in_the_demo_at_once(tmp_path: Path, theme: Theme) -> None:
    async with opened(tmp_path, theme) as at:
        form = at.window.generate.form
        form.prompt.set_text("a cup")
        shown = adding(at, DOCUMENTS / "flux_lora.json")
        await at.until(lambda: shown.model)
        assert shown.decisions is not None
        assert shown.preview.form is not None
        assert "loras" in shown.preview.form._controls
        assert not shown.preview.form.go.isEnabled()
        shown.decisions.name.clear()
        at.type(shown.decisions.name, "Mine")
        assert shown.preview.form.model_picker.box.currentText() == "Mine"
        at.click(shown.add_button)
        await at.until(lambda: not shown.isVisible())
        box = form.model_picker.box
        box.setCurrentIndex(box.findText("Mine"))
        assert (form.draft.model.endpoint, form.prompt.text()) == (LORA, "a cup")
        at.click(form.go)
        (number,) = await at.pictures(1)
        (summary,) = await at.parts.library.summaries([number])
        assert summary.model_label == "Mine"


async def test_enter_reads_the_source_and_then_adds_the_model_in_sight(tmp_path: Path, theme: Theme) -> None:
    async with opened(tmp_path, theme) as at:
        shown = adding(at)
        shown.activateWindow()
        await at.until(shown.isActiveWindow)
        at.type(shown.source, str(DOCUMENTS / "flux_lora.json"))
        QTest.keyClick(shown.source, Qt.Key.Key_Return)
        await at.until(lambda: shown.model)
        at.type(shown.source, " ")
        QTest.keyClick(shown.source, Qt.Key.Key_Return)
        assert (shown.model, shown.isVisible()) == (None, True)
        at.type(shown.source, str(DOCUMENTS / "flux_lora.json"))
        QTest.keyClick(shown.source, Qt.Key.Key_Return)
        await at.until(lambda: shown.model)
        assert shown.add_button.hasFocus()
        QTest.keyClick(shown.add_button, Qt.Key.Key_Return)
        models = child(at.window, ModelsDialog)
        await at.until(lambda: models.message.text() == "Added Flux LoRA.")
        table = models.table
        await at.until(lambda: table.viewport().rect().contains(table.visualItemRect(table.currentItem())))
        assert table.currentItem().text(1) == "Flux LoRA"


async def test_the_mask_is_asked_about_where_it_cannot_be_known(tmp_path: Path, theme: Theme) -> None:
    async with opened(tmp_path, theme) as at:
        shown = adding(at, DOCUMENTS / "flux_fill.json")
        await at.until(lambda: shown.decisions)
        decisions = shown.decisions
        assert decisions is not None
        assert decisions.question.isVisible()
        at.click(shown.add_button)
        assert decisions.message.text() == (
            "Which part of Flux Pro V1 Fill’s mask is repainted: black, white or transparent?"
        )
        decisions.answers["white"].click()
        assert decisions.message.text() == ""
        at.click(shown.add_button)
        await at.until(lambda: at.parts.library.models.find(FILL))
        assert at.parts.library.models.get(FILL).mask_polarity is MaskPolarity.PAINTED_WHITE


async def test_a_model_is_offered_for_the_chosen_tasks_each_with_its_form(tmp_path: Path, theme: Theme) -> None:
    async with opened(tmp_path, theme) as at:
        shown = adding(at, DOCUMENTS / "gpt_image_edit.json")
        await at.until(lambda: shown.decisions)
        decisions, preview = shown.decisions, shown.preview
        assert decisions is not None
        assert preview._tabs is not None
        assert preview.form is not None
        assert preview.form.go.words() == "Edit"
        preview._tabs.changed.emit("inpaint")
        assert preview.form.go.words() == "Inpaint"
        for box in decisions.tasks.values():
            if box.isChecked():
                box.click()
        at.click(shown.add_button)
        assert decisions.message.text() == "Choose what to use the model for."
        assert not decisions.question.isVisible()


async def test_a_model_is_offered_for_a_command_if_the_user_says_so(tmp_path: Path, theme: Theme) -> None:
    async with opened(tmp_path, theme) as at:
        shown = adding(at, DOCUMENTS / "clarity_upscaler.json")
        await at.until(lambda: shown.decisions)
        decisions = shown.decisions
        assert decisions is not None
        assert [(task, box.isChecked()) for task, box in decisions.tasks.items()] == [
            (Task.EDIT, True),
            (Task.CUT_OUT, False),
            (Task.UPSCALE, False),
            (Task.REPLACE_BACKGROUND, False),
        ]
        assert (shown.preview._tabs, shown.preview.isVisible()) == (None, True)
        decisions.tasks[Task.EDIT].click()
        decisions.tasks[Task.UPSCALE].click()
        at.click(shown.add_button)
        assert decisions.message.text() == "Choose Edit as well, so that the model has a form."
        decisions.tasks[Task.EDIT].click()
        at.click(shown.add_button)
        await at.until(lambda: at.parts.library.models.find("fal-ai/clarity-upscaler"))
        models = at.parts.library.models
        added = models.get("fal-ai/clarity-upscaler")
        assert added in models.for_task(Task.UPSCALE)
        assert added not in models.for_task(Task.CUT_OUT)
        assert added in models.for_task(Task.EDIT)


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        ((DOCUMENTS / "kling_video.json").read_bytes(), "makes no images: it returns a result with video."),
        (b"<html>", "The document isn’t JSON."),
        (b'{"format": 99}', "was written by a newer version of the program"),
        (b'{"format": 1}', "The model definition is not usable"),
        (b" " * (2 * 2**20 + 1), "The document is larger than"),
    ],
)
async def test_what_cannot_be_added_is_said_below_the_source(
    tmp_path: Path, theme: Theme, content: bytes, sentence: str
) -> None:
    (tmp_path / "given.json").write_bytes(content)
    async with opened(tmp_path, theme) as at:
        shown = adding(at, tmp_path / "given.json")
        await at.until(lambda: sentence in shown.source_message.text())
        assert not shown.add_button.isEnabled()
        assert shown.model is None


async def test_a_model_file_is_taken_as_it_is_and_a_second_time_refused(tmp_path: Path, theme: Theme) -> None:
    spec = propose(read_document((DOCUMENTS / "flux_fill.json").read_bytes())).spec(
        mask_polarity=MaskPolarity.PAINTED_BLACK
    )
    file = tmp_path / "fill.json"
    file.write_text(spec_to_json(spec), encoding="utf-8")
    async with opened(tmp_path, theme) as at:
        shown = adding(at, file)
        await at.until(lambda: shown.decisions)
        assert shown.decisions is not None
        assert not shown.decisions.question.isVisible()
        at.click(shown.add_button)
        await at.until(lambda: at.parts.library.models.find(FILL))
        assert at.parts.library.models.get(FILL) == spec
        await at.until(lambda: not shown.isVisible())
        shown = adding(at, file)
        clash = "Flux Pro V1 Fill is added already. Remove it first."
        await at.until(lambda: shown.source_message.text() == clash)
        assert not shown.add_button.isEnabled()


async def test_a_dropped_file_is_read(tmp_path: Path, theme: Theme) -> None:
    async with opened(tmp_path, theme) as at:
        at.window.window_actions["file.models"].trigger()
        shown = child(at.window, ModelsDialog)
        mime = QMimeData()
        mime.setUrls([QUrl.fromLocalFile(str(DOCUMENTS / "flux_lora.json"))])
        none, left = Qt.KeyboardModifier.NoModifier, Qt.MouseButton.LeftButton
        copy = Qt.DropAction.CopyAction
        QApplication.sendEvent(shown, QDragEnterEvent(QPoint(5, 5), copy, mime, left, none))
        QApplication.sendEvent(shown, QDropEvent(QPointF(5, 5), copy, mime, left, none))
        await at.until(lambda: shown.adding is not None and shown.adding.model)


async def test_text_from_outside_stays_plain_and_bounded(tmp_path: Path, theme: Theme) -> None:
    document = json.loads((DOCUMENTS / "flux_lora.json").read_bytes())
    for field in document["components"]["schemas"]["FluxLoraInput"]["properties"].values():
        field["title"], field["description"] = MARKUP * 3, MARKUP * 500
    (tmp_path / "odd.json").write_text(json.dumps(document), encoding="utf-8")
    async with opened(tmp_path, theme) as at:
        shown = adding(at, tmp_path / "odd.json")
        await at.until(lambda: shown.model)
        assert shown.model is not None
        tips = [widget.toolTip() for widget in shown.findChildren(QWidget)]
        assert not [tip for tip in tips if "<b>" in tip or "<img" in tip]
        assert max(map(len, tips)) < 5000
        assert not [
            label.text()
            for label in shown.findChildren(QLabel)
            if label.textFormat() is not Qt.TextFormat.PlainText and label.text()
        ]


class Pages(http.server.BaseHTTPRequestHandler):
    """fal.ai's document of any endpoint, held back until `may_answer` is set."""

    may_answer: threading.Event

    def do_GET(self) -> None:
        self.may_answer.wait()
        body = (DOCUMENTS / "flux_lora.json").read_bytes()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name of the base
        """Print nothing."""


@pytest.fixture
def may_answer(monkeypatch: pytest.MonkeyPatch) -> Iterator[threading.Event]:
    """A local server in place of fal.ai's pages, which answers once the event is set."""
    event = threading.Event()
    handler = type("Handler", (Pages,), {"may_answer": event})
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as served:
        threading.Thread(target=served.serve_forever, daemon=True).start()
        fetch = partial(fetch_model_document, home=f"http://127.0.0.1:{served.server_port}")
        monkeypatch.setattr("imagineart_desktop.workspace.model_source.fetch_model_document", fetch)
        monkeypatch.setenv("NO_PROXY", "127.0.0.1")
        yield event
        event.set()
        served.shutdown()


async def test_a_model_is_read_by_its_id_and_waiting_for_it_can_be_canceled(
    tmp_path: Path, theme: Theme, may_answer: threading.Event
) -> None:
    async with opened(tmp_path, theme) as at:
        shown = adding(at)
        at.type(shown.source, LORA)
        at.click(shown.read_button)
        await at.until(lambda: shown.source_message.text().startswith("Reading the model"))
        cancel = next(made for made in shown.source_message.findChildren(QPushButton) if made.text() == "Cancel")
        at.click(cancel)
        assert shown.source_message.text() == ""
        may_answer.set()
        await asyncio.sleep(0.1)
        assert not shown.add_button.isEnabled()
        at.click(shown.read_button)
        await at.until(lambda: shown.model)
        assert shown.model is not None
        assert shown.model.endpoint == LORA


async def test_a_source_that_is_none_is_said(tmp_path: Path, theme: Theme) -> None:
    async with opened(tmp_path, theme) as at:
        shown = adding(at)
        at.click(shown.read_button)
        assert shown.source_message.text() == "Enter the ID of a model, a link to it, or a file."
        at.type(shown.source, "https://example.com/models/a/b")
        at.click(shown.read_button)
        await at.until(lambda: "is not a link to a model of fal.ai." in shown.source_message.text())
        shown.source.setText("../no/where")
        shown.read()
        await at.until(lambda: "is neither a file nor the id of a model" in shown.source_message.text())
