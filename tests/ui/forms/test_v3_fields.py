"""The fields of Ideogram V3 in the form: palette, style codes, sizes, and fields that exclude each other."""

from __future__ import annotations

import json

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QColorDialog, QComboBox, QDoubleSpinBox, QLineEdit, QToolButton, QWidget

from imagineart_desktop.models import (
    IDEOGRAM_45,
    IDEOGRAM_45_EDIT,
    IDEOGRAM_V3,
    IDEOGRAM_V3_EDIT,
    ModelRegistry,
    ModelSpec,
    Task,
)
from imagineart_desktop.ui.forms.palette_control import ColorWell
from imagineart_desktop.ui.forms.request_form import RequestForm
from imagineart_desktop.ui.forms.size_control import SizeControl
from imagineart_desktop.ui.theme import Theme
from imagineart_desktop.ui.widgets import SectionLabel
from imagineart_desktop.workspace.draft_state import DraftState
from imagineart_desktop.workspace.request_draft import RequestDraft
from tests.ui.window_driver import activate, child, settle

CODES = ["12ab34CD", "00000000"]


def opened(model: ModelSpec = IDEOGRAM_V3, task: Task = Task.GENERATE) -> RequestForm:
    form = RequestForm(RequestDraft(task, ModelRegistry()))
    form.draft.set_model(model)
    form.prompt.set_text("a cup")
    form.resize(328, 900)
    activate(form)
    return form


def note(form: RequestForm, field: str) -> str:
    return child(form._controls[field], SectionLabel)._note.text()


def choose(form: RequestForm, field: str, text: str) -> None:
    box = child(form._controls[field], QComboBox)
    box.setCurrentIndex(box.findText(text))
    settle()


def sent(form: RequestForm) -> dict[str, object]:
    quote = form.draft.quote()
    return dict(quote.model.parse(quote.fields).to_wire({}))


def type_into(edit: QLineEdit, text: str) -> None:
    edit.setFocus()
    edit.selectAll()
    QTest.keyClick(edit, Qt.Key.Key_Backspace)
    QTest.keyClicks(edit, text)


def test_a_code_is_checked_while_it_is_typed(theme: Theme) -> None:
    form = opened()
    edit = child(form._controls["style_codes"], QLineEdit)
    problem, height = form._problems["style_codes"], form._fields.sizeHint().height()
    type_into(edit, "12ab34C")
    settle()
    assert problem.text() == "“12ab34C” has 7 of 8 hexadecimal digits."
    assert form._fields.sizeHint().height() == height
    QTest.keyClicks(edit, "x")
    assert problem.text() == "“x” isn’t a hexadecimal digit (0–9, A–F)."
    assert not form.check()
    assert problem.text() == "“x” isn’t a hexadecimal digit (0–9, A–F)."
    QTest.keyClick(edit, Qt.Key.Key_Backspace)
    QTest.keyClicks(edit, "D, 00000000")
    assert (problem.text(), form.draft.options["style_codes"]) == ("", CODES)
    assert sent(form)["style_codes"] == CODES
    type_into(edit, "")
    assert form.draft.options["style_codes"] is None
    assert edit.text() == ""


def test_what_excludes_a_field_disables_it_and_says_so_and_its_value_stays(theme: Theme) -> None:
    form = opened()
    style, codes = form._controls["style"], form._controls["style_codes"]
    choose(form, "style", "Design")
    assert (style.isEnabled(), codes.isEnabled()) == (True, False)
    assert (note(form, "style"), note(form, "style_codes")) == ("", "Not used with style")
    assert codes.toolTip() == "Not used with style"
    choose(form, "style", "Auto")
    assert codes.isEnabled()
    assert note(form, "style_codes") == ""
    form.draft.set_fields({"style": "DESIGN", "style_codes": CODES})
    assert (style.isEnabled(), codes.isEnabled()) == (False, True)
    assert note(form, "style") == "Not used with style codes"
    assert (style.value(), form.draft.options["style"]) == ("DESIGN", "DESIGN")
    assert "style" not in sent(form)
    type_into(child(codes, QLineEdit), "")
    assert style.isEnabled()
    assert sent(form)["style"] == "DESIGN"


def test_an_excluded_field_is_nobodys_problem(theme: Theme) -> None:
    form = opened()
    form.draft.set_fields({"style_codes": ["x"]})
    assert not form.check()
    form.draft.set_fields({"style_codes": None})
    choose(form, "style", "Design")
    assert form.check()


def test_a_palette_is_a_preset_or_colors_with_weights(theme: Theme) -> None:
    form = opened()
    control = form._controls["color_palette"]
    assert "color_palette" not in sent(form)
    choose(form, "color_palette", "Ultramarine")
    assert sent(form)["color_palette"] == {"name": "ULTRAMARINE"}
    choose(form, "color_palette", "Custom")
    assert len(control.findChildren(ColorWell)) == 2
    first, _ = control.findChildren(QDoubleSpinBox)
    first.setFocus()
    first.selectAll()
    QTest.keyClicks(first, "0.8")
    QTest.mouseClick(child(control, ColorWell), Qt.MouseButton.LeftButton)
    child(control, QColorDialog).colorSelected.emit(QColor(1, 2, 3))
    settle()
    QTest.mouseClick(control._add, Qt.MouseButton.LeftButton)  # type: ignore[attr-defined]
    settle()
    assert len(control.findChildren(ColorWell)) == 3
    members = sent(form)["color_palette"]["members"]  # type: ignore[index]
    assert members[0] == {"rgb": {"r": 1, "g": 2, "b": 3}, "color_weight": 0.8}
    assert [color["color_weight"] for color in members] == [0.8, 0.5, 0.5]
    choose(form, "color_palette", "None")
    assert not control.findChildren(ColorWell)
    choose(form, "color_palette", "Custom")
    assert sent(form)["color_palette"] == {"members": members}


def test_the_last_color_of_a_palette_stays_and_no_more_than_the_service_takes_are_added(theme: Theme) -> None:
    form = opened()
    control = form._controls["color_palette"]
    choose(form, "color_palette", "Custom")
    add: QToolButton = control._add  # type: ignore[attr-defined]
    for _ in range(20):
        QTest.mouseClick(add, Qt.MouseButton.LeftButton)
        settle()
    assert (len(control.findChildren(ColorWell)), add.isEnabled()) == (16, False)
    for _ in range(20):
        QTest.mouseClick(control._entries[0].remove, Qt.MouseButton.LeftButton)  # type: ignore[attr-defined]
        settle()
    assert (len(control.findChildren(ColorWell)), add.isEnabled()) == (1, True)
    assert form.check()


def test_a_weight_out_of_range_cannot_be_set(theme: Theme) -> None:
    form = opened()
    choose(form, "color_palette", "Custom")
    weight = child(form._controls["color_palette"], QDoubleSpinBox)
    sent_weights = []
    for typed in ("7", "0", "1", "0.05"):
        weight.setFocus()
        weight.selectAll()
        QTest.keyClicks(weight, typed)
        form.submit()
        form.allow_next()
        sent_weights.append((weight.value(), sent(form)["color_palette"]["members"][0]["color_weight"]))  # type: ignore[index]
    assert sent_weights == [(0.5, 0.5), (0.5, 0.5), (1.0, 1.0), (0.05, 0.05)]


def test_the_pixels_of_a_preset_are_shown_and_typing_others_makes_a_size_of_ones_own(theme: Theme) -> None:
    form = opened()
    control, problem = form._controls["image_size"], form._problems["image_size"]
    box, (width, height) = child(control, QComboBox), control._edges  # type: ignore[attr-defined]
    assert note(form, "image_size") == "512–1,536 px"
    choose(form, "image_size", "Portrait 9:16")
    assert (width.text(), height.text()) == ("576", "1024")
    type_into(width, "80")
    assert (box.currentText(), problem.text()) == ("Custom", "Width must be 512–1,536 px.")
    assert not form.check()
    assert form.draft.output_size() is None
    QTest.keyClicks(width, "0")
    assert (problem.text(), sent(form)["image_size"]) == ("", {"width": 800, "height": 1024})
    assert form.draft.output_size() == (800, 1024)
    type_into(height, "")
    assert problem.text() == "Height must be 512–1,536 px."
    assert height.text() == ""
    choose(form, "image_size", "Square, large")
    assert (width.text(), height.text(), problem.text()) == ("1024", "1024", "")
    choose(form, "image_size", "Custom")
    assert sent(form)["image_size"] == {"width": 1024, "height": 1024}


def test_the_pixels_of_a_preset_stay_while_another_field_is_wrong(theme: Theme) -> None:
    form = opened()
    edges = form._controls["image_size"].findChildren(QLineEdit)
    type_into(child(form._controls["style_codes"], QLineEdit), "zz")
    settle()
    assert not form.check()
    assert [edge.text() for edge in edges] == ["1024", "1024"]


def test_the_price_follows_the_speed_while_a_field_is_wrong(theme: Theme) -> None:
    form = opened()
    form.draft.set_fields({"style_codes": ["x"], "image_size": {"width": 1, "height": 1}})
    form.draft.set_fields({"rendering_speed": "QUALITY"})
    assert form._price.right.text() == "$0.09"
    assert not form.check()


def test_a_draft_with_all_fields_comes_back_and_goes_through_other_models(theme: Theme) -> None:
    form = opened()
    fields = {
        "color_palette": {"members": [{"rgb": {"r": 1, "g": 2, "b": 3}, "color_weight": 0.333}]},
        "style_codes": ["12ab34CD", "zz"],
        "image_size": {"width": 800, "height": 3},
        "style": "DESIGN",
    }
    form.draft.set_fields(fields)
    state = json.loads(json.dumps(form.draft.state().to_json()))
    again = opened()
    again.draft.restore(DraftState.model_validate(state))
    assert again.draft.state() == form.draft.state()
    assert again._problems["style_codes"].text() == "“z” isn’t a hexadecimal digit (0–9, A–F)."
    assert again._problems["image_size"].text() == "Height must be 512–1,536 px."
    again.draft.set_model(IDEOGRAM_45)
    assert again.draft.options["image_size"] == "square_hd"
    again.draft.set_model(IDEOGRAM_V3)
    kept = ("color_palette", "style_codes", "style")
    assert {name: again.draft.options[name] for name in kept} == {name: fields[name] for name in kept}


def test_a_draft_of_an_earlier_version_and_one_with_values_of_a_later_one_open(theme: Theme) -> None:
    form = opened()
    stored = {"prompt": "hills", "style": "DESIGN", "image_size": "square", "style_preset": None}
    later = {"color_palette": {"name": "NEW"}, "style_codes": [["12ab34CD"]], "seed": 3}
    form.draft.restore(DraftState.model_validate({"model": IDEOGRAM_V3.endpoint, "fields": stored | later}))
    assert {name: form.draft.fields()[name] for name in stored} == stored
    assert (form.draft.options["color_palette"], form.draft.options["style_codes"]) == (None, None)
    assert form.check()


def test_the_tab_key_reaches_each_color(theme: Theme) -> None:
    form = opened()
    choose(form, "color_palette", "Custom")
    box: QWidget = child(form._controls["color_palette"], QComboBox)
    box.setFocus()
    names = []
    for _ in range(8):
        QTest.keyClick(box.window().focusWidget() or box, Qt.Key.Key_Tab)
        focused = form.focusWidget()
        names.append(focused.accessibleName() if focused is not None else "")
    assert names == [
        "Color 1: #D66034",
        "Weight of color 1",
        "Remove color 1",
        "Color 2: #26547C",
        "Weight of color 2",
        "Remove color 2",
        "Add color",
        "Style",
    ]


def test_a_size_from_a_list_is_chosen_instead_of_typed(theme: Theme) -> None:
    field = IDEOGRAM_45.fields_by_name["image_size"]
    control = SizeControl(field)
    control.set_value({"width": 2560, "height": 1440})
    assert control.value() == {"width": 2560, "height": 1440}
    box, width, height = control._box, *control._edges
    assert (box.currentText(), width.text(), height.text()) == ("2560 × 1440", "2560", "1440")
    assert width.isReadOnly()
    assert box.findText("Custom") == -1
    control.set_value({"width": 640, "height": 512})
    assert control.value() == {"width": 2560, "height": 1440}
    box.setCurrentIndex(box.findText("720 × 1280"))
    assert control.value() == {"width": 720, "height": 1280}
    control.set_value("square_hd")
    assert control.value() == "square_hd"


def test_an_edit_may_have_a_size_of_its_own_but_not_beside_a_mask_or_high_precision(theme: Theme) -> None:
    form = opened(IDEOGRAM_45_EDIT, Task.EDIT)
    size = form._controls["image_size"]
    assert isinstance(size, SizeControl)
    assert size._box.currentText() == "Auto"
    for edge, pixels in zip(size._edges, ("3000", "300"), strict=True):
        type_into(edge, pixels)
    assert form.draft.field_problem("image_size") == "Image size must be 1:6 to 6:1."
    type_into(size._edges[1], "600")
    assert form.draft.field_problem("image_size") == ""
    assert form.draft.sent_fields()["image_size"] == {"width": 3000, "height": 600}
    form.draft.set_fields({"edit_precision": "high"})
    settle()
    assert note(form, "image_size") == "Not with precision “High”"
    masked = opened(IDEOGRAM_45_EDIT, Task.INPAINT)
    assert "image_size" not in masked._controls
    assert "image_size" not in masked.draft.sent_fields()


def test_separate_areas_are_priced_as_the_requests_that_they_are(theme: Theme) -> None:
    draft = RequestDraft(Task.INPAINT, ModelRegistry())
    draft.set_model(IDEOGRAM_V3_EDIT)
    form = RequestForm(draft)
    draft.set_requests(3)
    assert (form._price.left.text(), form._price.right.text()) == ("3 areas", "3 × $0.06 = $0.18")
    draft.set_count(2)
    assert (form._price.left.text(), form._price.right.text()) == ("3 areas × 2", "6 × $0.06 = $0.36")
    draft.set_requests(1)
    assert (form._price.left.text(), form._price.right.text()) == ("Estimated cost", "2 × $0.06 = $0.12")
