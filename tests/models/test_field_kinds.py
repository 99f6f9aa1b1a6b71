"""Every layer supports every kind of field; a table that lacks one can't be imported."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from imagineart_desktop.cli import request_arguments
from imagineart_desktop.models import FieldKind, FieldSpec, for_each_kind, input_reference, value_schemas
from imagineart_desktop.models.field_kinds import TRAITS, Argument, FieldTraits, Images
from imagineart_desktop.models.request import RequestSchema
from imagineart_desktop.ui.forms import controls

IMAGE = input_reference("ab" * 32)


def field(kind: FieldKind) -> FieldSpec:
    options, labels = ("1K", "2K"), {"render_3D": "3D render"}
    return FieldSpec(name="x", kind=kind, label="X", options=options, option_labels=labels, default="2K")


@pytest.mark.parametrize("table", [TRAITS, request_arguments._ADD_ARGUMENT, controls._CREATE])
def test_each_table_covers_every_kind(table: Mapping[FieldKind, object]) -> None:
    assert table.keys() == set(FieldKind)


def test_an_incomplete_table_names_what_it_lacks() -> None:
    with pytest.raises(LookupError, match="no entry for hidden, mask"):
        for_each_kind({kind: 1 for kind in FieldKind if kind not in (FieldKind.MASK, FieldKind.HIDDEN)})


def test_what_is_shown_of_a_value() -> None:
    shown = {kind: traits.text_of for kind, traits in TRAITS.items() if traits.text_of is not None}
    assert {kind: text_of(field(kind), "very_low") for kind, text_of in shown.items()} == dict.fromkeys(
        (FieldKind.RATIO, FieldKind.CHOICE, FieldKind.SWITCH, FieldKind.SIZE), "Very low"
    ) | dict.fromkeys((FieldKind.TEXT, FieldKind.NUMBER, FieldKind.CODES, FieldKind.PALETTE), "very_low")
    assert shown[FieldKind.CHOICE](field(FieldKind.CHOICE), "render_3D") == "3D render"
    switch = field(FieldKind.SWITCH)
    assert (shown[FieldKind.SWITCH](switch, True), shown[FieldKind.SWITCH](switch, False)) == ("Yes", "No")


def test_which_values_a_draft_may_hold() -> None:
    own, palette = {"width": 9, "height": 9}, {"name": "2K"}
    saved: tuple[object, ...] = (
        "2K",
        "8K",
        True,
        1,
        None,
        ["2K"],
        own,
        palette,
        {"name": "8K"},
        {"width": 9},
        [3],
        [[["2K"]]],
        [IMAGE],
        [],
    )
    accepted = {
        kind: [value for value in saved if RequestSchema([field(kind)]).accepts("x", value)]
        for kind, traits in TRAITS.items()
        if traits.draft_schema is not None
    }
    assert accepted == {
        FieldKind.RATIO: ["2K"],
        FieldKind.CHOICE: ["2K"],
        FieldKind.SWITCH: [True],
        FieldKind.TEXT: ["2K", "8K"],
        FieldKind.NUMBER: [1],
        FieldKind.CODES: [["2K"], [IMAGE], []],
        FieldKind.PALETTE: [palette],
        FieldKind.SIZE: ["2K", own],
        FieldKind.STYLE: [[IMAGE]],
    }


def test_a_kind_says_everything_that_it_means() -> None:
    with pytest.raises(TypeError, match="draft_schema"):
        FieldTraits(value_schemas.choice, Images.NONE, None, Argument.NONE)  # type: ignore[call-arg]


def test_a_draft_keeps_the_fields_that_have_a_control() -> None:
    kept = {kind for kind, traits in TRAITS.items() if traits.draft_schema is not None}
    assert kept == {kind for kind, create in controls._CREATE.items() if create is not None}


def test_images_are_known_by_their_kind() -> None:
    assert {kind: traits.images for kind, traits in TRAITS.items() if traits.images is not Images.NONE} == {
        FieldKind.PICTURE: Images.ONE,
        FieldKind.PICTURES: Images.SEVERAL,
        FieldKind.MASK: Images.ONE,
        FieldKind.STYLE: Images.SEVERAL,
    }
