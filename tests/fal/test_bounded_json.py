"""Bounded JSON parsing: fast for any response, and everything in it that was paid for is kept."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from imagineart_desktop.fal import MAX_IMAGES, Output, bounded_json
from imagineart_desktop.fal.bounded_json import KEPT_AT_EACH_END, parse_json, parse_off_thread
from imagineart_desktop.fal.client import _result_text
from imagineart_desktop.fal.responses import Status

MANY = 40_000
URL = "https://v3.fal.media/files/%d.png"

PATIENT = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])

values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=5) | st.dictionaries(st.text(), inner, max_size=5),
    max_leaves=12,
)


@PATIENT
@given(st.dictionaries(st.text(), values, max_size=6), st.sampled_from([None, 2]), st.booleans())
def test_an_outline_of_little_is_all_of_it(value: dict[str, Any], indent: int | None, ascii_only: bool) -> None:
    text = json.dumps(value, indent=indent, ensure_ascii=ascii_only)
    assert bounded_json._outline(text) == json.loads(text)


@PATIENT
@given(st.text(alphabet='{}[]",:\\ a1', max_size=40))
def test_an_outline_of_nonsense_ends(text: str) -> None:
    try:
        bounded_json._outline(text)
    except ValueError:
        return


def test_of_a_long_result_the_first_images_and_the_seed_are_kept() -> None:
    images = ", ".join(f'{{"url": "{URL % number}", "note": "[\\"}}]"}}' for number in range(MANY))
    body = f'{{"images": [{images}], "timings": {{"a": [{"1," * 200_000} 1]}}, "seed": 7}}'.encode()
    raw = _result_text(body)
    output = Output.parse(raw)
    assert len(raw) < 200_000
    assert [file.url for file in output.images] == [URL % number for number in range(MAX_IMAGES)]
    assert output.shortened
    assert output.seed == 7


def test_a_result_of_ordinary_length_is_kept_as_it_came() -> None:
    body = b'{"images": [{"url": "data:image/png;base64,%s"}],  "seed": 1}' % (b"A" * 3_000_000)
    assert _result_text(body).encode() == body
    assert not Output.parse(_result_text(body)).shortened


def test_of_a_long_log_the_last_lines_are_kept() -> None:
    logs = ", ".join(f'{{"message": "{number}"}}' for number in range(MANY))
    status = Status.read(f'{{"status": "IN_PROGRESS", "logs": [{logs}], "queue_position": 3}}')
    assert status.status == "IN_PROGRESS"
    assert status.queue_position == 3
    assert status.logs[-1].message == str(MANY - 1)
    assert len(status.logs) <= KEPT_AT_EACH_END


def test_what_nobody_sees_is_left_out_of_the_service_s_texts() -> None:
    tag, zero_width, turned = "\\udb40\\udc41", "\\u200b", "\\u202e"
    text = f'{{"status": "IN_PROGRESS", "logs": [{{"message": "a{tag}b{zero_width}c{turned}d\\u0007"}}]}}'
    (entry,) = Status.read(text).logs
    assert entry.message == "abcd "


@pytest.mark.parametrize(
    "text",
    [
        "[" * 200_000,
        '{"a":' * 100_000,
        "[" + "1," * 200_000 + "1]",
        '{"a": [' + "1," * 200_000,
        '{"a": [' + "1," * 200_000 + "1}",
        '{"a": "' + "," * 200_000,
    ],
)
def test_what_is_no_answer_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r".+"):
        parse_json(text)


@pytest.mark.asyncio
async def test_a_long_answer_does_not_stop_the_loop() -> None:
    """With `json.loads` the loop would turn only once or twice, even in a thread."""
    images = ", ".join(f'{{"url": "{URL % number}"}}' for number in range(MANY))
    body = f'{{"images": [{images}]}}'.encode()
    turns = 0

    async def turn() -> None:
        nonlocal turns
        while True:
            turns += 1
            await asyncio.sleep(0.001)

    turning = asyncio.ensure_future(turn())
    await parse_off_thread(_result_text, body)
    turning.cancel()
    assert turns > 10
