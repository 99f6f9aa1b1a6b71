"""The strip shows a job whose model this version doesn't know, says what to do, and offers nothing that sends it."""

from __future__ import annotations

from pathlib import Path

from imagineart_desktop.jobs import JobState
from imagineart_desktop.ui.theme import Theme
from imagineart_desktop.workspace.job_texts import unavailable_words
from tests.jobs.test_older_database import unconnected
from tests.jobs.test_unavailable import ENDPOINT, change_rows, left_in
from tests.library.test_model_gone import GONE
from tests.ui.window_driver import opened

NOTICE = "This model isn’t available in this version. Update the program to continue; nothing is lost."


async def test_its_card_says_what_to_do_and_sends_nothing(tmp_path: Path, theme: Theme) -> None:
    left = await left_in(tmp_path, endpoint=ENDPOINT)
    async with opened(tmp_path, theme) as at:
        strip = at.window.strip
        (card,) = await at.cards(1)
        assert card._title.text() == left.prompt
        assert card._line.text() == f"{ENDPOINT} · Waiting"
        assert card._failure.text() == NOTICE
        assert (card._failure.isVisible(), card._bar.isVisible(), card._close.isVisible()) == (True, False, True)
        assert card.accessibleName() == f"{ENDPOINT}: Waiting. {NOTICE}"
        assert strip._summary.text() == "1 waiting"
        assert strip.counts() == (1, 0)
        strip.show_log_of(card.job)
        lines = strip.log.text.toPlainText().splitlines()
        assert (lines[0].endswith(ENDPOINT), lines[-1]) == (True, NOTICE)
    unconfirmed = {"error_type": "x", "error_message": "No answer.", "error_advice": "", "charged": "maybe"}
    change_rows(tmp_path, state="unconfirmed", **unconfirmed)
    async with opened(tmp_path, theme) as at:
        (card,) = await at.cards(1)
        assert card._look.isVisible()
        assert not card._again.isVisible()
        assert not card._unseen.isVisible()
        at.click(card._look)
        await at.until(lambda: card.job.failure is not None and card.job.failure.error_type == "not_listed")
        assert not card._again.isVisible()
        assert NOTICE in card._failure.toolTip()
    change_rows(tmp_path, state="failed")
    async with opened(tmp_path, theme) as at:
        (card,) = await at.cards(1)
        assert (card._edit.isVisible(), card._retry.isVisible(), card._fetch.isVisible()) == (True, False, False)
        form = at.window.generate.form
        at.click(card._edit)
        await at.until(lambda: form.prompt.text() == left.prompt and not at.window.strip._jobs)
        assert card.job.state is JobState.FAILED


async def test_a_job_of_a_model_that_is_gone_is_shown_as_it_was(tmp_path: Path, theme: Theme) -> None:
    failed = {"state": "failed", "error_type": "x", "error_message": "It failed.", "error_advice": "", "charged": "no"}
    async with unconnected(tmp_path / "library") as (_, library):
        spec = library.specs.keep(GONE)
    await left_in(tmp_path, endpoint=GONE.endpoint, spec=spec, **failed)
    async with opened(tmp_path, theme) as at:
        (card,) = await at.cards(1)
        assert card._line.text() == "Gone · Failed"
        assert card.accessibleName().startswith("Gone 1.0: Failed. It failed")
        assert (card._edit.isVisible(), card._retry.isVisible()) == (True, True)
        at.click(card._edit)
        await at.until(lambda: at.window.generate.form.draft.model == GONE and not at.window.strip._jobs)
    change_rows(tmp_path, dismissed=0)
    (tmp_path / "library" / "models" / f"{spec}.json").write_text("{}")
    async with opened(tmp_path, theme) as at:
        (card,) = await at.cards(1)
        assert card._line.text() == f"{GONE.endpoint} · Failed"
        assert not card._retry.isVisible()


async def test_a_request_of_a_known_model_that_cannot_be_read_says_so(tmp_path: Path) -> None:
    left = await left_in(tmp_path, request='{"prompt": "hills", "depth": 3}')
    async with unconnected(tmp_path / "library") as (worker, _):
        (job,) = worker.jobs()
        assert job.id == left.id
        assert unavailable_words(job).startswith("This version can’t read this request.")
