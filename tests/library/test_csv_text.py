"""CSV tables for spreadsheets: no text in them is interpreted as a formula."""

from __future__ import annotations

import csv
import io
from dataclasses import fields
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from imagineart_desktop.library.files.csv_text import csv_text
from imagineart_desktop.library.store.spending import SpendingLine, as_csv


def read(text: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(text, newline="")))


@pytest.mark.parametrize(
    "formula",
    [
        "=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", " =1", "\u00a0=1", "\u200b=1", "\ufeff=1", "\u202e=1",
        "＝1", "＋1", "－1", "＠A1", "\u2028=1", "|calc", "%0A=1", "\r", " x", "\x00=1",
    ],
)  # fmt: skip
@pytest.mark.parametrize("field", ["model", "collections", "prompt", "request_id", "batch"])
def test_no_cell_of_the_spending_table_is_a_formula(formula: str, field: str) -> None:
    line = SpendingLine(
        date(2026, 11, 1),
        "Model",
        Decimal("0.05"),
        Decimal(-1),
        ("Spring",),
        "a cup",
        "request",
        False,
        Decimal("0.07"),
    )
    values = {one.name: getattr(line, one.name) for one in fields(line)}
    values[field] = (formula,) if field == "collections" else formula
    head, row = read(as_csv([SpendingLine(**values)]))
    assert len(head) == len(row) == 10
    assert row[3] == "-1"
    known = ("2026-11-01", "Model", "0.05", "-1", "0.07", "Spring", "request", "a cup", "image")
    changed = [cell for cell in row if cell not in known]
    assert changed[:1] == [f"'{formula}".replace("\x00", "")]


def test_a_reader_with_another_separator_splits_no_text() -> None:
    assert csv_text([["a", "Spring; =1+1", Decimal("0.5"), None]]) == '"a","Spring; =1+1",0.5,""\r\n'


@settings(max_examples=100, deadline=None)
@given(st.from_regex(r"[a-zA-Zéа-я一-龥😀][^\x00\r]{0,20}", fullmatch=True))
def test_harmless_texts_stay_as_they_are(text: str) -> None:
    assert read(csv_text([[text]])) == [[text]]


@settings(max_examples=100, deadline=None)
@given(st.lists(st.text(st.characters(), max_size=12), min_size=1, max_size=4))
def test_any_texts_can_be_written(texts: list[str]) -> None:
    csv_text([texts]).encode()
