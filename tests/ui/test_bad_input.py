"""Bad input gets a sentence beside the place that caused it; nothing is lost, nothing is sent."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel

from imagineart_desktop.demo import CONTENT_POLICY, FAST_TIMING, DemoServer
from imagineart_desktop.fal import Hosts, ServiceKind
from imagineart_desktop.imaging import encode_grey_png, encode_png, new_mask
from imagineart_desktop.jobs import JobState
from imagineart_desktop.ui.settings.account import AccountPanel
from imagineart_desktop.ui.settings.dialog import SettingsDialog
from imagineart_desktop.ui.theme import Theme
from imagineart_desktop.workspace.preferences import Preferences
from tests.fal.proxy_fixture import REAL, TOKEN, team_proxy
from tests.ui.window_driver import Driver, opened


async def test_an_empty_prompt_is_not_sent(tmp_path: Path, theme: Theme) -> None:
    async with opened(tmp_path, theme) as at:
        form = at.window.generate.form
        at.click(form.go)
        await at.until(lambda: form._problems["prompt"].text() == "Describe the image first.")
        assert at.events == []
        at.type(form.prompt.editor, "hills")
        assert form._problems["prompt"].text() == ""


async def test_an_empty_mask_is_not_sent(tmp_path: Path, theme: Theme, photos: Path) -> None:
    async with opened(tmp_path, theme, at_once=("inpaint",)) as at:
        await at.on_canvas(photos / "coffee.png")
        at.type(at.window.inpaint.form.prompt.editor, "a pot")
        at.click(at.window.inpaint.form.go)
        await at.until(lambda: at.window.inpaint.facts.message.text() == "Paint the area to change.")
        assert at.events == []


async def test_a_full_mask_is_not_sent_without_a_word(tmp_path: Path, theme: Theme, photos: Path) -> None:
    async with opened(tmp_path, theme, at_once=("inpaint",)) as at:
        await at.on_canvas(photos / "coffee.png")
        at.window.window_actions["mask.fill"].trigger()
        await at.until(lambda: at.window.inpaint.canvas.coverage.share == 1)
        at.type(at.window.inpaint.form.prompt.editor, "a pot")
        at.click(at.window.inpaint.form.go)
        await at.until(lambda: "The whole image is painted" in at.window.inpaint.facts.message.text())
        assert at.events == []


async def test_a_mask_of_another_size_changes_nothing(tmp_path: Path, theme: Theme, photos: Path) -> None:
    (tmp_path / "mask.png").write_bytes(encode_grey_png(new_mask((300, 200))))
    async with opened(tmp_path, theme, at_once=("inpaint",)) as at:
        canvas = await at.on_canvas(photos / "coffee.png")
        at.drag(canvas, [(100, 100), (200, 200)])
        before = canvas.document.mask.copy()
        await at.window.inpaint.masks.read_mask(tmp_path / "mask.png")
        assert at.window.inpaint.facts.message.text() == "The mask is 300 × 200, the image 600 × 400."
        assert np.array_equal(canvas.document.mask, before)


async def test_a_doubtful_mask_is_asked_about(tmp_path: Path, theme: Theme, photos: Path) -> None:
    mask = new_mask((600, 400))
    mask[:, 100:] = 255
    (tmp_path / "mask.png").write_bytes(encode_grey_png(mask))
    async with opened(tmp_path, theme, at_once=("inpaint",)) as at:
        canvas = await at.on_canvas(photos / "coffee.png")
        await at.window.inpaint.masks.read_mask(tmp_path / "mask.png")
        assert "Invert the mask?" in at.window.inpaint.facts.message.text()
        (invert,) = at.window.inpaint.facts.message._buttons
        at.click(invert)
        await at.until(lambda: np.array_equal(canvas.document.mask, 255 - mask))
        await at.window.inpaint.masks.write_mask(tmp_path / "saved.png")
        await at.window.inpaint.masks.read_mask(tmp_path / "saved.png")
        assert np.array_equal(canvas.document.mask, 255 - mask)


async def test_an_object_on_a_transparent_layer_is_read_as_painted_and_asked_about(
    tmp_path: Path, theme: Theme, photos: Path
) -> None:
    cut_out = np.random.default_rng(1).integers(0, 256, (400, 600, 4), dtype=np.uint8)
    cut_out[:, :, 3] = 0
    cut_out[100:200, 100:200, 3] = 255
    Image.fromarray(cut_out).save(tmp_path / "mask.png")
    async with opened(tmp_path, theme, at_once=("inpaint",)) as at:
        canvas = await at.on_canvas(photos / "coffee.png")
        await at.window.inpaint.masks.read_mask(tmp_path / "mask.png")
        assert np.array_equal(canvas.document.mask, cut_out[:, :, 3])
        message = at.window.inpaint.facts.message
        assert message.text().startswith("The opaque part of that image is painted.")
        (invert,) = message._buttons
        at.click(invert)
        await at.until(lambda: np.array_equal(canvas.document.mask, 255 - cut_out[:, :, 3]))
        assert at.window.inpaint.facts.losses == ()


async def test_what_an_image_loses_is_said_beside_the_mask_before_anything_is_sent(
    tmp_path: Path, theme: Theme, photos: Path
) -> None:
    Image.open(photos / "coffee.png").convert("RGB").convert("LAB").save(tmp_path / "lab.tif")
    async with opened(tmp_path, theme, at_once=("inpaint",)) as at:
        facts = at.window.inpaint.facts
        await at.on_canvas(tmp_path / "lab.tif")
        (loss,) = facts.losses
        assert "Lab colors" in loss
        facts.set_low(True)
        assert [label.text() for label in facts.findChildren(QLabel) if label.isVisible()].count(loss) == 1
        at.drop(at.window.inpaint.canvas, [photos / "coffee.png"])
        await at.until(lambda: not facts.losses)
        facts.set_low(False)
        assert "Kept pixel for pixel" in [label.text() for label in facts.findChildren(QLabel) if label.isVisible()]


async def test_a_fifth_reference_is_told_and_the_four_stay(tmp_path: Path, theme: Theme, photos: Path) -> None:
    async with opened(tmp_path, theme, at_once=("edit",)) as at:
        references = at.window.edit.references
        at.drop(references.slots[0], [photos / "chelsea.png"] * 5)
        await at.until(lambda: "You can use up to 4 references." in references.message.text())
        assert len(references.list.sizes) == 4


async def test_an_edit_without_references_is_not_sent(tmp_path: Path, theme: Theme) -> None:
    async with opened(tmp_path, theme, at_once=("edit",)) as at:
        at.window.go_to("edit")
        at.type(at.window.edit.form.prompt.editor, "blue")
        at.click(at.window.edit.form.go)
        await at.until(lambda: at.window.edit.references.message.text() == "Add at least one image to edit.")
        assert at.events == []


async def test_a_broken_picture_is_refused_and_what_is_there_stays(tmp_path: Path, theme: Theme, photos: Path) -> None:
    cases = {b"": "is empty", b"<svg/>": "is not an image", b"\x89PNG\r\n\x1a\n\0\0": "", b"%PDF-1.4": "is not a"}
    async with opened(tmp_path, theme, at_once=("edit", "inpaint")) as at:
        references, message = at.window.edit.references, at.window.inpaint.message
        canvas = await at.on_canvas(photos / "chelsea.png")
        at.drag(canvas, [(50, 50), (90, 90)])
        painted = canvas.document.mask.copy()
        assert painted.any()
        for number, (content, reason) in enumerate(cases.items()):
            broken = tmp_path / f"broken{number}.png"
            broken.write_bytes(content)
            references.clear()
            at.drop(references.slots[0], [photos / "chelsea.png", broken])
            await at.until(lambda: f"“broken{number}.png”" in references.message.text())  # noqa: B023 - at once
            assert reason in references.message.text()
            assert len(references.list.sizes) == 1
            at.drop(canvas, [broken])
            await at.until(lambda: f"“broken{number}.png”" in message.text())  # noqa: B023 - at once
            assert reason in message.text()
            assert canvas.document.size == (451, 300)
            assert np.array_equal(canvas.document.mask, painted)


async def test_an_address_inside_the_network_is_not_fetched(tmp_path: Path, theme: Theme) -> None:
    from imagineart_desktop.workspace.mime import ImageSource

    async with opened(tmp_path, theme, at_once=("edit",)) as at:
        at.window.edit.add([ImageSource(url="http://127.0.0.1:1/cat.png")])
        await at.until(lambda: "private network" in at.window.edit.references.message.text())


async def test_content_policy_is_told_and_the_settings_come_back(tmp_path: Path, theme: Theme) -> None:
    async with opened(tmp_path, theme) as at:
        form = at.window.generate.form
        at.type(form.prompt.editor, CONTENT_POLICY)
        at.click(form.go)
        assert await at.failure() == "Rejected by content policy."
        await at.until(lambda: bool(at.window.strip._cards))
        (card,) = at.window.strip._cards.values()
        assert "Rejected by content policy" in card._failure.text()
        at.type(form.prompt.editor, "other")
        at.click(card._edit)
        await at.until(lambda: form._problems["prompt"].text() == "Rejected by content policy.")
        assert form.prompt.text() == CONTENT_POLICY
        await at.until(lambda: not at.window.strip._cards)


async def go_live(at: Driver, key: str) -> AccountPanel:
    """Open the settings and use a key, as a user would."""
    at.window.dialogs.settings()
    (dialog,) = at.window.findChildren(SettingsDialog)
    panel = dialog.account
    panel.remember.setChecked(False)
    at.type(panel.key, key)
    QTest.keyClick(panel.key, Qt.Key.Key_Return)
    return panel


async def test_a_wrong_key_is_told_beside_the_field_and_the_right_one_turns_the_program_live(
    tmp_path: Path, theme: Theme
) -> None:
    with DemoServer(tmp_path / "fal", pace=FAST_TIMING) as fal:
        hosts = Hosts(fal.hosts.run, fal.hosts.queue, fal.hosts.rest, fal.hosts.cdn, fal.hosts.api)
        async with opened(tmp_path, theme, live_hosts=hosts) as at:
            panel = await go_live(at, "wrong:key")
            await at.until(lambda: "not accepted" in panel.message.text())
            assert panel.message.text() == (
                "The API key was not accepted. Copy all of it from fal.ai, or create a new one."
            )
            assert at.parts.account.kind is ServiceKind.DEMO
            at.type(panel.key, "no key at all")
            QTest.keyClick(panel.key, Qt.Key.Key_Return)
            await at.until(lambda: "Copy all of it" in panel.message.text())
            assert not any(place in panel.message.text() for place in ("Settings", "FAL_KEY"))
            at.type(panel.key, fal.key)
            QTest.keyClick(panel.key, Qt.Key.Key_Return)
            await at.until(lambda: at.parts.account.kind is ServiceKind.LIVE)
            await at.until(lambda: "works" in panel.message.text())
            assert panel.key.text() == ""
            assert at.window.top.service._word.text() == "Live"
            panel.window().close()
            at.type(at.window.generate.form.prompt.editor, "hills")
            at.window.generate.form.draft.set_fields({"resolution": "1K", "aspect_ratio": "4:1"})
            at.click(at.window.generate.form.go)
            (number,) = await at.pictures(1)
            await at.until(lambda: at.window.top.today.text() == "Today $0.03")
            details = await at.parts.library.details(number)
            assert details is not None
            assert not details.recipe.demo
    written = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert written
    assert not [path for path in written if fal.key.partition(":")[2].encode() in path.read_bytes()]


async def test_no_network_is_a_state_that_is_shown_and_the_job_waits(
    tmp_path: Path, theme: Theme, monkeypatch: pytest.MonkeyPatch
) -> None:
    nowhere = Hosts(*("http://127.0.0.1:9",) * 5, backups={})
    async with opened(tmp_path, theme, live_hosts=nowhere) as at:
        panel = await go_live(at, "id:secret")
        await at.until(lambda: "cannot be reached" in panel.message.text())
    monkeypatch.setenv("FAL_KEY", "id:secret")
    async with opened(tmp_path, theme, live_hosts=nowhere) as at:
        at.type(at.window.generate.form.prompt.editor, "hills")
        at.click(at.window.generate.form.go)
        await at.until(lambda: at.window.top.service._word.text() == "Offline")
        (job,) = at.parts.worker.jobs()
        assert job.state in (JobState.WAITING, JobState.UPLOADING, JobState.SUBMITTING)
        assert job.failure is None


async def test_a_teams_proxy_lets_the_program_in_and_is_there_after_a_restart(tmp_path: Path, theme: Theme) -> None:
    with DemoServer(tmp_path / "fal", pace=FAST_TIMING) as fal, team_proxy(fal) as (url, _):
        hosts = Hosts(REAL["run"], REAL["queue"], REAL["rest"], fal.hosts.cdn, "https://api.fal.ai")
        async with opened(tmp_path, theme, live_hosts=hosts) as at:
            at.window.dialogs.settings()
            (dialog,) = at.window.findChildren(SettingsDialog)
            panel = dialog.account
            at.click(panel.way.stops()[1])
            for address, token, words in (
                ("studio", "", "whole address"),
                ("http://127.0.0.1:9/api", "", "cannot be reached"),
                (url, "wrong", "refused access"),
                (url.replace("/api/fal/proxy", "/elsewhere"), "", "refused access"),
                (url, TOKEN, "The proxy works"),
            ):
                panel.message.clear()
                at.type(panel.address, address)
                panel.token.setText(token)
                at.click(panel._use_proxy)
                await at.until(lambda words=words: words in panel.message.text())  # type: ignore[misc]
            assert at.parts.account.kind is ServiceKind.LIVE
            assert panel.token.text() == ""
            dialog.close()
            at.type(at.window.generate.form.prompt.editor, "hills")
            at.window.generate.form.draft.set_fields({"resolution": "1K", "aspect_ratio": "4:1"})
            at.click(at.window.generate.form.go)
            await at.pictures(1)
        preferences = Preferences(tmp_path / "settings.ini")
        assert preferences.proxy == url
        assert TOKEN not in (tmp_path / "settings.ini").read_text()


async def test_what_the_service_refuses_is_told(tmp_path: Path, theme: Theme, photos: Path) -> None:
    async with opened(tmp_path, theme, at_once=("inpaint",)) as at:
        tiny = tmp_path / "picture.png"
        tiny.write_bytes(encode_png(np.zeros((30, 40, 3), np.uint8)))
        canvas = await at.on_canvas(tiny)
        at.window.window_actions.tool("rectangle").trigger()
        at.drag(canvas, [(5, 5), (20, 20)])
        at.type(at.window.inpaint.form.prompt.editor, f"x {CONTENT_POLICY}")
        at.click(at.window.inpaint.form.go)
        assert await at.failure() == "Rejected by content policy."
        mask = canvas.document.mask.copy()
        await at.on_canvas(photos / "coffee.png")
        await at.until(lambda: canvas.document.size == (600, 400))
        await at.until(lambda: bool(at.window.strip._cards))
        (card,) = at.window.strip._cards.values()
        at.click(card._edit)
        problem = at.window.inpaint.form._problems["prompt"]
        await at.until(lambda: problem.text() == "Rejected by content policy.")
        assert np.array_equal(canvas.document.mask, mask)


async def test_markup_in_prompts_and_logs_is_plain_text(tmp_path: Path, theme: Theme) -> None:
    async with opened(tmp_path, theme) as at:
        at.window.generate.form.draft.set_fields({"resolution": "1K", "aspect_ratio": "4:1"})
        at.type(at.window.generate.form.prompt.editor, "<b>bold</b><img src=x>")
        at.click(at.window.generate.form.go)
        await at.until(lambda: bool(at.window.strip._cards))
        (card,) = at.window.strip._cards.values()
        assert card._title.text() == "<b>bold</b><img src=x>"
        assert card._title.textFormat() == Qt.TextFormat.PlainText
        await at.pictures(1)
