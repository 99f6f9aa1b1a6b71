"""The parts of a form are equally far apart, and fields beside their headings line up."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, QRect
from PySide6.QtWidgets import QWidget

from imagineart_desktop.models import IDEOGRAM_V3_EDIT, Task
from imagineart_desktop.ui.forms.request_form import RequestForm
from imagineart_desktop.ui.theme import Theme
from tests.ui.window_driver import opened, settle


def place(part: QWidget, form: RequestForm) -> QRect:
    return QRect(part.mapTo(form, QPoint(0, 0)), part.size())


def gaps(form: RequestForm) -> set[int]:
    """Return the distances between the parts of a form that lie below each other."""
    controls = [control for control in form._controls.values() if not control.small]
    small = [control for control in form._controls.values() if control.small][:1]
    above = [part for part in (form._above, form.prompt if form.draft.model.has_prompt else None) if part is not None]
    parts = [place(part, form) for part in (*above, *controls, *small)]
    parts.append(QRect(place(form._seed_row, form).topLeft(), place(form.count, form).bottomRight()))
    if form._below is not None:
        parts.append(place(form._below, form))
    return {below.top() - above.bottom() - 1 for above, below in pairwise(parts)}


@pytest.mark.parametrize(("size", "gap"), [((1440, 900), 20), ((960, 560), 14)])
async def test_all_parts_of_a_form_are_equally_far_apart(
    tmp_path: Path, theme: Theme, size: tuple[int, int], gap: int
) -> None:
    async with opened(tmp_path, theme, size=size) as at:
        for tab, task in (("generate", Task.GENERATE), ("edit", Task.EDIT), ("inpaint", Task.INPAINT)):
            at.window.go_to(tab)
            form = at.window.pages.form(tab)
            assert form is not None
            for model in form.draft.models.for_task(task):
                form.draft.set_model(model)
                settle()
                # There is nothing but fields in Generate, so it needs no less space.
                assert gaps(form) == {20 if task is Task.GENERATE else gap}, model.label


async def test_fields_beside_their_headings_line_up(tmp_path: Path, theme: Theme) -> None:
    async with opened(tmp_path, theme, size=(960, 560), at_once=("inpaint",)) as at:
        at.window.go_to("inpaint")
        form = at.window.inpaint.form
        form.draft.set_model(IDEOGRAM_V3_EDIT)
        settle()
        rows = [control.headed for control in form._controls.values() if control.headed is not None]
        fields = [item.widget() for row in rows if (item := row.itemAt(1)) is not None]
        places = [place(field, form) for field in fields if field is not None]
        assert len(places) == 3
        assert len({(one.left(), one.right()) for one in places}) == 1
        assert places[0].right() == place(form.prompt, form).right()
        assert places[0].left() > place(form.prompt, form).left() + 50
        at.window.resize(1440, 900)
        settle()
        places = [place(field, form) for field in fields if field is not None]
        assert {one.left() for one in places} == {place(form.prompt, form).left()}
