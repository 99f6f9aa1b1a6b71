"""The results that were on screen when the last session ended are there again."""

from __future__ import annotations

from pathlib import Path

from imagineart_desktop.demo import Pace
from imagineart_desktop.ui.results.result_area import ResultArea
from imagineart_desktop.ui.theme import Theme
from tests.ui.driving import Driver, opened


async def ask_for(at: Driver, results: ResultArea, count: int) -> None:
    form = at.window.generate.form if results is at.window.generate.results else at.window.edit.form
    at.type(form.prompt.editor, "hills")
    form.set_fields({"resolution": "1K"})
    form.count.set_value(count)
    at.click(form.go)
    await at.until(lambda: len(results._grid.tiles) == count)


async def test_batch_and_open_image_are_back_once_their_tab_is_seen(tmp_path: Path, theme: Theme, photos: Path) -> None:
    async with opened(tmp_path, theme) as at:
        generate, edit = at.window.generate.results, at.window.edit.results
        await ask_for(at, generate, 3)
        await at.until(lambda: len(generate._grid.results) == 3)
        batch = generate._grid.results
        generate.open(batch[1])
        await at.until(lambda: generate.shown is not None)
        at.window.go_to("edit")
        at.drop(at.window.edit.references.slots[0], [photos / "coffee.png"])
        await at.until(lambda: at.window.edit.references.sizes)
        await ask_for(at, edit, 1)
        await at.until(lambda: edit.shown is not None)
        edited = edit._grid.results
    async with opened(tmp_path, theme) as at:
        generate, edit = at.window.generate.results, at.window.edit.results
        await at.until(lambda: edit.shown is not None)
        assert edit._grid.results == edited
        # Nothing is read for a tab that nobody has seen.
        assert generate._stack.currentWidget() is generate._blank
        assert generate.deferred_loupe.built is None
        at.window.go_to("generate")
        await at.until(lambda: generate.shown is not None)
        assert generate._grid.results == batch
        assert generate.shown is not None
        assert generate.shown.id == batch[1]
        assert generate.loupe.bar.place.text() == "2 of 3"
        assert {tile.accessibleName() for tile in generate._grid.shown} == {"ImagineArt 2.0 Preview: Done"}
        generate.close_loupe()
        await at.parts.library.trash([batch[0]])
        await at.until(lambda: generate._grid.results == batch[1:])
    async with opened(tmp_path, theme, pace=Pace(queue=600)) as at:
        generate = at.window.generate.results
        await at.until(lambda: generate._stack.currentWidget() is generate._grid)
        assert generate._grid.results == batch[1:]
        await ask_for(at, generate, 1)
        (job,) = generate._grid.tiles
    async with opened(tmp_path, theme) as at:
        generate = at.window.generate.results
        assert list(generate._grid.tiles) == [job]
        await at.until(lambda: generate.shown is not None)


async def test_what_is_sent_at_once_takes_the_place_of_the_last_session(tmp_path: Path, theme: Theme) -> None:
    async with opened(tmp_path, theme) as at:
        await ask_for(at, at.window.generate.results, 2)
        await at.until(lambda: len(at.window.generate.results._grid.results) == 2)
        at.window.go_to("gallery")
    async with opened(tmp_path, theme) as at:
        generate = at.window.generate.results
        assert generate.state()["places"]
        at.window.generate.submit()
        await at.until(lambda: len(generate._grid.results) == 2)
        assert list(generate.state()["places"]) == list(generate._grid.tiles)  # type: ignore[call-overload]
