"""The language in which pictures are asked for: `model:ideogram rating:>=3 after:2026-11-01 -tag:sketch cup`.

Whatever is typed is a question: what is not understood is said and left out, and never an error. Words are looked for
in prompt, model, tags, note, file name, seed and request id. `OR` between two parts asks for either.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import get_close_matches

from imagineart_desktop.library.search.search_fields import FIELDS
from imagineart_desktop.library.store.word_index import Condition, holds_words

_TOKEN = re.compile(r"""(?P<minus>-?)(?:(?P<field>[A-Za-z]+):)?(?:"(?P<quoted>[^"]*)"?|(?P<plain>[^\s"]+))""")
_LIKE_A_FIELD = re.compile(r"([A-Za-z]+):(?!//)\S")
_EITHER = "OR"

MOST_TERMS = 60
"""Parts of a question that are looked at."""

LONGEST = 4_000
"""Characters of a question that are looked at: SQLite refuses patterns that are too long."""


@dataclass(frozen=True, slots=True)
class Term:
    """One part of what was typed. field: empty for words; phrase: whether it stood in quotation marks."""

    field: str
    value: str
    wanted: bool = True
    phrase: bool = False

    def text(self) -> str:
        """As one would type it."""
        quoted = self.phrase or not self.value or bool(re.search(r"\s", self.value))
        value = f'"{self.value}"' if quoted else self.value
        return f"{'' if self.wanted else '-'}{self.field + ':' if self.field else ''}{value}"


@dataclass(frozen=True, slots=True)
class Asked:
    """conditions: all of them must hold; problems: sentences on what was left out."""

    conditions: tuple[Condition, ...]
    problems: tuple[str, ...] = ()


def terms_of(text: str) -> list[Term]:
    """What was typed, part by part."""
    found = []
    for match in _TOKEN.finditer(text):
        quoted = match["quoted"]
        value = match["plain"] if quoted is None else quoted
        field = (match["field"] or "").lower()
        if not field and value.endswith(":") and value[:-1].lower() in FIELDS and quoted is None:
            # The field is being typed; what it is to be is not there yet.
            continue
        if field and field not in FIELDS:
            # A colon may stand in any prompt: what no field is called is a word.
            field, value = "", f"{match['field']}:{value}"
        found.append(Term(field, value, not match["minus"], quoted is not None))
    return found


def text_of(terms: Sequence[Term]) -> str:
    """As one would type it; `terms_of` reads the same again."""
    return " ".join(term.text() for term in terms)


def with_field(text: str, field: str, value: str | None) -> str:
    """What was typed, asking of this field for this value alone; None: for nothing of it."""
    kept = [term for term in terms_of(text) if term.field != field]
    if value is not None:
        kept.append(Term(field, value))
    return text_of(kept)


def value_of(text: str, field: str) -> str | None:
    """What is asked of a field, where it is asked once and not excluded."""
    found = [term for term in terms_of(text) if term.field == field]
    return found[0].value if len(found) == 1 and found[0].wanted else None


def asked(text: str) -> Asked:
    """The conditions of what was typed."""
    terms = terms_of(text[:LONGEST])
    problems = [f"Only the first {MOST_TERMS} words are searched."] if len(terms) > MOST_TERMS else []
    alternatives: list[list[Condition]] = []
    either = False
    for term in terms[:MOST_TERMS]:
        if term == Term("", _EITHER):
            either = bool(alternatives)
            continue
        condition, problem = _condition(term)
        if problem:
            problems.append(problem)
        if condition is None:
            continue
        if either:
            alternatives[-1].append(condition)
        else:
            alternatives.append([condition])
        either = False
    return Asked(tuple(map(_any_of, alternatives)), tuple(problems))


def _any_of(conditions: list[Condition]) -> Condition:
    if len(conditions) == 1:
        return conditions[0]
    return " OR ".join(f"({sql})" for sql, _ in conditions).join("()"), [v for _, values in conditions for v in values]


def _condition(term: Term) -> tuple[Condition | None, str]:
    """What a term asks for, None for nothing; and a sentence on what was not understood, or an empty one."""
    problem = ""
    if term.field:
        field = FIELDS[term.field]
        condition = field.reads(term.value.strip())
        if condition is None:
            problem = f"“{term.text()}” isn’t understood. Try {field.examples[0]}."
    else:
        condition = holds_words(term.value, phrase=term.phrase)
        problem = "" if term.phrase else _no_field(term.value)
    if condition is None or term.wanted:
        return condition, problem
    sql, values = condition
    # What has no value at all is not what is left out, and SQL's NULL would be neither.
    return (f"NOT COALESCE(({sql}), 0)", values), problem


def _no_field(value: str) -> str:
    """A sentence where a word looks like a field that there is not."""
    match = _LIKE_A_FIELD.match(value)
    if match is None:
        return ""
    name = match[1]
    near = get_close_matches(name.lower(), FIELDS, 1)
    meant = f" Did you mean “{near[0]}:”?" if near else ""
    return f"There is no field “{name}”; searched as plain text.{meant}"
