"""Parser for the search language: `model:ideogram rating:>=3 after:2026-11-01 -tag:sketch cup`.

Any text is a valid query: parts that can't be parsed are reported and skipped, and parsing never fails. Words are
searched in prompt, model, tags, note, file name, seed and request id. `OR` between two parts matches either.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import get_close_matches

from imagineart_desktop.library.search.search_fields import FIELDS
from imagineart_desktop.library.store.word_index import Condition, match_words

_TOKEN = re.compile(r"""(?P<minus>-?)(?:(?P<field>[A-Za-z]+):)?(?:"(?P<quoted>[^"]*)"?|(?P<plain>[^\s"]+))""")
_LIKE_A_FIELD = re.compile(r"([A-Za-z]+):(?!//)\S")
_EITHER = "OR"

MAX_TERMS = 60
"""Maximum number of query terms evaluated."""

MAX_QUERY_LENGTH = 4_000
"""Maximum number of query characters evaluated: SQLite rejects patterns that are too long."""


@dataclass(frozen=True, slots=True)
class Term:
    """One part of a query. field: empty for plain words; phrase: whether it was quoted."""

    field: str
    value: str
    wanted: bool = True
    phrase: bool = False

    def text(self) -> str:
        """Return the term in query syntax."""
        quoted = self.phrase or not self.value or bool(re.search(r"\s", self.value))
        value = f'"{self.value}"' if quoted else self.value
        return f"{'' if self.wanted else '-'}{self.field + ':' if self.field else ''}{value}"


@dataclass(frozen=True, slots=True)
class ParsedQuery:
    """The parsed query. conditions: combined with AND; problems: sentences about parts that weren't understood.

    is_wider: whether any of these parts were left out. An unknown field isn't: it's searched as plain text.
    """

    conditions: tuple[Condition, ...]
    problems: tuple[str, ...] = ()
    is_wider: bool = False


def parse_terms(text: str) -> list[Term]:
    """Split a query into terms."""
    found = []
    for match in _TOKEN.finditer(text):
        quoted = match["quoted"]
        value = match["plain"] if quoted is None else quoted
        field = (match["field"] or "").lower()
        if not field and value.endswith(":") and value[:-1].lower() in FIELDS and quoted is None:
            # The field name is still being typed; it has no value yet.
            continue
        if field and field not in FIELDS:
            # A prompt may contain a colon, so an unknown field name is searched as a word.
            field, value = "", f"{match['field']}:{value}"
        found.append(Term(field, value, not match["minus"], quoted is not None))
    return found


def format_terms(terms: Sequence[Term]) -> str:
    """Return the terms in query syntax; `parse_terms` parses the result back to the same terms."""
    return " ".join(term.text() for term in terms)


def set_field(text: str, field: str, value: str | None) -> str:
    """Return the query with `value` as the only term for the field; None removes the field."""
    kept = [term for term in parse_terms(text) if term.field != field]
    if value is not None:
        kept.append(Term(field, value, phrase=FIELDS[field].exact is not None))
    return format_terms(kept)


def field_value(text: str, field: str) -> str | None:
    """Return the value given for a field if it occurs exactly once and isn't negated, else None."""
    found = [term for term in parse_terms(text) if term.field == field]
    return found[0].value if len(found) == 1 and found[0].wanted else None


def parse_query(text: str) -> ParsedQuery:
    """Parse a query into conditions."""
    terms = parse_terms(text[:MAX_QUERY_LENGTH])
    problems = [f"Only the first {MAX_TERMS} words are searched."] if len(terms) > MAX_TERMS else []
    alternatives: list[list[Condition]] = []
    is_wider = bool(problems)
    either = False
    for term in terms[:MAX_TERMS]:
        if term == Term("", _EITHER):
            either = bool(alternatives)
            continue
        condition, problem = _condition(term)
        if problem:
            problems.append(problem)
        if condition is None:
            is_wider = is_wider or bool(problem)
            continue
        if either:
            alternatives[-1].append(condition)
        else:
            alternatives.append([condition])
        either = False
    return ParsedQuery(tuple(map(_any_of, alternatives)), tuple(problems), is_wider)


def _any_of(conditions: list[Condition]) -> Condition:
    if len(conditions) == 1:
        return conditions[0]
    return " OR ".join(f"({sql})" for sql, _ in conditions).join("()"), [v for _, values in conditions for v in values]


def _condition(term: Term) -> tuple[Condition | None, str]:
    """Return (condition or None if the term has none, sentence about what wasn't understood or an empty string)."""
    problem = ""
    if term.field:
        field = FIELDS[term.field]
        parse = field.exact if term.phrase and field.exact is not None else field.parse
        condition = parse(term.value.strip())
        if condition is None:
            problem = f"“{term.text()}” isn’t understood. Try {field.examples[0]}."
    else:
        condition = match_words(term.value, phrase=term.phrase)
        problem = "" if term.phrase else _unknown_field_message(term.value)
    if condition is None or term.wanted:
        return condition, problem
    sql, values = condition
    # A row without a value isn't excluded, but without COALESCE its condition is NULL, which NOT leaves NULL.
    return (f"NOT COALESCE(({sql}), 0)", values), problem


def _unknown_field_message(value: str) -> str:
    """Return a message if the word looks like an unknown field, else an empty string."""
    match = _LIKE_A_FIELD.match(value)
    if match is None:
        return ""
    name = match[1]
    near = get_close_matches(name.lower(), FIELDS, 1)
    meant = f" Did you mean “{near[0]}:”?" if near else ""
    return f"There is no field “{name}”; searched as plain text.{meant}"
