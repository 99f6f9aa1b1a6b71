"""Controls in which a value is typed: numbers without a narrow range, and JSON."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit, QPlainTextEdit, QSlider

from imagineart_desktop.models import (
    IMAGINEART_20,
    FieldKind,
    FieldSpec,
    MaskPolarity,
    ModelRegistry,
    Task,
    spec_from_json,
    spec_to_json,
)
from imagineart_desktop.models.field_spec import NO_LIMIT
from imagineart_desktop.models.openapi import propose, read_document
from imagineart_desktop.ui.forms.control import Control
from imagineart_desktop.ui.forms.controls import create_control
from imagineart_desktop.ui.forms.request_form import RequestForm
from imagineart_desktop.ui.theme import Theme
from imagineart_desktop.ui.widgets import SectionLabel
from imagineart_desktop.workspace.request_draft import RequestDraft
from tests.ui.window_driver import activate, child

DOCUMENTS = Path(__file__).parents[2] / "models" / "openapi" / "documents"


def control(kind: FieldKind, **facts: object) -> Control:
    made = create_control(FieldSpec.model_validate({"name": "x", "kind": kind, "label": "X", **facts}))
    assert made is not None
    return made


def test_a_narrow_range_has_a_slider_and_every_other_number_is_typed(theme: Theme) -> None:
    assert control(FieldKind.INTEGER, minimum=1, maximum=50, default=28).findChild(QSlider) is not None
    for facts in ({"maximum": 10**6, "default": 4}, {"default": 4}, {"minimum": 1, "maximum": 50}):
        assert control(FieldKind.INTEGER, **facts).findChild(QSlider) is None


def test_a_typed_number_counts_only_within_its_limits(theme: Theme) -> None:
    field = control(FieldKind.NUMBER, minimum=-10, maximum=10**6)
    edit = child(field, QLineEdit)
    activate(field)
    for typed, value in (("12.5", 12.5), ("12.5x", 7), ("", None), ("-11", 7), ("1e9", 7), ("nan", 7)):
        field.set_value(7)
        edit.clear()
        QTest.keyClicks(edit, typed)
        if not typed:
            QTest.keyClicks(edit, " ")
        assert field.value() == value, typed
        field.settle()
        assert edit.text() == ("" if value is None else f"{value:g}")


@pytest.mark.parametrize(
    ("limits", "note"),
    [
        ({"minimum": 0, "maximum": 2**31 - 1}, "0–2,147,483,647"),
        ({"minimum": -0.5, "maximum": 1}, "-0.5 to 1"),
        ({"minimum": -NO_LIMIT, "maximum": 20_000_000}, "up to 20,000,000"),
        ({"minimum": 8}, "8 or more"),
        ({"minimum": -NO_LIMIT}, ""),
    ],
)
def test_the_limits_of_a_typed_number_stand_beside_its_heading(
    theme: Theme, limits: dict[str, float], note: str
) -> None:
    assert child(control(FieldKind.NUMBER, **limits), SectionLabel)._note.text() == note


def test_a_whole_number_has_no_fraction(theme: Theme) -> None:
    field = control(FieldKind.INTEGER, default=7)
    edit = child(field, QLineEdit)
    edit.selectAll()
    QTest.keyClicks(edit, "2.5")
    assert field.value() == 7
    field.settle()
    assert edit.text() == "7"


def test_json_says_below_what_is_wrong_with_it(theme: Theme) -> None:
    loras = FieldSpec(name="loras", kind=FieldKind.JSON, label="LoRAs")
    spec = spec_from_json(spec_to_json(IMAGINEART_20.model_copy(update={"fields": (*IMAGINEART_20.fields, loras)})))
    form = RequestForm(RequestDraft(Task.GENERATE, ModelRegistry([spec])))
    field = form._controls["loras"]
    editor = child(field, QPlainTextEdit)
    editor.setPlainText('[{"path": }]')
    assert field.problem is not None
    assert field.problem.text() == "LoRAs: this isn’t JSON: Expecting value at line 1, column 11."
    assert field.value() == '[{"path": }]'
    editor.setPlainText("[]")
    assert (field.problem.text(), field.value()) == ("", "[]")
    editor.clear()
    assert (field.problem.text(), field.value()) == ("", None)


@pytest.mark.parametrize("file", sorted(DOCUMENTS.glob("*.json")), ids=lambda file: file.stem)
def test_a_form_shows_every_field_of_a_model_from_a_document(theme: Theme, file: Path) -> None:
    if file.stem == "kling_video":
        pytest.skip("makes no images")
    spec = propose(read_document(file.read_bytes())).spec(mask_polarity=MaskPolarity.PAINTED_WHITE)
    for task in spec.tasks:
        form = RequestForm(RequestDraft(Task(task), ModelRegistry([spec])))
        form.resize(328, 760)
        activate(form)
        assert form._price.right.text() in ("Unknown", "")
        assert form.prompt.isVisible() is spec.has_prompt
        assert form._controls.keys() == form.draft.options.keys()
        # What is shown is what is sent: the defaults.
        assert {name: control.value() for name, control in form._controls.items()} == dict(form.draft.options)
        form.draft.set_prompt("a cup")
        assert form.check(), [problem.message for problem in form.draft.problems()]
