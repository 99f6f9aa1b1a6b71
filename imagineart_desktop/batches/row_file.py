"""Reads the rows of a CSV or JSON Lines file, whatever somebody wrote there: bounded, each with its line."""

from __future__ import annotations

import codecs
import csv
import io
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from imagineart_desktop.batches.plan import MAX_ROWS
from imagineart_desktop.fal.bounded_json import has_too_many_values
from imagineart_desktop.support import UserError
from imagineart_desktop.support.json_types import JsonValue
from imagineart_desktop.support.wording import ellipsize

MAX_BYTES = 16 * 2**20
MAX_COLUMNS = 200
MAX_CELL = 131_072
"""Maximum length of a cell or of a line of JSON, in characters: the limit of Python's csv module."""

_JSON_ENDINGS = (".jsonl", ".ndjson", ".json")
_DELIMITERS = ",;\t"
_QUOTED = 40
_BROKEN = (
    "A quote isn’t closed, stands inside a cell without being doubled, or a cell is longer than"
    f" {MAX_CELL:,} characters. Correct it; the rows below weren’t read."
)


class RowFileError(UserError):
    """A file of rows can't be read at all. The message is a sentence for the user."""


@dataclass(frozen=True, slots=True)
class FileRow:
    """A row as it's written. line: where it begins, from 1. cells: column → value, without empty ones.

    problem: a sentence if it can't be read; it has no cells then.
    """

    line: int
    cells: Mapping[str, JsonValue]
    problem: str = ""


def read_row_file(path: Path) -> list[FileRow]:
    """Return the rows of a file: CSV, or JSON Lines if its name or its first character says so.

    Raises RowFileError, OSError.
    """
    with path.open("rb") as file:
        data = file.read(MAX_BYTES + 1)
    if len(data) > MAX_BYTES:
        raise RowFileError(f"“{path.name}” is larger than {MAX_BYTES // 2**20} MB. Split it into several files.")
    text = _decoded(data, path.name)
    is_json = path.suffix.lower() in _JSON_ENDINGS or text.lstrip().startswith("{")
    found: list[FileRow] = []
    for row in _json_rows(text) if is_json else _csv_rows(text, path.name):
        if len(found) >= MAX_ROWS:
            raise RowFileError(f"“{path.name}” has more than {MAX_ROWS:,} rows. Split it into several files.")
        found.append(row)
    if not found:
        raise RowFileError(f"“{path.name}” has no rows. Write one request per row, below the names of the fields.")
    return found


def _decoded(data: bytes, name: str) -> str:
    """Return the text of a file. Raises RowFileError."""
    wide = data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    try:
        return data.decode("utf-16" if wide else "utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise RowFileError(
            f"“{name}” isn’t UTF-8 or UTF-16 text, from line {line} on. Save it again as “CSV UTF-8”."
        ) from None


def _json_rows(text: str) -> Iterator[FileRow]:
    # Not `splitlines`: strings in JSON may contain other line separators.
    for number, line in enumerate(text.split("\n"), 1):
        if line.strip():
            yield _json_row(number, line.strip())


def _json_row(number: int, line: str) -> FileRow:
    if len(line) > MAX_CELL or has_too_many_values(line):
        return FileRow(number, {}, f"This line is longer than {MAX_CELL:,} characters. Shorten it.")
    try:
        value = json.loads(line, object_pairs_hook=_without_duplicates)
    except _DuplicateError as error:
        return FileRow(number, {}, f"“{ellipsize(str(error), _QUOTED)}” is there twice. Remove one of them.")
    except json.JSONDecodeError as error:
        return FileRow(number, {}, f"This isn’t JSON: {error.msg} at character {error.pos + 1}. Correct the line.")
    except (ValueError, RecursionError):
        return FileRow(number, {}, "This isn’t JSON that can be read. Correct the line.")
    if not isinstance(value, dict):
        return FileRow(number, {}, 'This isn’t a JSON object, such as {"prompt": "…"}. Correct the line.')
    return FileRow(number, {name: held for name, held in value.items() if held not in (None, "")})


class _DuplicateError(ValueError):
    """An object has a name twice."""


def _without_duplicates(pairs: Sequence[tuple[str, JsonValue]]) -> dict[str, JsonValue]:
    found: dict[str, JsonValue] = {}
    for name, value in pairs:
        if name in found:
            raise _DuplicateError(name)
        found[name] = value
    return found


def _csv_rows(text: str, name: str) -> Iterator[FileRow]:
    """Yield the rows below the header. Raises RowFileError."""
    lines = io.StringIO(text, newline="")
    delimiter, start = _delimiter(text)
    for _ in range(start):
        lines.readline()
    reader = csv.reader(lines, delimiter=delimiter, strict=True)
    try:
        header = [cell.strip() for cell in next(reader, [])]
    except csv.Error as error:
        raise RowFileError(f"“{name}”: the names of the fields in line {start + 1} can’t be read: {error}.") from None
    _check_header(header, name, start + 1)
    while True:
        line = start + reader.line_num + 1
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error:
            yield FileRow(line, {}, _BROKEN)
            return
        if any(cell.strip() for cell in cells):
            yield _csv_row(line, header, cells)


def _csv_row(line: int, header: Sequence[str], cells: Sequence[str]) -> FileRow:
    if any(cell.strip() for cell in cells[len(header) :]):
        sentence = f"This row has {len(cells)} cells, the header has {len(header)}. Put text with separators in quotes."
        return FileRow(line, {}, sentence)
    return FileRow(line, {name: cell for name, cell in zip(header, cells, strict=False) if name and cell.strip()})


def _delimiter(text: str) -> tuple[str, int]:
    """Return (what separates the cells, number of lines before the header). Excel may name it in the first line."""
    first = text.partition("\n")[0].strip()
    if first.lower().startswith("sep=") and first[4:] in (*_DELIMITERS, ""):
        return first[4:] or "\t", 1
    outside = first.split('"')[::2]
    return max(_DELIMITERS, key=lambda mark: sum(part.count(mark) for part in outside)), 0


def _check_header(header: Sequence[str], name: str, line: int) -> None:
    """Raise RowFileError if columns can't be told apart."""
    if len(header) > MAX_COLUMNS:
        raise RowFileError(f"“{name}” has {len(header)} columns; the limit is {MAX_COLUMNS}.")
    names = [cell.casefold() for cell in header if cell]
    if not names:
        raise RowFileError(f"“{name}” has no names of fields in line {line}. Write them above the rows.")
    if doubled := next((cell for cell in names if names.count(cell) > 1), None):
        raise RowFileError(f"“{name}” has two columns “{ellipsize(doubled, _QUOTED)}”. Rename or remove one of them.")
