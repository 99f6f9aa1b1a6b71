"""No text, however odd, makes a search or a change to the library fail."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from imagineart_desktop.library import Library, Query
from imagineart_desktop.library.search.query_parser import parse_query
from imagineart_desktop.library.search.search_fields import FIELDS
from tests.library.test_library import keep, recipe

_ANY = st.text(st.characters(), max_size=30)
"""Includes NUL, lone surrogates, and code points that Unicode hasn't assigned."""

_PIECES = st.one_of(
    _ANY,
    st.sampled_from([f"{name}:" for name in FIELDS]),
    st.sampled_from(
        ['"', "-", "OR", " ", "..", ">=", "*", "%", "\\", "NEAR(", "^", "\ud83c", "\udf88", "\0", "9" * 400]
    ),
)
_QUESTIONS = st.lists(_PIECES, max_size=12).map("".join)


def test_no_question_fails(tmp_path: Path) -> None:
    async def ask_all() -> None:
        library = Library(tmp_path)
        await keep(library, recipe(1))
        loop = asyncio.get_running_loop()

        @settings(max_examples=250, deadline=None, suppress_health_check=list(HealthCheck), database=None)
        @given(_QUESTIONS)
        def ask(text: str) -> None:
            parse_query(text)
            asyncio.run_coroutine_threadsafe(library.find(Query(text=text)), loop).result()

        await asyncio.to_thread(ask)
        library.close()

    asyncio.run(ask_all())


@pytest.mark.parametrize(
    "text",
    [
        "\ud83c", "a\udc00b", "\0", 'prompt:"\ud83c"', "file:" + "%_" * 60_000, ".".join("a" * 5_000), "note:😀\ud83d",
        '"' + "word " * 20_000, "size:²x³", "on:0001", "on:9999-12-31", "rating:" + "9" * 5_000, "seed:٣", "tag:\ud800",
        "collection:\udfff", "model:\ud800", "(" * 5_000, "a OR " * 5_000,
    ],
)  # fmt: skip
@pytest.mark.asyncio
async def test_odd_questions(text: str, tmp_path: Path) -> None:
    library = Library(tmp_path)
    await library.find(Query(text=text))
    library.close()


@pytest.mark.parametrize("text", ["half \ud83c", "\udc80 from a file's name", "nul \0", "\u2028\u202e", "\U0001fae8"])
@pytest.mark.asyncio
async def test_any_text_can_be_kept(text: str, tmp_path: Path) -> None:
    library = Library(tmp_path)
    kept = await keep(library, recipe(1))
    organise = library.annotations
    await organise.set_note(kept.id, text)
    await organise.tag([kept.id], [text])
    await organise.collect([kept.id], await organise.create_collection(f"a{text}"))
    await organise.save_search(f"a{text}", text)
    await library.prompts.remember(text)
    await library.save_draft(text, {"prompt": text})
    assert (await library.draft(text))["prompt"] == text
    details = await library.details(kept.id)
    assert details is not None
    assert details.marks.note == text.replace("\ud83c", "\ufffd").replace("\udc80", "\ufffd")
    await library.prompts.set_favorite(text, True)
    (used,) = await library.prompts.find(favorites=True)
    assert used.text.startswith(text[:3].replace("\udc80", "\ufffd"))
    library.close()
