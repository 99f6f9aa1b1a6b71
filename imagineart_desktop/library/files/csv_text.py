"""CSV in which no cell is taken for a formula. All tables that the program writes are made here."""

from __future__ import annotations

import csv
import io
import re
import unicodedata
from collections.abc import Iterable, Sequence
from decimal import Decimal

Cell = str | Decimal | None

_FORMULA = re.compile(r"[=+\-@|%]")
"""Beginnings of formulas, of DDE calls, and of what spreadsheets complete to one."""


def csv_text(rows: Iterable[Sequence[Cell]]) -> str:
    """Return the rows as CSV. Numbers stay numbers; texts are made harmless by an apostrophe before them."""
    held = io.StringIO(newline="")
    # Texts stand in quotation marks, or a reader that takes another sign for the separator would split them.
    csv.writer(held, quoting=csv.QUOTE_NONNUMERIC).writerows([_cell(cell) for cell in row] for row in rows)
    return held.getvalue()


def _cell(cell: Cell) -> str | Decimal:
    if cell is None:
        return ""
    if isinstance(cell, Decimal):
        return cell
    # Half a surrogate cannot be written as UTF-8, and NUL ends a cell in many readers.
    text = cell.encode("utf-8", "replace").decode("utf-8").replace("\0", "")
    return f"'{text}" if _is_risky(text) else text


def _is_risky(text: str) -> bool:
    """Whether a spreadsheet may take the text for a formula.

    Spreadsheets trim what is invisible from the beginning, and some take full-width signs for plain ones.
    """
    plain = unicodedata.normalize("NFKC", text)
    visible = next((n for n, sign in enumerate(plain) if not _is_invisible(sign)), len(plain))
    invisible_first = bool(text) and _is_invisible(text[0])
    return invisible_first or _FORMULA.match(plain[visible:]) is not None


def _is_invisible(sign: str) -> bool:
    return sign.isspace() or unicodedata.category(sign)[0] in "CZ"
