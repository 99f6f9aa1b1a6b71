"""The main task in the real window: generate, edit, paint, inpaint, and find everything again."""

from __future__ import annotations

import asyncio
from pathlib import Path

import cv2
import numpy as np
import pytest
from PIL import Image
from PySide6.QtCore import QPointF, Qt
from PySide6.QtTest import QTest

from imagineart_desktop.demo import FAST_TIMING, SLOW, Timing
from imagineart_desktop.imaging import Brush, Stroke, load_picture, new_mask
from imagineart_desktop.jobs import JobState
from imagineart_desktop.library import Query
from imagineart_desktop.ui.theme import Theme
from tests.ui.window_driver import opened


async def test_generate_then_find_it_after_a_restart(tmp_path: Path, theme: Theme) -> None:
    async with opened(tmp_path, theme) as at:
        form = at.window.generate.form
        assert "Demo" in at.window.status.service.text()
        at.type(form.prompt.editor, "A red cabin by the sea")
        form.draft.set_fields({"resolution": "1K", "aspect_ratio": "3:2"})
        QTest.keyClick(form.prompt.editor, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
        (number,) = await at.pictures(1)
        await at.until(lambda: at.window.generate.results.current is not None)
        await at.until(lambda: at.window.panel.model.rowCount() == 1)
    async with opened(tmp_path, theme) as at:
        assert at.window.generate.form.prompt.text() == "A red cabin by the sea"
        at.window.go_to("gallery")
        await at.until(lambda: at.window.gallery.model.rowCount() == 1)
        at.window.gallery.show_picture(number)
        at.type(at.window.gallery.search, "cabin")
        await asyncio.sleep(0.2)
        assert at.window.gallery.model.rowCount() == 1
        at.type(at.window.gallery.search, "submarine")
        await at.until(lambda: at.window.gallery.model.rowCount() == 0)


async def test_several_pictures_hold_their_places_and_have_seeds_of_their_own(tmp_path: Path, theme: Theme) -> None:
    async with opened(tmp_path, theme) as at:
        form = at.window.generate.form
        at.type(form.prompt.editor, "hills")
        form.draft.set_fields({"resolution": "1K", "aspect_ratio": "4:1"})
        form.count.set_value(4)
        assert form.go.words() == "Generate 4 images"
        assert form._price.right.text() == "4 × $0.03 = $0.12"
        at.click(form.go)
        await at.until(lambda: len(at.window.generate.results._grid.tiles) == 4)
        numbers = await at.pictures(4)
        seeds = {(await at.parts.library.details(number)).recipe.seed for number in numbers}  # type: ignore[union-attr]
        assert len(seeds) == 4


async def test_edit_with_references_in_the_order_they_were_put(tmp_path: Path, theme: Theme, photos: Path) -> None:
    async with opened(tmp_path, theme, at_once=("edit",)) as at:
        at.window.go_to("edit")
        page = at.window.edit
        at.drop(page.references.slots[0], [photos / name for name in ("chelsea.png", "coffee.png", "rocket.jpg")])
        await at.until(lambda: len(page.references.list.sizes) == 3)
        page.references.slots[0].moved_here.emit(2)
        assert page.references.list.sizes == [(600, 400), (451, 300), (640, 427)]
        page.references.remove(2)
        at.type(page.form.prompt.editor, "side by side")
        assert page.form._price.right.text() == "$0.05 + 1 × $0.007 = $0.057"
        at.click(page.form.go)
        (number,) = await at.pictures(1)
        details = await at.parts.library.details(number)
        assert details is not None
        assert details.summary.size == (2048, 1365)
        assert [load_picture(p.path).size for p in details.parents if p.path] == [(600, 400), (451, 300)]
        await at.until(lambda: page.results.view.comparing)


@pytest.mark.parametrize("size", [(600, 400), (451, 300), pytest.param((2000, 1500), marks=pytest.mark.own_process)])
async def test_a_painted_stroke_is_sent_exactly_and_nothing_else_changes(
    tmp_path: Path, theme: Theme, photos: Path, size: tuple[int, int]
) -> None:
    source = np.asarray(cv2.resize(load_picture(photos / "coffee.png").pixels, size), np.uint8)
    Image.fromarray(source).save(tmp_path / "source.png")
    async with opened(tmp_path, theme, at_once=("inpaint",)) as at:
        canvas = await at.on_canvas(tmp_path / "source.png")
        brush = Brush(size=size[0] / 8, hardness=0.7)
        canvas.set_brush(brush)
        shares = [(0.3, 0.4), (0.5, 0.55), (0.62, 0.5), (0.45, 0.35)]
        path = at.drag(canvas, [(x * size[0], y * size[1]) for x, y in shares])
        expected = new_mask(size)
        stroke = Stroke(expected, brush)
        for point in path:
            place = canvas.viewport_state.to_image(QPointF(point))
            stroke.move_to(place.x(), place.y())
        assert np.array_equal(canvas.document.mask, expected)
        at.type(at.window.inpaint.form.prompt.editor, "a copper pot")
        at.click(at.window.inpaint.form.go)
        (number,) = await at.pictures(1)
        details = await at.parts.library.details(number)
        assert details is not None
        sent = {parent.role: np.asarray(Image.open(parent.path)) for parent in details.parents if parent.path}
        assert sent["mask"].shape == sent["picture"].shape[:2] == source.shape[:2]
        assert set(np.unique(sent["mask"])) == {0, 255}
        assert np.array_equal(sent["mask"] == 0, expected >= 128)
        result = load_picture(details.summary.path).pixels
        assert np.array_equal(result[expected < 128], source[expected < 128])
        assert not np.array_equal(result, source)
        await at.until(lambda: at.window.inpaint.results.current() == number)


async def test_quit_while_a_job_runs_then_its_picture_arrives(tmp_path: Path, theme: Theme) -> None:
    async with opened(tmp_path, theme, pace=Timing(queue=0.05, work=20)) as at:
        at.type(at.window.generate.form.prompt.editor, "a slow sunrise")
        at.window.generate.form.draft.set_fields({"resolution": "1K", "aspect_ratio": "4:1"})
        at.click(at.window.generate.form.go)
        await at.until(lambda: any(event.job.state is JobState.RUNNING for event in at.events))
        assert await at.parts.library.search(Query()) == []
    async with opened(tmp_path, theme, pace=FAST_TIMING) as at:
        await at.pictures(1)
        await at.until(lambda: at.window.panel.model.rowCount() == 1)


async def test_cancel_from_the_strip(tmp_path: Path, theme: Theme) -> None:
    async with opened(tmp_path, theme) as at:
        at.type(at.window.generate.form.prompt.editor, f"hills {SLOW}")
        at.click(at.window.generate.form.go)
        await at.until(lambda: any(event.job.state is JobState.RUNNING for event in at.events))
        (card,) = at.window.strip._cards.values()
        assert "Generating…" in card._line.text()
        QTest.keyClick(at.window, Qt.Key.Key_Period, Qt.KeyboardModifier.ControlModifier)
        await at.until(lambda: not at.window.strip._cards)
        assert at.events[-1].job.state is JobState.CANCELLED


async def test_favourite_trash_undo_and_reuse(tmp_path: Path, theme: Theme) -> None:
    async with opened(tmp_path, theme) as at:
        at.type(at.window.generate.form.prompt.editor, "a lighthouse")
        at.window.generate.form.draft.set_fields({"resolution": "1K", "aspect_ratio": "16:9"})
        at.click(at.window.generate.form.go)
        (number,) = await at.pictures(1)
        at.window.go_to("gallery")
        await at.until(lambda: at.window.gallery.model.rowCount() == 1)
        at.window.commands.run("image.favourite", [number])
        await at.until(lambda: "1" in at.window.gallery.side._counts["favourites"].property("count").text())
        at.window.commands.run("image.trash", [number])
        await at.until(lambda: at.window.gallery.model.rowCount() == 0)
        at.click(at.window.status.undo)
        await at.until(lambda: at.window.gallery.model.rowCount() == 1)
        at.type(at.window.generate.form.prompt.editor, "something else")
        at.window.generate.form.draft.set_fields({"aspect_ratio": "1:1"})
        at.window.commands.run("image.reuse", [number])
        await at.until(lambda: at.window.generate.form.prompt.text() == "a lighthouse")
        assert at.window.generate.form.draft.fields()["aspect_ratio"] == "16:9"
        assert at.window.generate.form.seed.value() is not None


async def test_reusing_an_inpainted_picture_brings_back_picture_and_mask(
    tmp_path: Path, theme: Theme, photos: Path
) -> None:
    async with opened(tmp_path, theme, at_once=("inpaint",)) as at:
        canvas = await at.on_canvas(photos / "chelsea.png")
        at.window.window_actions.tool("rectangle").trigger()
        at.drag(canvas, [(100, 80), (300, 220)])
        mask = canvas.document.mask.copy()
        at.type(at.window.inpaint.form.prompt.editor, "a bow tie")
        at.click(at.window.inpaint.form.go)
        (number,) = await at.pictures(1)
        await at.on_canvas(photos / "coffee.png")
        at.window.commands.run("image.reuse", [number])
        await at.until(lambda: np.array_equal(canvas.document.mask, mask))


async def test_the_painted_mask_and_the_references_are_back_after_a_restart(
    tmp_path: Path, theme: Theme, photos: Path
) -> None:
    async with opened(tmp_path, theme, at_once=("edit", "inpaint")) as at:
        at.window.edit.add([])
        at.drop(at.window.edit.references.slots[0], [photos / "rocket.jpg"])
        await at.until(lambda: len(at.window.edit.references.list.sizes) == 1)
        canvas = await at.on_canvas(photos / "coffee.png")
        at.drag(canvas, [(200, 200), (300, 200)])
        mask = canvas.document.mask.copy()
        await at.until(lambda: bool(list((tmp_path / "library").glob("inpaint-mask-*.png"))))
    async with opened(tmp_path, theme, at_once=("edit", "inpaint")) as at:
        assert at.window.edit.form.message.text() == ""
        assert at.window.edit.references.list.sizes == [(640, 427)]
        assert at.window.inpaint.message.text() == ""
        assert np.array_equal(at.window.inpaint.canvas.document.mask, mask)
