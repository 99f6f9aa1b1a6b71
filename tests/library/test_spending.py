"""Spending by day, model, collection and batch."""

from __future__ import annotations

import csv
import io
import sqlite3
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import permutations
from pathlib import Path

import pytest

from imagineart_desktop.fal import ServiceKind
from imagineart_desktop.jobs import BatchRequest, Worker
from imagineart_desktop.library import Library, jobs_of_batch, record_batches
from imagineart_desktop.library.maintenance.backup import back_up
from imagineart_desktop.library.recovery import empty_trash
from imagineart_desktop.library.recovery.restore import restore_backup
from imagineart_desktop.library.store.batches import BatchRow
from imagineart_desktop.library.store.ledger import Payment, record_payment
from imagineart_desktop.library.store.spending import as_csv, by_batch, by_collection, by_day, by_model
from imagineart_desktop.models import IDEOGRAM_V2_EDIT, IMAGINEART_20, ModelRegistry
from imagineart_desktop.models.facts import ModelFacts
from tests.library.legacy_libraries import make_earlier
from tests.library.test_library import keep, recipe

pytestmark = pytest.mark.asyncio
NOON = datetime(2026, 11, 3, 12, tzinfo=UTC)


async def test_estimates_and_bills_are_summed_apart(tmp_path: Path) -> None:
    library = Library(tmp_path)
    await keep(library, recipe(1, created_at=NOON, billed_units="1"))
    await keep(library, recipe(2, created_at=NOON + timedelta(minutes=1), cost=Decimal("0.064"), billed_units="1.5"))
    await keep(library, recipe(3, '=HYPERLINK("x")', created_at=NOON + timedelta(days=2)))
    await keep(
        library,
        recipe(4, created_at=NOON + timedelta(minutes=2), endpoint=IDEOGRAM_V2_EDIT.endpoint, cost=Decimal("0.08")),
    )
    await keep(library, recipe(5, created_at=NOON + timedelta(minutes=3), demo=True))
    spring = await library.annotations.create_collection("Spring")
    await library.annotations.collect([1, 4], spring)
    await library.trash.put([2])
    spent = await library.spending()
    assert [(one.name, one.cost, one.pictures) for one in by_day(spent)] == [
        ("2026-11-03", Decimal("0.194"), 3),
        ("2026-11-05", Decimal("0.05"), 1),
    ]
    first, second = by_model(spent)
    assert (first.name, first.cost, first.billed, first.told) == (
        "ImagineArt 2.0 Preview",
        Decimal("0.164"),
        Decimal("2.5"),
        2,
    )
    assert (second.name, second.told) == ("Ideogram V2 Edit", 0)
    assert [(one.name, one.cost) for one in by_collection(spent)] == [
        ("Spring", Decimal("0.13")),
        ("in no collection", Decimal("0.114")),
    ]
    assert len(await library.spending(NOON + timedelta(days=1))) == 1
    rows = list(csv.reader(io.StringIO(as_csv(spent))))
    assert len(rows) == 5
    assert rows[1][:6] == ["2026-11-03", "ImagineArt 2.0 Preview", "0.05", "1", "", "Spring"]
    assert rows[4][7] == '\'=HYPERLINK("x")'
    library.close()


async def test_a_bill_is_the_units_times_their_price_on_that_day_beside_the_estimate(tmp_path: Path) -> None:
    facts = ModelFacts().with_unit_price(Decimal("0.05"), NOON.date())
    facts = facts.with_unit_price(Decimal("0.07"), (NOON + timedelta(days=2)).date())
    endpoint = recipe(1).endpoint
    library = Library(tmp_path, models=ModelRegistry(facts={endpoint: facts}))
    await keep(library, recipe(1, created_at=NOON, billed_units="1"))
    await keep(library, recipe(2, created_at=NOON + timedelta(days=1), billed_units="1.5"))
    await keep(library, recipe(3, created_at=NOON + timedelta(days=3), billed_units="1"))
    await keep(library, recipe(4, created_at=NOON + timedelta(days=3, minutes=1)))
    await keep(library, recipe(5, created_at=NOON + timedelta(minutes=1), billed_units="1", demo=True))
    await keep(
        library, recipe(6, created_at=NOON + timedelta(minutes=2), billed_units="1", endpoint=IDEOGRAM_V2_EDIT.endpoint)
    )
    await keep(
        library, recipe(7, created_at=NOON + timedelta(minutes=3), billed_units="1", cost=Decimal(0), request_id="r")
    )
    details = [await library.details(number) for number in range(1, 8)]
    assert [each.bill.sentence if each is not None and each.bill is not None else None for each in details] == [
        "$0.05 (1 unit × $0.05), as estimated",
        "$0.075 (1.5 units × $0.05), $0.025 more than estimated: fal.ai counted 1.5 units",
        "$0.07 (1 unit × $0.07), $0.02 more than estimated: a unit has another price",
        None,
        None,
        None,
        "$0.05 (1 unit × $0.05)",
    ]
    spent = await library.spending()
    (first, *_) = by_model(spent)
    assert (first.cost, first.bill, first.bills, first.pictures) == (Decimal("0.20"), Decimal("0.245"), 4, 5)
    rows = list(csv.reader(io.StringIO(as_csv(spent))))
    at = rows[0].index("billed US dollars")
    assert sorted(row[at] for row in rows[1:]) == ["", "", "0.05", "0.05", "0.07", "0.075"]
    library.close()


async def test_batches_of_the_same_name_are_summed_apart_and_their_names_are_no_formulas(tmp_path: Path) -> None:
    library = Library(tmp_path)
    name = "=1+1"
    batches = [BatchRow(f"batch-{number}", name, number, number) for number in range(2)]
    journal = library.files.batch_journal
    await keep(library, recipe(1, batch="batch-0"))
    await keep(library, recipe(2, batch="batch-0"))
    await keep(library, recipe(3, batch="batch-1"))
    await keep(library, recipe(4, cost=Decimal("0.01")))
    # Its row is lost.
    await keep(library, recipe(5, cost=Decimal("0.02"), batch="batch-2"))
    # What a job cost beyond its images belongs to the batch, too.
    beyond = Payment(recipe(3).job_id, 1, recipe(3).endpoint, 1, "0.03", failed=True)
    await library.database.write(lambda connection: record_payment(connection, beyond))
    await library.database.write(lambda connection: record_batches(connection, journal, batches))
    expected = [
        (name, Decimal("0.10"), 2),
        (name, Decimal("0.08"), 1),
        ("batch-2", Decimal("0.02"), 1),
        ("in no batch", Decimal("0.01"), 1),
    ]
    spent = await library.spending()
    assert [(one.name, one.cost, one.pictures) for one in by_batch(spent)] == expected
    rows = list(csv.reader(io.StringIO(as_csv(spent))))
    at = rows[0].index("batch")
    assert sorted(row[at] for row in rows[1:]) == ["", *["'=1+1"] * 4, "batch-2"]
    # The trash, and a database that is rebuilt from the files.
    await library.trash.put([1, 2])
    library.close()
    for path in tmp_path.glob("library.sqlite*"):
        path.unlink()
    library = Library(tmp_path)
    await library.start()
    # The payment was written without its journal.
    await library.database.write(lambda connection: record_payment(connection, beyond))
    assert [(one.name, one.cost, one.pictures) for one in by_batch(await library.spending())] == expected
    library.close()


async def test_a_failed_request_of_a_batch_counts_by_its_job(tmp_path: Path) -> None:
    library = Library(tmp_path)
    await library.start()
    worker = Worker(library)
    await worker.start()
    batch = await worker.batches.add("Kettles", [BatchRequest(IMAGINEART_20, {"prompt": "a kettle"})], ServiceKind.LIVE)
    await worker.stop()
    (job,) = await library.database.read(lambda connection: jobs_of_batch(connection, batch.id))
    failed = Payment(job.id, 0, IMAGINEART_20.endpoint, 1, "0.05", failed=True)
    await library.database.write(lambda connection: record_payment(connection, failed))
    assert [(one.name, one.cost, one.pictures) for one in by_batch(await library.spending())] == [
        ("Kettles", Decimal("0.05"), 0)
    ]
    library.close()


async def totals(library: Library) -> tuple[Decimal, list[tuple[str, Decimal]]]:
    spent = await library.spending()
    today = await library.spent_since(NOON - timedelta(days=9))
    assert today.amount == sum((line.cost for line in spent), Decimal(0))
    assert as_csv(spent).count("\n") == len(spent) + 1
    return today.amount, [(one.name, one.cost) for one in by_collection(spent)]


async def test_what_was_spent_stays_known_when_its_pictures_are_gone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(empty_trash, "send2trash", lambda path: path.unlink())
    library = Library(tmp_path / "here")
    await keep(library, recipe(1, created_at=NOON))
    await keep(library, recipe(2, created_at=NOON + timedelta(minutes=2)))
    await library.annotations.collect([1], await library.annotations.create_collection("Spring"))
    await back_up(library, tmp_path / "copy")
    await keep(library, recipe(3, created_at=NOON + timedelta(minutes=3)))
    before = await totals(library)
    assert before == (Decimal("0.15"), [("in no collection", Decimal("0.10")), ("Spring", Decimal("0.05"))])
    await library.trash.put([1, 3])
    await library.trash.empty()
    assert await totals(library) == before
    await restore_backup(library, tmp_path / "copy")
    assert (await totals(library))[0] == Decimal("0.15")
    library.close()
    for path in (tmp_path / "here").glob("library.sqlite*"):
        path.unlink()
    library = Library(tmp_path / "here")
    await library.start()
    assert (await totals(library))[0] == Decimal("0.15")
    library.close()


async def test_a_library_of_an_earlier_version_knows_what_was_spent(tmp_path: Path) -> None:
    library = Library(tmp_path)
    await keep(library, recipe(1, created_at=NOON, billed_units="1.5"))
    await keep(library, recipe(2, created_at=NOON + timedelta(minutes=2), demo=True))
    before = await library.spending()
    library.close()
    make_earlier(tmp_path / "library.sqlite", 6)
    library = Library(tmp_path)
    await library.start()
    assert await library.spending() == before
    library.close()


@pytest.mark.parametrize("odd", ["1e999", "-1e999", "NaN", "sNaN", "-5", "", "9" * 10_000, "Infinity"])
async def test_figures_that_an_earlier_version_kept_unread_do_not_spoil_the_sums(tmp_path: Path, odd: str) -> None:
    library = Library(tmp_path)
    await keep(library, recipe(1, created_at=NOON, billed_units="1"))
    await keep(library, recipe(2, created_at=NOON + timedelta(minutes=1), billed_units=odd))
    await library.database.write(
        lambda connection: connection.execute("UPDATE paid SET cost = ? WHERE billed = ?", (odd, odd)).rowcount
    )
    spent = await library.spending()
    (one,) = by_day(spent)
    assert (one.cost, one.pictures, one.billed, one.told) == (Decimal("0.05"), 2, Decimal(1), 1)
    assert len(list(csv.reader(io.StringIO(as_csv(spent))))) == 3
    library.close()


async def test_images_that_came_after_a_failure_cost_the_same_in_any_order(tmp_path: Path) -> None:
    """A rebuilt library reads the payments from images, rows and the journal, in whatever order it finds them."""
    whole = Payment("job", 0, IDEOGRAM_V2_EDIT.endpoint, 1, "0.24", "4", failed=True)
    rest = replace(whole, cost="0.06", billed="1")
    made = [replace(rest, position=position, failed=False) for position in (1, 2, 3)]
    library = Library(tmp_path)
    for payments in permutations((whole, rest, *made)):

        def pay(connection: sqlite3.Connection, payments: Sequence[Payment] = payments) -> None:
            connection.execute("DELETE FROM paid")
            for payment in payments:
                record_payment(connection, payment)

        await library.database.write(pay)
        spent = await library.spending()
        assert sum(line.cost for line in spent) == Decimal("0.24")
        assert [line.failed for line in spent].count(True) == 1
    library.close()
