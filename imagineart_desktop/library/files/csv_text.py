"""CSV output safe from formula injection. Every table the program writes is created here."""

from __future__ import annotations

import csv
import io
import re
import unicodedata
from collections.abc import Iterable, Sequence
from decimal import Decimal

Cell = str | Decimal | None

_FORMULA = re.compile(r"[=+\-@|%]")
"""Characters that start a formula or a DDE call, or that spreadsheets complete to one."""


def csv_text(rows: Iterable[Sequence[Cell]]) -> str:
    """Return the rows as CSV. Numbers stay numbers; risky texts are prefixed with an apostrophe."""
    held = io.StringIO(newline="")
    # Quote all texts, or a reader that expects another separator would split them.
    csv.writer(held, quoting=csv.QUOTE_NONNUMERIC).writerows([_cell(cell) for cell in row] for row in rows)
    return held.getvalue()


def _cell(cell: Cell) -> str | Decimal:
    if cell is None:
        return ""
    if isinstance(cell, Decimal):
        return cell
    # A lone surrogate can't be encoded as UTF-8, and NUL ends a cell in many readers.
    text = cell.encode("utf-8", "replace").decode("utf-8").replace("\0", "")
    return f"'{text}" if _is_risky(text) else text


def _is_risky(text: str) -> bool:
    """Return whether a spreadsheet may interpret the text as a formula.

    Spreadsheets trim leading invisible characters, and some treat full-width characters as plain ones.
    """
    plain = unicodedata.normalize("NFKC", text)
    visible = next((n for n, sign in enumerate(plain) if not _is_invisible(sign)), len(plain))
    invisible_first = bool(text) and _is_invisible(text[0])
    return invisible_first or _FORMULA.match(plain[visible:]) is not None


def _is_invisible(sign: str) -> bool:
    return sign.isspace() or unicodedata.category(sign)[0] in "CZ"
