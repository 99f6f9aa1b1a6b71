"""Palette, style codes and sizes through the real window: from the form to the image, its details, and back."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QApplication, QWidget

from imagineart_desktop.imaging import encode_png
from imagineart_desktop.library.lineage import lineage_of
from imagineart_desktop.models import IDEOGRAM_V3, IDEOGRAM_V3_REMIX, IDEOGRAM_V3_REPLACE_BACKGROUND, ModelSpec
from imagineart_desktop.ui.compare.settings import compare_settings
from imagineart_desktop.ui.forms.request_form import RequestForm
from imagineart_desktop.ui.forms.style_control import StyleControl
from imagineart_desktop.ui.image_details.facts import image_facts
from imagineart_desktop.ui.theme import Theme
from imagineart_desktop.workspace.mime import ImageSource
from tests.ui.window_driver import Driver, opened

PALETTE = {"members": [{"rgb": {"r": 200, "g": 50, "b": 20}, "color_weight": 0.75}]}
CODES = ["12ab34CD", "00000000"]


async def made(at: Driver, model: ModelSpec, fields: dict[str, object], photos: Path) -> int:
    """Make an image by the form of the model's tab; return its id."""
    tab = model.tasks[0].value
    at.window.go_to(tab)
    form = (at.window.generate if tab == "generate" else at.window.edit).form
    if tab == "edit" and not at.window.edit.references.list.sizes:
        at.drop(at.window.edit.references.slots[0], [photos / "coffee.png"])
        await at.until(lambda: at.window.edit.references.list.sizes)
    form.draft.set_model(model)
    at.type(form.prompt.editor, "a copper pot")
    form.draft.set_fields(fields)
    before = sum(len(event.pictures) for event in at.events)
    form._submit_guard.stop()
    at.click(form.go)
    return (await at.pictures(before + 1))[-1]


@pytest.mark.parametrize(
    "model",
    [IDEOGRAM_V3, IDEOGRAM_V3_REMIX, IDEOGRAM_V3_REPLACE_BACKGROUND],
    ids=lambda model: model.short_label,
)
async def test_what_is_set_in_the_form_makes_the_image_and_comes_back(
    tmp_path: Path, theme: Theme, photos: Path, model: ModelSpec
) -> None:
    size = {"image_size": {"width": 640, "height": 512}} if "image_size" in model.fields_by_name else {}
    fields: dict[str, object] = {"color_palette": PALETTE, "style_codes": CODES, "style": "DESIGN", **size}
    async with opened(tmp_path, theme, at_once=(model.tasks[0].value,)) as at:
        number = await made(at, model, fields, photos)
        details = await at.parts.library.details(number)
        assert details is not None
        request = details.recipe.request
        assert {name: request.get(name) for name in fields} == fields | {"style": None}
        assert details.summary.size == ((640, 512) if size else (600, 400))
        shown = {fact.label: fact.value for fact in image_facts(details)}
        assert (shown["Color palette"], shown["Style codes"]) == ("#C83214 0.75", "12ab34CD, 00000000")
        assert shown.get("Image size") == ("640 × 512" if size else None)
        assert "Style" not in shown
        preset = await made(at, model, {"color_palette": {"name": "MELON"}, "style_codes": None}, photos)
        other = await at.parts.library.details(preset)
        assert other is not None
        rows = {row.name: row.values for row in compare_settings([details, other])}
        assert rows["Color palette"] == ("#C83214 0.75", "Melon")
        assert (rows["Style codes"], rows["Style"]) == (("12ab34CD, 00000000", "—"), ("—", "Design"))
        page = at.window.generate if model.tasks[0].value == "generate" else at.window.edit
        at.window.commands.run("image.reuse", [number])
        await at.until(lambda: page.form.draft.options["color_palette"] == PALETTE)
        assert page.form.draft.options["style_codes"] == CODES
        assert page.form.draft.options["style"] == "AUTO"
        if size:
            page.form.draft.set_fields({"image_size": "square"})
            at.window.commands.run("image.use size", [number])
            await at.until(lambda: page.form.draft.options["image_size"] == size["image_size"])
        page.form.draft.set_fields({"style": "REALISTIC"})
    async with opened(tmp_path, theme) as at:
        draft = (at.window.generate if model.tasks[0].value == "generate" else at.window.edit).draft
        assert draft.model is model
        assert {name: draft.options[name] for name in fields} == fields | {"style": "REALISTIC"}
        assert set(draft.excluded()) == {"style", "image_urls"}


def form_of(at: Driver) -> RequestForm:
    form = at.window.generate.form
    form.draft.set_model(IDEOGRAM_V3)
    return form


def drop(widget: QWidget, paths: Sequence[Path]) -> None:
    """Drag files over a widget and drop them there."""
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
    copy, left, none = Qt.DropAction.CopyAction, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    QApplication.sendEvent(widget, QDragEnterEvent(QPoint(5, 5), copy, mime, left, none))
    QApplication.sendEvent(widget, QDropEvent(QPointF(5, 5), copy, mime, left, none))


async def dropped(at: Driver, form: RequestForm, paths: Sequence[Path]) -> StyleControl:
    """Drop images on the control for style images, and wait until they are added or refused."""
    control = form._controls["image_urls"]
    assert isinstance(control, StyleControl)
    before = len(control.stops())
    drop(control, paths)
    await at.until(lambda: not control.waiting.is_busy and (len(control.stops()) > before or control.message.text()))
    return control


async def test_style_images_go_from_the_form_into_the_image_and_its_lineage_and_come_back(
    tmp_path: Path, theme: Theme, photos: Path
) -> None:
    async with opened(tmp_path, theme) as at:
        form = form_of(at)
        control = await dropped(at, form, [photos / "coffee.png", photos / "chelsea.png"])
        await at.until(lambda: len(control.stops()) == 3)
        references = form.draft.options["image_urls"]
        assert isinstance(references, list)
        assert not form._controls["style_codes"].isEnabled()
        number = await made(at, IDEOGRAM_V3, {"style": "DESIGN"}, photos)
        details = await at.parts.library.details(number)
        assert details is not None
        assert details.recipe.request["image_urls"] == references
        assert [(parent.role, parent.path is not None) for parent in details.parents] == [("style", True)] * 2
        assert {row.name: row.values for row in compare_settings([details])}["Style images"] == ("A, B",)
        lineage = await lineage_of(at.parts.library, number)
        assert lineage is not None
        assert [edge.role for edge in lineage.edges] == ["style", "style"]
        form.draft.set_fields({"image_urls": None})
        assert len(control.stops()) == 1
        at.window.commands.run("image.reuse", [number])
        await at.until(lambda: form.draft.options["image_urls"] == references)
        assert at.window._tab() == "generate"
    async with opened(tmp_path, theme) as at:
        control = at.window.generate.form._controls["image_urls"]  # type: ignore[assignment]
        assert at.window.generate.draft.options["image_urls"] == references
        await at.until(lambda: len(control._known) == 2)
        assert (await made(at, IDEOGRAM_V3, {}, photos)) > 0
        at.click(control.stops()[0])
        assert at.window.generate.draft.options["image_urls"] == references[1:]


async def test_an_image_that_would_pass_the_limit_is_not_added(tmp_path: Path, theme: Theme, photos: Path) -> None:
    noise = np.random.default_rng(1).integers(0, 256, (1300, 1300, 3), np.uint8)
    paths = [tmp_path / f"{number}.png" for number in range(2)]
    for number, path in enumerate(paths):
        path.write_bytes(encode_png(noise + np.uint8(number)))
    async with opened(tmp_path, theme) as at:
        form = form_of(at)
        control = await dropped(at, form, [photos / "coffee.png", paths[0]])
        await at.until(lambda: len(control.stops()) == 3)
        note = control._heading._note.text()
        assert note.endswith(" of 10 MB")
        control = await dropped(at, form, [paths[1]])
        assert control.message.text().startswith("Style images are limited to 10 MB in total; these have ")
        assert (len(control.stops()), control._heading._note.text()) == (3, note)
        form.draft.set_fields({"image_urls": None})
        assert control.message.text() == ""


async def test_style_images_are_not_taken_while_style_codes_are_set(tmp_path: Path, theme: Theme, photos: Path) -> None:
    async with opened(tmp_path, theme) as at:
        form = form_of(at)
        form.draft.set_fields({"style_codes": CODES})
        control = form._controls["image_urls"]
        assert not control.isEnabled()
        assert control.toolTip() == "Not used with style codes"
        drop(control, [photos / "coffee.png"])
        assert form.draft.options["image_urls"] is None


async def test_style_images_that_the_library_lost_are_removed_and_that_is_said(tmp_path: Path, theme: Theme) -> None:
    async with opened(tmp_path, theme) as at:
        form = form_of(at)
        form.draft.set_fields({"image_urls": [f"input:{'ab' * 32}"]})
        control = form._controls["image_urls"]
        assert isinstance(control, StyleControl)
        await at.until(control.message.text)
        assert control.message.text() == "1 style image is no longer in the library."
        assert form.draft.options["image_urls"] is None


async def test_a_style_image_of_the_gallery_stays_one_after_a_restart(
    tmp_path: Path, theme: Theme, photos: Path
) -> None:
    async with opened(tmp_path, theme) as at:
        form = form_of(at)
        number = await made(at, IDEOGRAM_V3, {}, photos)
        control = form._controls["image_urls"]
        assert isinstance(control, StyleControl)
        control.add([ImageSource(picture_id=number)])
        await at.until(lambda: form.draft.options["image_urls"])
    async with opened(tmp_path, theme) as at:
        styled = await made(at, IDEOGRAM_V3, {}, photos)
        details = await at.parts.library.details(styled)
        assert details is not None
        assert [(parent.role, parent.picture_id) for parent in details.parents] == [("style", number)]
        draft = at.window.generate.draft
        draft.set_fields({"image_urls": None})
        at.window.commands.run("image.reuse", [styled])
        await at.until(lambda: draft.options["image_urls"])
        assert list(draft.quote().picture_ids.values()) == [number]


async def test_a_saved_form_of_a_model_that_is_gone_says_so(tmp_path: Path, theme: Theme) -> None:
    async with opened(tmp_path, theme) as at:
        at.type(at.window.generate.form.prompt.editor, "a copper pot")
        await at.window.generate.save()
        draft = await at.parts.library.draft("generate")
        await at.parts.library.save_draft("generate", {**draft, "model": "gone/model"})
        async with at.window.generate.saver.restoring() as saved:
            at.window.generate.draft.restore(saved.request)
        form = at.window.generate.form
        label = form.draft.model.label
        assert form.message.text() == f"“gone/model” is no longer offered, so {label} is selected."
        form.draft.set_model(IDEOGRAM_V3)
        assert form.message.text() == ""
