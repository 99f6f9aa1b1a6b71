"""Reuse settings and Vary, for all three tasks, through the real window."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from PySide6.QtCore import QPoint
from PySide6.QtWidgets import QPushButton, QWidget

from imagineart_desktop.imaging import InpaintSettings, Margins, SendMode
from imagineart_desktop.library import Imported, Library, PictureDetails
from imagineart_desktop.library.transfer.importing import import_pictures
from imagineart_desktop.models import IDEOGRAM_V3, IMAGINEART_20, IMAGINEART_20_EDIT
from imagineart_desktop.ui.commands.image_menu import ImageMenu
from imagineart_desktop.ui.image_details.facts import image_facts
from imagineart_desktop.ui.theme import Theme
from imagineart_desktop.workspace.commands.command import ImageSubject
from tests.library.test_library import keep, recipe
from tests.library.test_model_gone import GONE, keep_gone
from tests.ui.window_driver import Driver, opened


async def made(at: Driver) -> int:
    """Press the button of the current tab; return the id of the resulting image."""
    window = at.window
    forms = {"generate": window.generate.form, "edit": window.edit.form, "inpaint": window.inpaint.form}
    form = forms[window._tab()]
    before = sum(len(event.pictures) for event in at.events)
    form._submit_guard.stop()
    at.click(form.go)
    return (await at.pictures(before + 1))[-1]


async def seed_of(at: Driver, number: int) -> int | None:
    details = await at.parts.library.details(number)
    assert details is not None
    return details.recipe.seed


async def test_a_generated_picture(tmp_path: Path, theme: Theme) -> None:
    async with opened(tmp_path, theme) as at:
        form, results = at.window.generate.form, at.window.generate.results
        at.type(form.prompt.editor, "a lighthouse")
        form.draft.set_fields({"resolution": "1K", "aspect_ratio": "16:9"})
        fields = form.draft.fields()
        number = await made(at)
        seed = await seed_of(at, number)
        for command in ("image.reuse", "image.vary"):
            at.window.go_to("gallery")
            form.draft.set_fields({"prompt": "else", "aspect_ratio": "1:1", "resolution": "2K"})
            form.seed.set_value(None)
            at.window.commands.run(command, [number])
            await at.until(lambda: "Settings restored" in at.window.status.said.text())
            assert at.window._tab() == "generate"
            assert form.draft.fields() == fields
            assert form.seed.value() is not None
            assert (form.seed.value() == seed) == (command == "image.reuse")
            await at.until(lambda: results.shown is not None and results.shown.id == number)
            results._stack.setCurrentIndex(0)
            at.window.say("")
        assert sum(len(event.pictures) for event in at.events) == 1
        chosen = form.seed.value()
        assert await seed_of(at, await made(at)) == chosen


async def test_a_picture_of_a_model_that_is_gone(tmp_path: Path, theme: Theme) -> None:
    async with opened(tmp_path, theme) as at:
        library, form = at.parts.library, at.window.generate.form
        kept = await keep_gone(library)
        box = form.model_picker.box
        offered = [box.itemText(place) for place in range(box.count())]
        at.window.commands.run("image.reuse", [kept.id])
        await at.until(lambda: "Settings restored" in at.window.status.said.text())
        assert form.draft.model == GONE
        assert form.draft.options == {"aspect_ratio": "4:1", "resolution": "1K", "reasoning": "low"}
        assert set(form._controls) == {"aspect_ratio", "resolution", "reasoning"}
        assert form.message.text() == "This model is no longer offered. fal.ai may reject the request."
        assert (box.currentText(), box.toolTip()) == ("Gone 1.0", "Gone 1.0 · from $0.03 per image · No longer offered")
        box.setCurrentIndex(0)
        assert form.draft.model.label == offered[0]
        box.setCurrentIndex(box.count() - 1)
        assert (form.draft.model, form.draft.options["aspect_ratio"]) == (GONE, "4:1")
        at.window.commands.run("image.reuse", [kept.id])
        assert [box.itemText(place) for place in range(box.count())] == [*offered, "Gone 1.0"]
        details = await library.details(kept.id)
        assert details is not None
        facts = {fact.label: fact.value for fact in image_facts(details)}
        assert (facts["Model"], facts["Aspect ratio"], facts["Resolution"]) == ("Gone 1.0", "4:1", "1K")
        (path,) = (library.files.root / "models").iterdir()
        path.unlink()
        details = await library.details(kept.id)
        assert details is not None
        facts = {fact.label: fact.value for fact in image_facts(details)}
        assert facts["Model"] == GONE.endpoint
        assert facts["Settings"] == "The model definition stored with it is missing. Restore the library from a backup."


async def test_an_edited_picture_with_its_references_in_order(tmp_path: Path, theme: Theme, photos: Path) -> None:
    async with opened(tmp_path, theme, at_once=("edit",)) as at:
        at.window.go_to("edit")
        page = at.window.edit
        at.drop(page.references.slots[0], [photos / name for name in ("rocket.jpg", "coffee.png")])
        await at.until(lambda: len(page.references.list.sizes) == 2)
        at.type(page.form.prompt.editor, "side by side")
        references, fields = page.references.list.state(), page.form.draft.fields()
        number = await made(at)
        for command in ("image.reuse", "image.vary"):
            page.references.clear()
            page.form.draft.set_fields({"prompt": "else"})
            at.window.go_to("gallery")
            at.window.commands.run(command, [number])
            await at.until(lambda: "Settings restored" in at.window.status.said.text())
            assert at.window._tab() == "edit"
            assert page.references.list.state() == references
            assert page.form.draft.fields() == fields
            at.window.say("")
        first = await at.parts.library.inputs.find(references[0].sha256)
        assert first is not None
        first.path.unlink()
        at.window.commands.run("image.reuse", [number])
        await at.until(lambda: "One reference is no longer" in page.references.message.text())
        assert page.references.list.sizes == [(600, 400)]


async def test_an_inpainted_picture_with_canvas_mask_and_how_it_was_sent(
    tmp_path: Path, theme: Theme, photos: Path
) -> None:
    async with opened(tmp_path, theme, at_once=("inpaint",)) as at:
        page = at.window.inpaint
        canvas = await at.on_canvas(photos / "chelsea.png")
        at.window.window_actions.tool("rectangle").trigger()
        at.drag(canvas, [(100, 80), (300, 220)])
        mask = canvas.document.mask.copy()
        settings = InpaintSettings(mode=SendMode.ONLY_MASKED, feather=9, tone_match=True, margins=Margins(left=40))
        page.session.settings.set_value(settings)
        at.type(page.form.prompt.editor, "a bow tie")
        fields = page.form.draft.fields()
        number = await made(at)
        for command in ("image.reuse", "image.vary"):
            await at.on_canvas(photos / "coffee.png")
            page.session.settings.set_value(InpaintSettings())
            page.form.draft.set_fields({"prompt": "else"})
            at.window.go_to("gallery")
            at.window.commands.run(command, [number])
            await at.until(lambda: "Settings restored" in at.window.status.said.text())
            assert at.window._tab() == "inpaint"
            assert canvas.document.size == (451, 300)
            assert np.array_equal(canvas.document.mask, mask)
            assert page.session.settings.value == settings
            assert page.form.draft.fields() == fields
            at.window.say("")
        assert len(await at.pictures(1)) == 1


async def test_an_image_without_settings_offers_none(tmp_path: Path, theme: Theme, photos: Path) -> None:
    async with opened(tmp_path, theme) as at:
        at.window.go_to("gallery")
        report = await import_pictures(at.parts.library, [photos / "coffee.png"])
        (number,) = report.added
        gallery = at.window.gallery
        await at.until(lambda: gallery.model.summary_of(number) is not None)
        gallery.grid.choose(number)
        await at.until(lambda: gallery.details.chosen == [number])
        at.window.commands.show_menu([number], QPoint())
        await at.until(lambda: at.window.findChildren(ImageMenu))
        (menu,) = at.window.findChildren(ImageMenu)
        offered = {action.text() for action in menu.actions()}
        menu.close()
        assert "Open" in offered
        assert not {"Reuse settings", "Vary", "Show job log"} & offered
        assert not {"image.reuse", "image.vary"} & set(at.window.availability.usable())
        await at.until(lambda: "Lineage" in buttons(gallery.details))
        assert not {"Reuse settings", "Vary"} & buttons(gallery.details)
        at.window.commands.run("image.vary", [number])
        await at.until(lambda: at.window.status.said.text() == "This image was imported without settings.")


def buttons(widget: QWidget) -> set[str]:
    return {made.text() for made in widget.findChildren(QPushButton)}


async def test_what_an_imported_picture_cannot_bring_back_is_said(tmp_path: Path, theme: Theme) -> None:
    foreign = recipe(
        1,
        endpoint="deliberate_v2",
        request={"prompt": "a lamp", "negative_prompt": "blurred"},
        imported=Imported(sha256="0" * 64, name="a.png", program="AUTOMATIC1111", settings={"Sampler": "Euler a"}),
    )
    library = Library(tmp_path / "library")
    picture = await keep(library, foreign)
    library.close()
    async with opened(tmp_path, theme) as at:
        form = at.window.generate.form
        for command in ("image.reuse", "image.vary"):
            form.message.clear()
            at.window.commands.run(command, [picture.id])
            await at.until(lambda: form.message.text().endswith("negative prompt, sampler."))
            assert form.draft.fields()["prompt"] == "a lamp"
            assert "Settings restored" not in at.window.status.said.text()


async def test_style_and_model_can_be_used_alone(tmp_path: Path, theme: Theme) -> None:
    async with opened(tmp_path, theme) as at:
        window, draft = at.window, at.window.generate.draft
        styled = {
            "prompt": "a kettle",
            "style": "DESIGN",
            "color_palette": {"name": "JUNGLE"},
            "rendering_speed": "TURBO",
        }
        image = await keep(at.parts.library, recipe(1, endpoint=IDEOGRAM_V3.endpoint, request=styled))
        at.type(window.generate.form.prompt.editor, "my own words")
        window.commands.run("image.use style", [image.id])
        await at.until(lambda: "takes no style" in window.status.said.text())
        window.commands.run("image.use model", [image.id])
        await at.until(lambda: draft.model is IDEOGRAM_V3)
        assert (draft.prompt, draft.options["style"]) == ("my own words", "AUTO")
        draft.set_fields({"style_codes": ["01234567"]})
        window.commands.run("image.use style", [image.id])
        await at.until(lambda: draft.options["style"] == "DESIGN")
        assert draft.options["color_palette"] == {"name": "JUNGLE"}
        assert not draft.options["style_codes"]
        assert (draft.prompt, draft.options["rendering_speed"]) == ("my own words", "BALANCED")
        edited = await keep(at.parts.library, recipe(2, endpoint=IMAGINEART_20_EDIT.endpoint))
        window.commands.run("image.use model", [edited.id])
        await at.until(lambda: window._tab() == "edit")
        assert window.edit.draft.model is IMAGINEART_20_EDIT
        image = await keep(at.parts.library, recipe(3))
        plain = ImageSubject.from_details(await details_of(at, image.id))
        assert (plain.has_style, plain.has_model) == (False, True)
        assert draft.model is not IMAGINEART_20


async def details_of(at: Driver, number: int) -> PictureDetails:
    details = await at.parts.library.details(number)
    assert details is not None
    return details
