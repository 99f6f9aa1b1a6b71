"""A message is stored without its text, is the same when it's read again, and is shown whatever became of it."""

from __future__ import annotations

import json
from string import Formatter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from imagineart_desktop.support import UserError
from imagineart_desktop.support.message_table import TABLE
from imagineart_desktop.support.messages import Message, Param

GENERAL = "This version of the program doesn’t know this message. Update it to see what happened."
_NUMBERS = frozenset({"bits", "count", "height", "mask_height", "mask_width", "megabytes", "megapixels"})
_NUMBERS |= {"sent_height", "sent_width", "status", "width"}
_MESSAGES = {
    "advice": Message("fal.advice.check_proxy"),
    "doing": Message("library.doing.open", folder="/home/ada"),
    "finding": Message("result.unchanged"),
    "label": Message("image.named", name=Message("image.result")),
    "problem": Message("library.problem.full"),
}
_LISTS: dict[str, tuple[str | int, ...]] = {"areas": (1, 3), "schemes": ("http", "https")}


def sample(code: str, count: int = 3) -> Message:
    """Return a message of the code with a value for everything in its sentence."""
    template = TABLE[code]
    fields = {name for _, name, _, _ in Formatter().parse(str(template if isinstance(template, str) else template[1]))}
    params: dict[str, Param] = {} if isinstance(template, str) else {"count": count}
    for name in sorted(filter(None, fields)):
        if name in _MESSAGES:
            params[name] = _MESSAGES[name]
        else:
            params[name] = count if name in _NUMBERS else _LISTS.get(name, f"some “{name}” {{of}} it")
    return Message(code, **params)


CODES = sorted(TABLE.keys() - {"text", "unreadable"})


@pytest.mark.parametrize("code", CODES)
def test_a_stored_message_is_the_same_and_has_no_text_of_its_sentence(code: str) -> None:
    message = sample(code)
    stored = message.to_text()
    assert Message.parse(stored) == message
    assert str(message) not in (stored, GENERAL)
    template = TABLE[code] if isinstance(TABLE[code], str) else TABLE[code][1]
    words = [text for text, *_ in Formatter().parse(str(template)) if any(map(str.isalpha, text))]
    assert all(text in str(message) for text in words)
    assert not any(text in json.loads(stored)["params"].values() or text in stored for text in words)


@pytest.mark.parametrize(
    "text", ["", "The disk is full.", "{", "{}", '{"detail": "x"}', '{"code":', "{0} {name}", "%s", "null"]
)
def test_a_sentence_of_an_earlier_version_is_shown_and_stored_as_it_is(text: str) -> None:
    message = Message.parse(text)
    assert str(message) == text
    assert message.to_text() == text


@given(st.text())
def test_any_plain_text_stays_what_it_is(text: str) -> None:
    for said in (text, f'{{"code":{text}', f'{{"code": "disk", "params": {{}}}}{text}'):
        assert str(Message.parse(Message.plain(said).to_text())) == said


@pytest.mark.parametrize(
    "stored",
    [
        '{"code": "from.tomorrow", "params": {}}',
        '{"code": "from.tomorrow", "params": {"host": "a", "more": {"code": "b", "params": {}}, "places": [1, "b"]}}',
        '{"code": "fal.timeout", "params": {"host": 1.5}}',
        '{"code": "fal.timeout", "params": {"host": null}, "since": 3}',
        '{"code": "fal.timeout", "params": {}}',
        '{"code": "library.doing.move", "params": {"count": "many"}}',
        '{"code": "fal.timeout", "params": {"host": true}}',
        '{"code": "result.in_areas", "params": {"areas": [[1]], "count": 1, "finding": "x"}}',
        '{"code": "fal.failed_status", "params": {"status": 99999999999999999999}}',
        '{"code": "fal.timeout", "params": {"ho',
        '{"code": "',
        '{"code": "x", "params": ' + "[" * 100_000,
        f'{{"code": "{"x" * 101}", "params": {{}}}}',
        '{"code": "x", "params": {"y": ' * 20 + "1" + "}}" * 20,
        '{"code": "result.in_areas", "params": {"finding": "x", "areas": [' + "1, " * 1000 + "1]}}",
    ],
)
def test_what_is_damaged_or_from_a_newer_version_gets_a_general_sentence_and_is_kept(stored: str) -> None:
    message = Message.parse(stored)
    assert str(message) == GENERAL
    assert message.to_text() == stored
    assert Message.parse(message.to_text()) == message


@pytest.mark.parametrize("text", ['{"code": "invalid", "message": "Bad size"}', '{"code": "a", "params": 3}'])
def test_what_the_service_said_to_an_earlier_version_is_shown_even_if_it_begins_like_a_message(text: str) -> None:
    message = Message.parse(text)
    assert str(message) == text
    assert Message.parse(message.to_text()) == message


def test_a_text_that_cannot_be_encoded_can_be_stored() -> None:
    message = Message.parse(r'{"code": "text", "params": {"text": "a \ud800"}}')
    assert message.to_text() == "a \ufffd"
    assert str(Message.parse(Message("fal.failed", text="\ud800").to_text())) == "The service failed: \ufffd"


def test_no_sentence_has_a_straight_apostrophe() -> None:
    assert not [template for template in TABLE.values() if "'" in "".join(template)]


def test_what_comes_from_elsewhere_is_not_taken_for_a_template() -> None:
    said = "{host} {0} {text.__class__} %s"
    assert str(Message("fal.failed", text=said)) == f"The service failed: {said}"
    assert str(Message("fal.unreachable", host=said)) == f"{said} cannot be reached."


def test_one_thing_and_several_have_their_own_sentence() -> None:
    assert str(Message("library.doing.move", count=1)) == "1 image cannot be moved"
    assert str(Message("library.doing.move", count=1200)) == "1,200 images cannot be moved"
    finding = Message("result.opaque")
    one = Message("result.in_areas", count=1, areas=(2,), finding=finding)
    assert str(one) == "Area 2: The transparent parts of the painted area are opaque now."
    some = Message("result.in_areas", count=3, areas=(1, 2, 4), finding=finding)
    assert str(some) == "Areas 1, 2, and 4: The transparent parts of the painted area are opaque now."


def test_texts_are_changed_wherever_they_are() -> None:
    message = Message("x", a="one", b=Message.plain("two"), c=("three", 4), d=5)
    assert message.with_texts(str.upper) == Message("x", a="ONE", b=Message.plain("TWO"), c=("THREE", 4), d=5)
    from_tomorrow = Message.parse('{"code": "x", "params": {"y": 1.5}}')
    assert from_tomorrow.with_texts(str.upper) == from_tomorrow


def test_an_error_says_its_sentence_and_carries_its_message() -> None:
    error = UserError(Message("fal.timeout", host="fal.run"))
    assert (str(error), error.message.code) == ("fal.run did not answer in time.", "fal.timeout")
    assert str(UserError("It is late.")) == "It is late."
