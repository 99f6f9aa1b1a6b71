"""References in Inpaint: shown where the model takes them, sent with the mask, restored with settings and drafts."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtWidgets import QToolButton

from imagineart_desktop.imaging import load_picture
from imagineart_desktop.models import (
    IDEOGRAM_45_EDIT,
    IDEOGRAM_V2_EDIT,
    FieldKind,
    FieldSpec,
    ModelSpec,
)
from imagineart_desktop.ui.compare.settings import compare_settings
from imagineart_desktop.ui.inpaint.page import InpaintPage
from imagineart_desktop.ui.theme import Theme
from imagineart_desktop.ui.widgets import SectionLabel
from tests.ui.lineage.test_lineage_window import lineage
from tests.ui.test_inpaint_loop import inpainting, looked_at
from tests.ui.window_driver import Driver, opened

NAMES = ("chelsea.png", "rocket.jpg", "astronaut.png")


async def add(at: Driver, page: InpaintPage, photos: Path, *names: str) -> None:
    before = len(page.references.list.items)
    at.drop(page.references.slots[before], [photos / name for name in names])
    await at.until(lambda: len(page.references.list.items) == before + len(names))


async def test_references_are_sent_with_the_mask_and_restored(tmp_path: Path, theme: Theme, photos: Path) -> None:
    async with inpainting(tmp_path, theme, photos / "coffee.png") as (at, page, _canvas):
        references = page.references
        assert not references.isVisible()
        page.draft.set_model(IDEOGRAM_45_EDIT)
        assert references.isVisible()
        assert references._heading._note.text() == "Up to 3"
        await add(at, page, photos, "chelsea.png", "rocket.jpg")
        assert references._heading._note.text() == "2 of 3"
        saved = references.list.state()
        number = await looked_at(at, page)
        details = await at.parts.library.details(number)
        assert details is not None
        roles = [parent.role for parent in details.recipe.parents]
        assert roles == ["picture", "pictures", "pictures", "mask"]
        assert [parent.sha256 for parent in details.recipe.parents[1:3]] == [one.sha256 for one in saved]
        assert len(details.recipe.request["reference_image_urls"]) == 2
        raw = await at.parts.library.raw_result_path(number)
        assert raw is not None
        # The rest of the image is untouched, whatever the references are.
        source, result = load_picture(photos / "coffee.png").pixels, load_picture(details.summary.path).pixels
        assert (source[:100] == result[:100]).all()
        assert {row.name: row.values for row in compare_settings([details])}["Made from"] == ("A, B, C",)
        references.clear()
        page.draft.set_model(IDEOGRAM_V2_EDIT)
        at.window.commands.run("image.reuse", [number])
        await at.until(lambda: "Settings restored" in at.window.status.said.text())
        assert references.list.state() == saved
        assert references.isVisible()
    async with opened(tmp_path, theme) as at:
        assert at.window.inpaint.references.list.state() == saved


async def test_what_made_an_inpainted_image_names_its_references(tmp_path: Path, theme: Theme, photos: Path) -> None:
    async with inpainting(tmp_path, theme, photos / "coffee.png") as (at, page, _canvas):
        page.draft.set_model(IDEOGRAM_45_EDIT)
        await add(at, page, photos, "chelsea.png")
        number = await looked_at(at, page)
        at.window.go_to("gallery")
        gallery = at.window.gallery
        await at.until(lambda: gallery.model.index_of(number).isValid())
        gallery.grid.choose(number)

        def tips() -> list[str]:
            return [button.toolTip() for button in gallery.details.findChildren(QToolButton)]

        await at.until(lambda: "A reference from outside the library" in tips())
        assert "An image from outside the library" in tips()
        graph = (await lineage(at, number)).graph
        assert sorted(edge.role for edge in graph.edges) == ["mask", "picture", "reference"]


async def test_more_references_than_fit_beside_a_mask_are_said_at_once(
    tmp_path: Path, theme: Theme, photos: Path
) -> None:
    async with inpainting(tmp_path, theme, photos / "coffee.png") as (at, page, _canvas):
        page.draft.set_model(_with_most(IDEOGRAM_45_EDIT, 4))
        await add(at, page, photos, *NAMES, "coffee.png")
        page.draft.set_model(IDEOGRAM_45_EDIT)
        assert page.references.message.text() == "Ideogram 4.5 Edit takes 3 references. Remove 1."
        at.click(page.form.go)
        await at.until(lambda: "takes 3 references with a mask; remove 1." in page.form.message.text())
        assert at.parts.worker.jobs() == []
        page.references.remove(0)
        assert page.references.message.text() == ""
        # A model without references sends none; they stay for the next that takes some.
        page.draft.set_model(IDEOGRAM_V2_EDIT)
        number = await looked_at(at, page)
        details = await at.parts.library.details(number)
        assert details is not None
        assert [parent.role for parent in details.recipe.parents] == ["picture", "mask"]
        assert len(page.references.list.items) == 3


async def test_a_quality_that_high_precision_refuses_is_said_at_the_field(
    tmp_path: Path, theme: Theme, photos: Path
) -> None:
    async with inpainting(tmp_path, theme, photos / "coffee.png") as (at, page, _canvas):
        page.draft.set_model(IDEOGRAM_45_EDIT)
        page.draft.set_fields({"quality": "very_low"})
        assert page.form._price.right.text() == "$0.008"
        page.draft.set_fields({"edit_precision": "high"})
        heading = page.form._controls["quality"].findChild(SectionLabel)
        assert heading is not None
        assert heading._note.text() == "Not with precision “High”"
        at.click(page.form.go)
        await at.until(lambda: "Quality “Very low” isn’t possible" in page.form.message.text())
        assert at.parts.worker.jobs() == []
        page.draft.set_fields({"edit_precision": "regular"})
        assert heading._note.text() == ""


def _with_most(model: ModelSpec, count: int) -> ModelSpec:
    """Return the model with another number of references beside a mask."""

    def changed(field: FieldSpec) -> FieldSpec:
        return field.model_copy(update={"max_with_mask": count}) if field.kind is FieldKind.PICTURES else field

    return model.model_copy(update={"fields": tuple(map(changed, model.fields)), "label": "Another"})
