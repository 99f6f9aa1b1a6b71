"""The form: keyboard use, small windows, and what it says beside its fields."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QComboBox, QLineEdit, QScrollArea, QSlider, QWidget

from imagineart_desktop.library import Library
from imagineart_desktop.models import (
    IDEOGRAM_UPSCALE,
    IDEOGRAM_V3,
    IDEOGRAM_V3_EDIT,
    IDEOGRAM_V3_REFRAME,
    IDEOGRAM_V3_REMIX,
    IDEOGRAM_V3_REPLACE_BACKGROUND,
    IMAGINEART_15_PRO,
    IMAGINEART_20,
    IMAGINEART_20_EDIT,
    ModelRegistry,
    Task,
)
from imagineart_desktop.ui.forms.model_box import ModelBox
from imagineart_desktop.ui.forms.request_form import RequestForm
from imagineart_desktop.ui.forms.services import FormServices
from imagineart_desktop.ui.theme import Theme
from imagineart_desktop.ui.widgets import SectionLabel
from imagineart_desktop.ui.widgets.file_dialogs import FileDialogs
from imagineart_desktop.workspace.draft_state import DraftState
from imagineart_desktop.workspace.preferences import Preferences
from imagineart_desktop.workspace.request_draft import RequestDraft
from tests.ui.window_driver import activate, child, settle

_PADDING = 12
"""Between the border of a line of text and the text."""


@pytest.fixture
def services(tmp_path: Path) -> Iterator[FormServices]:
    library = Library(tmp_path)
    yield FormServices(library, FileDialogs(Preferences(tmp_path / "settings.ini")))
    library.close()


def opened(task: Task, width: int = 328, height: int = 760, *, services: FormServices | None = None) -> RequestForm:
    form = RequestForm(RequestDraft(task, ModelRegistry()), services=services)
    form.resize(width, height)
    activate(form)
    return form


def tab_through(form: RequestForm) -> list[str]:
    """Return the accessible names of the Tab stops, from the model on."""
    settle()
    box = form.findChild(QComboBox)
    assert box is not None
    box.setFocus()
    names: list[str] = []
    for _ in range(40):
        widget = QApplication.focusWidget()
        assert isinstance(widget, QWidget)
        names.append(widget.accessibleName() or str(widget.property("text")))
        QTest.keyClick(widget, Qt.Key.Key_Tab)
        if QApplication.focusWidget() is box:
            break
    return names


def test_the_hint_speaks_of_several_images_only_if_the_model_takes_them(theme: Theme) -> None:
    form = opened(Task.EDIT)
    hints = []
    for model in (IMAGINEART_20_EDIT, IDEOGRAM_V3_REMIX, IDEOGRAM_UPSCALE):
        form.draft.set_model(model)
        hints.append(form.prompt.editor.placeholderText())
    assert "image 2" in hints[0]
    assert hints[1:] == ["Describe the change", "Optional: describe the change"]


def test_the_hint_of_the_style_codes_fits_into_a_low_window(theme: Theme) -> None:
    form = RequestForm(RequestDraft(Task.INPAINT, ModelRegistry()), below=QWidget())
    form.resize(293, 464)
    form.draft.set_model(IDEOGRAM_V3_EDIT)
    activate(form)
    settle()
    edit = child(form._controls["style_codes"], QLineEdit)
    assert edit.x() > 0, "the heading isn't beside it"
    assert edit.fontMetrics().horizontalAdvance(edit.placeholderText()) <= edit.width() - 2 * _PADDING


def test_tab_goes_through_the_fields_from_top_to_bottom(theme: Theme) -> None:
    form = opened(Task.GENERATE)
    form.draft.set_model(IDEOGRAM_V3)
    names = tab_through(form)
    assert names.index("Prompt") < names.index("Color palette") < names.index("Style preset") < names.index("Balanced")


def test_the_form_stays_in_place_if_the_prompt_with_the_focus_is_hidden(theme: Theme) -> None:
    form = opened(Task.EDIT, height=500)
    form.draft.set_model(IDEOGRAM_V3_REMIX)
    form.prompt.editor.setFocus()
    form.draft.set_model(IDEOGRAM_V3_REFRAME)
    settle()
    assert form.model_picker.box.hasFocus()
    assert child(form, QScrollArea).verticalScrollBar().value() == 0


def test_a_long_name_of_a_model_does_not_widen_the_form(theme: Theme) -> None:
    form = opened(Task.GENERATE)
    box, width = form.findChild(ModelBox), form.minimumSizeHint().width()
    assert box is not None
    box.setItemText(1, "A model with a very long name " * 4)
    settle()
    assert form.minimumSizeHint().width() == width
    assert box.width() <= form.width()


def test_a_label_is_elided_in_the_closed_box_and_whole_in_its_list(theme: Theme) -> None:
    form = opened(Task.EDIT, width=293)
    form.draft.set_model(IDEOGRAM_V3_REPLACE_BACKGROUND)
    settle()
    box = child(form, ModelBox)
    assert box.currentText() == "Ideogram V3 Replace Background"
    assert box.shown_label().endswith("…")
    assert box.toolTip().startswith(box.currentText())
    box.showPopup()
    settle()
    assert box.view().viewport().width() >= box.view().sizeHintForColumn(0) > box.width()
    box.hidePopup()
    form.draft.set_model(IDEOGRAM_V3_REMIX)
    assert box.shown_label() == "Ideogram V3 Remix"


FIRST = ["Model", "Models…", "History", "Templates", "Prompt"]
SEED = ["Seed", "New random seed", "+1 per image", "Lock seed"]
COUNT = "Number of images, 1 to 8: 1"


def test_the_tab_key_goes_down_the_form(theme: Theme, services: FormServices) -> None:
    generate = opened(Task.GENERATE, services=services)
    assert tab_through(generate) == [*FIRST, "Aspect ratio 1:1", "2K", "Low", *SEED, COUNT, "Generate"]
    generate.draft.set_model(IMAGINEART_15_PRO)
    assert tab_through(generate) == [*FIRST, "Aspect ratio 1:1", "Negative prompt", *SEED, COUNT, "Generate"]
    generate.draft.set_model(IMAGINEART_20)
    assert tab_through(generate) == [*FIRST, "Aspect ratio 1:1", "2K", "Low", *SEED, COUNT, "Generate"]
    edit = opened(Task.EDIT, services=services)
    assert tab_through(edit) == [*FIRST, "Aspect ratio auto", COUNT, "Edit"]
    inpaint = opened(Task.INPAINT, services=services)
    assert tab_through(inpaint)[len(FIRST) :] == ["Style", "Expand prompt with MagicPrompt", *SEED, COUNT, "Inpaint"]


@pytest.mark.parametrize("task", [task for task in Task if task.has_tab])
@pytest.mark.parametrize("width", [300, 328])
def test_in_a_small_window_the_form_scrolls_and_the_button_stays(theme: Theme, task: Task, width: int) -> None:
    form = opened(task, width, 360)
    area = form.findChild(QScrollArea)
    assert area is not None
    inner = area.widget()
    assert inner is not None
    assert area.verticalScrollBar().isVisible()
    assert inner.width() <= area.viewport().width()
    assert form.rect().contains(form.go.geometry())
    for part in inner.findChildren(QWidget):
        if part.isVisible():
            right = part.mapTo(inner, part.rect().topRight()).x()
            assert right < area.viewport().width(), part.accessibleName() or type(part).__name__


def test_fields_stay_in_line_with_the_button_whether_it_scrolls_or_not(theme: Theme) -> None:
    for height in (360, 1000):
        form = opened(Task.GENERATE, 328, height)
        settle()
        field = form.prompt.editor
        assert field.mapTo(form, field.rect().topRight()).x() == form.go.geometry().right()


def test_a_click_on_the_button_leaves_the_keyboard_in_the_prompt(theme: Theme) -> None:
    form = opened(Task.GENERATE)
    sent: list[bool] = []
    form.submitted.connect(lambda: sent.append(True))
    form.prompt.editor.setFocus()
    QTest.mouseClick(form.go, Qt.MouseButton.LeftButton)
    assert sent == [True]
    assert form.prompt.editor.hasFocus()


def test_a_wrong_seed_is_told_beside_it_and_nothing_is_sent(theme: Theme) -> None:
    form = opened(Task.GENERATE)
    form.prompt.set_text("A latte")
    assert form.check()
    QTest.keyClicks(form.seed.edit, "0")
    assert "between 1 and 2,147,483,647" in form._problems["seed"].text()
    assert not form.check()
    assert "between 1 and 2,147,483,647" in form._problems["seed"].text()
    QTest.keyClick(form.seed.edit, Qt.Key.Key_Backspace)
    QTest.keyClicks(form.seed.edit, "12")
    assert form._problems["seed"].text() == ""
    assert form.check()


def test_a_seed_that_the_model_does_not_ask_for_stands_in_nobodys_way(theme: Theme) -> None:
    form = opened(Task.EDIT)
    form.prompt.set_text("A latte")
    form.seed.edit.setText("0")
    assert form.check()


def test_the_price_says_what_it_is_for(theme: Theme) -> None:
    form = opened(Task.EDIT)
    form.draft.set_input_sizes([(600, 400)] * 3)
    assert (form._price.left.text(), form._price.right.text()) == (
        "1 image + 2 extra references",
        "$0.05 + 2 × $0.007 = $0.064",
    )
    form.count.set_value(4)
    assert form._price.left.text() == "4 images, each + 2 extra references"
    assert form._price.right.text() == "4 × ($0.05 + 2 × $0.007) = $0.256"


@pytest.mark.parametrize("task", list(Task))
def test_a_draft_comes_back_exactly(theme: Theme, task: Task) -> None:
    for model in ModelRegistry().for_task(task):
        form = opened(task)
        form.draft.set_model(model)
        form.prompt.set_text("deux\u00a0points\u00a0:\n  fin ")
        form.seed.set_value(77)
        form.count.set_value(3)
        if "aspect_ratio" in form.draft.fields():
            form.draft.set_fields({"aspect_ratio": "2:3"})
        again = opened(task)
        again.draft.restore(DraftState.model_validate(json.loads(json.dumps(form.draft.state().to_json()))))
        assert again.draft.state() == form.draft.state()
        assert again.prompt.text() == "deux\u00a0points\u00a0:\n  fin "


def test_a_long_choice_is_found_by_any_part_of_its_name(theme: Theme) -> None:
    form = opened(Task.GENERATE)
    form.draft.set_model(IDEOGRAM_V3)
    chosen: list[object] = [form.draft.options["style_preset"]]
    form.draft.changed.connect(lambda: chosen.append(form.draft.options["style_preset"]))
    control = form._controls["style_preset"]
    (edit,) = control.findChildren(QLineEdit)
    assert edit.text() == "None"
    edit.setFocus()
    edit.selectAll()
    QTest.keyClicks(edit, "deco")
    completer = edit.completer()
    assert completer is not None
    assert [completer.completionModel().index(row, 0).data() for row in range(completer.completionCount())] == [
        "Art deco"
    ]
    edit.setText("art DECO")
    QTest.keyClick(edit, Qt.Key.Key_Return)
    assert (chosen[-1], edit.text()) == ("ART_DECO", "Art deco")
    edit.setText("nothing like it")
    QTest.keyClick(edit, Qt.Key.Key_Return)
    assert (chosen[-1], edit.text()) == ("ART_DECO", "Art deco")
    edit.setText("none")
    QTest.keyClick(edit, Qt.Key.Key_Return)
    assert chosen == [None, "ART_DECO", None]
    form.prompt.set_text("a cup")
    quote = form.draft.quote()
    assert "style_preset" not in quote.model.parse(quote.fields).to_wire({})


def test_a_number_is_set_by_a_slider_that_says_its_value(theme: Theme) -> None:
    form = opened(Task.EDIT)
    form.draft.set_model(IDEOGRAM_V3_REMIX)
    control = form._controls["strength"]
    (slider,) = control.findChildren(QSlider)
    assert (form.draft.options["strength"], slider.accessibleName()) == (0.8, "Strength")
    slider.setFocus()
    QTest.keyClick(slider, Qt.Key.Key_Right)
    assert form.draft.options["strength"] == 0.81
    QTest.keyClick(slider, Qt.Key.Key_Home)
    assert form.draft.options["strength"] == 0.01
    QTest.keyClick(slider, Qt.Key.Key_End)
    assert form.draft.options["strength"] == 1.0
    form.draft.set_fields({"strength": 0.25})
    assert (slider.value(), control.findChild(SectionLabel)._note.text()) == (24, "0.25")  # type: ignore[union-attr]


def test_too_many_images_for_the_model_are_a_problem_of_the_draft(theme: Theme) -> None:
    form = opened(Task.EDIT)
    form.prompt.set_text("a cup")
    form.draft.set_input_sizes([(600, 400)] * 3)
    assert form.check()
    form.draft.set_model(IDEOGRAM_V3_REMIX)
    assert not form.check()
    assert form.message.text() == "Ideogram V3 Remix takes 1 image; remove 2."
    form.draft.set_input_sizes([(600, 400)])
    assert form.check()


def test_an_option_that_was_typed_is_the_one_that_is_sent(theme: Theme) -> None:
    form = opened(Task.GENERATE)
    form.draft.set_model(IDEOGRAM_V3)
    form.prompt.set_text("a cup")
    (edit,) = form._controls["style_preset"].findChildren(QLineEdit)
    sent: list[object] = []
    form.submitted.connect(lambda: sent.append((form.draft.quote().fields["style_preset"], edit.text())))
    edit.setFocus()
    edit.setText("watercolor")
    form.submit()
    form.allow_next()
    edit.setText("water")
    form.submit()
    assert sent == [("WATERCOLOR", "Watercolor")] * 2


def test_a_number_between_two_places_of_its_slider_stays_until_it_is_moved(theme: Theme) -> None:
    form = opened(Task.EDIT)
    form.draft.set_model(IDEOGRAM_V3_REMIX)
    form.draft.set_fields({"strength": 0.8049})
    assert form.draft.options["strength"] == 0.8049
