"""Opening a large image: its rows appear while decoding, its progress is shown, and it can be canceled."""

from __future__ import annotations

import asyncio
from pathlib import Path
from threading import Event

import cv2
import numpy as np
import pytest
from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest

from imagineart_desktop.imaging import (
    FullImage,
    Margins,
    OnRows,
    PictureError,
    encode_grey_png,
    load_full_image,
    load_picture,
)
from imagineart_desktop.library import Library
from imagineart_desktop.support import ReportProgress
from imagineart_desktop.ui.inpaint import mask_commands
from imagineart_desktop.ui.theme import Theme
from imagineart_desktop.workspace.image_source import LoadedImage, not_opened
from imagineart_desktop.workspace.inpaint import history_controller, session, session_store
from imagineart_desktop.workspace.inpaint.result_versions import SOURCE_ID
from imagineart_desktop.workspace.mime import ImageSource
from tests.ui.test_inpaint_loop import inpainting, looked_at
from tests.ui.window_driver import colour_at, opened


class SlowDecoder:
    """Shows half of an image in one color, and waits there."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.may_end = Event()
        self.share = 0.5
        monkeypatch.setattr(session_store, "load_full_image", self)

    def __call__(
        self, source: Path | bytes, *, name: str | None, reach: ReportProgress | None, show_rows: OnRows | None
    ) -> FullImage:
        if reach is not None:
            rows = np.zeros((40, 60, 4), np.uint8)
            rows[:20] = (255, 0, 0, 255)
            reach(0.5)
            if show_rows is not None:
                show_rows(rows, (600, 400))
            while not self.may_end.wait(0.01):
                reach(self.share)
        return load_full_image(source, name=name)


async def test_the_rows_so_far_are_seen_and_cancelling_brings_back_what_was_there(
    tmp_path: Path, theme: Theme, photos: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def seen(x: float, y: float) -> str:
        return colour_at(canvas.grab().toImage(), canvas.viewport_state.to_widget(QPointF(x, y))).name()

    async with opened(tmp_path, theme, at_once=("inpaint",)) as at:
        page = at.window.inpaint
        at.window.go_to("inpaint")
        assert page._empty.isVisible()
        SlowDecoder(monkeypatch)
        at.drop(page._empty, [photos / "coffee.png"])
        await at.until(lambda: page.waiting.is_busy)
        # Nothing can be painted on yet, and nothing says that it could.
        assert not page._empty.isVisible()
        page.waiting.cancel()
        await at.until(page._empty.isVisible)
        monkeypatch.setattr(session_store, "load_full_image", load_full_image)
        canvas = await at.on_canvas(photos / "chelsea.png")
        before = page.stepping.picture
        decoder = SlowDecoder(monkeypatch)
        at.drop(canvas, [photos / "coffee.png"])
        await at.until(lambda: page.message.text() == "Opening… 30%" and seen(300, 100) == "#ff0000")
        assert seen(300, 300) != "#ff0000"
        at.drag(canvas, [(100, 100), (200, 200)])
        assert not canvas.document.mask.any()
        # Neither time nor another tab ends what says how far it is.
        assert not page.message.life.timer.isActive()
        at.window.go_to("generate")
        at.window.go_to("inpaint")
        decoder.share = 0.6
        await at.until(lambda: page.message.text() == "Opening… 36%")
        decoder.share = 0.5
        canvas.setFocus()
        QTest.keyClick(canvas, Qt.Key.Key_Escape)
        await at.until(lambda: not canvas.document.is_locked)
        assert page.stepping.picture is before
        assert canvas._pyramid is canvas.source
        assert page.message.text() == ""
        at.drop(canvas, [photos / "coffee.png"])
        await at.until(lambda: page.message.text() == "Opening… 30%")
        decoder.may_end.set()
        await at.until(lambda: page.stepping.picture is not before and not canvas.document.is_locked)
        assert canvas.pixels is not None
        assert np.array_equal(canvas.pixels, load_picture(photos / "coffee.png").pixels)
        at.drag(canvas, [(100, 100), (200, 200)])
        assert canvas.document.mask.any()


async def test_of_several_openings_the_last_one_counts_and_a_result_stays_in_sight(
    tmp_path: Path, theme: Theme, photos: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with inpainting(tmp_path, theme, photos / "chelsea.png") as (at, page, canvas):
        number = await looked_at(at, page)
        result = canvas._pyramid
        assert result is not canvas.source

        async def preview(decoder: SlowDecoder) -> None:
            decoder.may_end.clear()
            at.drop(canvas, [photos / "coffee.png"])
            await at.until(lambda: canvas.document.is_locked and page.message.text() == "Opening… 30%")

        decoder = SlowDecoder(monkeypatch)
        await preview(decoder)
        at.drag(canvas, [(100, 100), (200, 200)])
        page.waiting.cancel()
        await at.until(lambda: not canvas.document.is_locked)
        assert (canvas._pyramid, page.viewer.number, canvas.is_mask_visible) == (result, number, False)
        page.viewer.comparison.open([SOURCE_ID, number])
        await at.until(page.result_view.pane.isVisible)
        await preview(decoder)
        assert canvas.isVisible()
        page.waiting.cancel()
        await at.until(page.result_view.pane.isVisible)
        await preview(decoder)
        monkeypatch.setattr(session_store, "load_full_image", load_full_image)
        at.drop(canvas, [photos / "astronaut.png"])
        at.drop(canvas, [photos / "rocket.jpg"])
        await at.until(lambda: len(page.stepping.steps) == 2 and not canvas.document.is_locked)
        decoder.may_end.set()
        await at.until(lambda: not page.waiting.is_busy)
        labels = [step.label for step in page.stepping.steps]
        assert labels == ["chelsea.png", "rocket.jpg"]
        assert canvas._pyramid is canvas.source
        assert page.message.text() == ""


async def test_a_large_image_of_the_last_session_is_opened_in_sight_and_nothing_is_lost_by_cancelling(
    tmp_path: Path, theme: Theme, photos: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(session, "_LARGE_IMAGE_PIXELS", 1)
    async with opened(tmp_path, theme, at_once=("inpaint",)) as at:
        canvas = await at.on_canvas(photos / "coffee.png")
        at.drag(canvas, [(100, 100), (200, 200)])
        mask = canvas.document.mask.copy()
        at.window.inpaint.settings_panel.feather.setValue(20)
    assert mask.any()
    decoder = SlowDecoder(monkeypatch)
    # The window is there while the decoder is still held.
    async with opened(tmp_path, theme, at_once=("inpaint",)) as at:
        page = at.window.inpaint
        await at.until(lambda: page.message.text() == "Opening… 30%")
        at.type(page.form.prompt.editor, "a moka pot")
        assert page.settings_panel.feather.value() == 20
        page.settings_panel.feather.setValue(12)
        page.canvas.setFocus()
        QTest.keyClick(page.canvas, Qt.Key.Key_I, Qt.KeyboardModifier.ControlModifier)
        QTest.keyClick(page.canvas, Qt.Key.Key_Escape)
        await at.until(lambda: not page.waiting.is_busy)
        assert not page.has_picture
        (step,) = page.stepping.steps
        decoder.may_end.set()
        await page.stepping.return_to(step.id)
        assert np.array_equal(page.canvas.document.mask, mask)
        assert page.settings_panel.feather.value() == 12
    decoder.may_end.clear()
    # Closed while the image is still being opened.
    async with opened(tmp_path, theme, at_once=("inpaint",)) as at:
        page = at.window.inpaint
        await at.until(lambda: page.message.text() == "Opening… 30%")
        assert page.form.prompt.text() == "a moka pot"
        page.form.prompt.editor.setPlainText("a tea pot")
        page.settings_panel.feather.setValue(7)
    async with opened(tmp_path, theme, at_once=("inpaint",)) as at:
        page = at.window.inpaint
        await at.until(lambda: page.message.text() == "Opening… 30%")
        assert page.form.prompt.text() == "a tea pot"
        page.session.settings.set_margins(Margins(0, 0, 80, 0))
        decoder.may_end.set()
        await at.until(lambda: page.has_picture)
        assert np.array_equal(page.canvas.document.mask, mask)
        assert not page.canvas.document.undo_stack.canUndo()
        assert (page.settings_panel.feather.value(), page.session.settings.margins) == (7, Margins(0, 0, 80, 0))
        assert page.message.text() == ""


async def test_the_mask_on_an_image_of_the_last_session_that_cannot_be_opened_is_kept(
    tmp_path: Path, theme: Theme, photos: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def unreadable(*_arguments: object, **_settings: object) -> FullImage:
        raise PictureError("There is not enough memory to open this image.")

    async with opened(tmp_path, theme, at_once=("inpaint",)) as at:
        canvas = await at.on_canvas(photos / "coffee.png")
        at.drag(canvas, [(100, 100), (200, 200)])
        mask = canvas.document.mask.copy()
        picture = at.window.inpaint.stepping.picture
        assert picture is not None
        path = picture.kept.path
    away = path.rename(path.with_name("away"))
    for words in ("no longer in the library", "not enough memory"):
        with monkeypatch.context() as patched:
            if path.exists():
                patched.setattr(session_store, "load_full_image", unreadable)
            async with opened(tmp_path, theme, at_once=("inpaint",)) as at:
                page = at.window.inpaint
                await at.until(lambda words=words, page=page: words in page.message.text())  # type: ignore[misc]
                assert not page.has_picture
                step = next(iter(page.stepping.steps))
                patched.setattr(session_store, "load_full_image", load_full_image)
                await at.on_canvas(photos / "chelsea.png")
                if away.exists():
                    away.rename(path)
                await page.stepping.return_to(step.id)
                assert np.array_equal(page.canvas.document.mask, mask)


async def test_undo_back_to_a_large_image_says_so_and_can_be_cancelled(
    tmp_path: Path, theme: Theme, photos: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # An image that is not on the canvas is decoded again.
    monkeypatch.setattr(history_controller, "_MAX_DECODED_BYTES", 0)
    async with opened(tmp_path, theme, at_once=("inpaint",)) as at:
        page = at.window.inpaint
        canvas = await at.on_canvas(photos / "chelsea.png")
        await at.on_canvas(photos / "coffee.png")
        await at.until(lambda: not canvas.document.is_locked)
        coffee, stack, held = page.stepping.picture, canvas.document.undo_stack, canvas.document
        decoder = SlowDecoder(monkeypatch)
        held.undo()
        await at.until(lambda: page.message.text() == "Opening… 30%")
        held.undo()
        at.drag(canvas, [(100, 100), (200, 200)])
        canvas.setFocus()
        QTest.keyClick(canvas, Qt.Key.Key_Escape)
        await at.until(lambda: not held.is_locked)
        assert page.stepping.picture is coffee
        assert not held.mask.any()
        assert (stack.canUndo(), stack.canRedo()) == (True, False)
        decoder.may_end.set()
        held.undo()
        await at.until(lambda: not held.is_locked and held.size == (451, 300))
        assert (stack.canUndo(), stack.canRedo()) == (False, True)


async def test_undo_to_an_image_that_is_gone_leaves_history_image_and_mask_together(
    tmp_path: Path, theme: Theme, photos: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(history_controller, "_MAX_DECODED_BYTES", 0)
    async with opened(tmp_path, theme, at_once=("inpaint",)) as at:
        page = at.window.inpaint
        canvas = await at.on_canvas(photos / "chelsea.png")
        at.drag(canvas, [(100, 100), (200, 200)])
        await at.on_canvas(photos / "coffee.png")
        stack, held = canvas.document.undo_stack, canvas.document
        await at.until(lambda: not held.is_locked)
        coffee, sha256 = page.stepping.picture, next(iter(page.stepping.steps)).sha256
        for path in tmp_path.rglob(f"{sha256}*"):
            path.unlink()
        for _ in range(2):
            page.message.clear()
            held.undo()
            await at.until(lambda: "no longer in the library" in page.message.text())
            await at.until(lambda: not held.is_locked)
            assert page.stepping.picture is coffee
            assert (stack.undoText(), stack.canRedo()) == ("Open coffee.png", False)
        at.drag(canvas, [(100, 100), (300, 300)])
        assert held.mask.any()
        held.undo()
        assert not held.mask.any()
        assert held.size == (600, 400)


async def test_of_several_dropped_files_each_is_opened_or_named(
    tmp_path: Path, theme: Theme, photos: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "notes.png").write_text("no image")
    (tmp_path / "empty.png").touch()
    async with opened(tmp_path / "data", theme, at_once=("inpaint",)) as at:
        page = at.window.inpaint
        at.window.go_to("inpaint")
        files = [tmp_path / "notes.png", photos / "coffee.png", photos / "chelsea.png", tmp_path / "empty.png"]
        at.drop(page.canvas, files)
        await at.until(lambda: "notes.png" in page.message.text() and "empty.png" in page.message.text())
        roots = [step.label for step in page.stepping.steps if step.parent is None]
        assert roots == ["coffee.png", "chelsea.png"]
        assert page.stepping.picture is not None
        assert page.canvas.document.size == (451, 300)
        # Also where the next one is cancelled.
        page.message.clear()
        decoder = SlowDecoder(monkeypatch)

        def decode(
            source: Path | bytes, *, name: str | None, reach: ReportProgress | None, show_rows: OnRows | None
        ) -> object:
            if name == "notes.png":
                return load_full_image(source, name=name)
            return decoder(source, name=name, reach=reach, show_rows=show_rows)

        monkeypatch.setattr(session_store, "load_full_image", decode)
        at.drop(page.canvas, files[:2])
        await at.until(lambda: page.message.text() == "Opening… 30%")
        page.waiting.cancel()
        await at.until(lambda: "notes.png" in page.message.text())


def test_an_image_that_is_read_twice_tells_one_share(tmp_path: Path) -> None:
    file = tmp_path / "deep.png"
    cv2.imwrite(str(file), np.full((700, 900, 3), 30_000, np.uint16))
    shares: list[float] = []
    assert session_store.decode_image(file, reach=shares.append).deep is None
    assert shares == sorted(shares)
    assert 0.6 < shares[-1] < 1


async def test_dropped_files_that_are_not_opened_anymore_are_named(
    tmp_path: Path, theme: Theme, photos: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    names = ["coffee.png", "chelsea.png", "astronaut.png"]
    async with opened(tmp_path / "data", theme, at_once=("inpaint",)) as at:
        page = at.window.inpaint
        at.window.go_to("inpaint")
        decoder = SlowDecoder(monkeypatch)
        at.drop(page.canvas, [photos / name for name in names])
        await at.until(lambda: page.message.text() == "Opening… 30%")
        page.waiting.cancel()
        await at.until(lambda: page.message.text() == "“chelsea.png” and “astronaut.png” weren’t opened.")
        assert not page.stepping.steps
        # Also if another image is opened instead, once that is done.
        at.drop(page.canvas, [photos / name for name in names[:2]])
        await at.until(lambda: page.message.text() == "Opening… 30%")
        monkeypatch.setattr(session_store, "load_full_image", load_full_image)
        at.drop(page.canvas, [photos / "rocket.jpg"])
        decoder.may_end.set()
        await at.until(lambda: page.message.text() == "“chelsea.png” wasn’t opened.")
        assert [step.label for step in page.stepping.steps] == ["rocket.jpg"]


@pytest.mark.parametrize(
    ("sources", "sentence"),
    [
        ([ImageSource(picture_id=3)], "1 image wasn’t opened."),
        ([ImageSource(picture_id=3), ImageSource(picture_id=4)], "2 images weren’t opened."),
        ([ImageSource(url="https://x.org/a.png?b=1")], "“a.png” wasn’t opened."),
        (
            [ImageSource(path=Path(f"{number}.png")) for number in range(9)],
            "“0.png”, “1.png”, “2.png” and 6 others weren’t opened.",
        ),
    ],
)
async def test_what_was_not_opened_is_named_briefly(sources: list[ImageSource], sentence: str) -> None:
    assert not_opened(sources) == sentence


async def test_of_several_images_on_the_clipboard_it_is_said_which_one_is_the_mask(
    tmp_path: Path, theme: Theme, photos: Path
) -> None:
    async with opened(tmp_path / "data", theme, at_once=("inpaint",)) as at:
        canvas = await at.on_canvas(photos / "coffee.png")
        files = [tmp_path / "a.png", tmp_path / "b.png"]
        mask = np.zeros((400, 600), np.uint8)
        mask[50:100, 50:100] = 255
        for file in files:
            file.write_bytes(encode_grey_png(mask))
        mime = QMimeData()
        mime.setUrls([QUrl.fromLocalFile(str(file)) for file in files])
        QGuiApplication.clipboard().setMimeData(mime)
        at.window.window_actions["mask.paste"].trigger()
        message = at.window.inpaint.facts.message
        await at.until(lambda: message.text() == "The mask is the first of 2 images on the clipboard.")
        assert np.array_equal(canvas.document.mask, mask)
        QGuiApplication.clipboard().clear()


async def test_of_several_images_on_the_clipboard_none_is_said_to_be_the_mask_if_pasting_was_canceled(
    tmp_path: Path, theme: Theme, photos: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def never(_taken: ImageSource, _library: Library) -> LoadedImage:
        await asyncio.Event().wait()
        raise AssertionError

    monkeypatch.setattr(mask_commands, "load_image", never)
    async with opened(tmp_path / "data", theme, at_once=("inpaint",)) as at:
        canvas, page = await at.on_canvas(photos / "coffee.png"), at.window.inpaint
        sources = [ImageSource(path=photos / name) for name in ("chelsea.png", "coffee.png")]
        pasting = asyncio.ensure_future(page.masks._paste(sources))
        await at.until(lambda: canvas.document.is_locked)
        page.waiting.cancel()
        await pasting
        assert page.facts.message.text() == ""
        assert not canvas.document.mask.any()
