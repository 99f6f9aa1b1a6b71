"""The controls of a model's fields, below each other; small ones side by side."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import partial

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from imagineart_desktop.models import FieldKind
from imagineart_desktop.ui.forms.control import Control, align_headings
from imagineart_desktop.ui.forms.controls import create_control
from imagineart_desktop.ui.forms.gaps import Gaps
from imagineart_desktop.ui.forms.services import FormServices
from imagineart_desktop.ui.forms.style_control import StyleControl
from imagineart_desktop.ui.widgets import InlineMessage, guard_wheel
from imagineart_desktop.workspace.request_draft import RequestDraft


class FieldColumn(QWidget):
    """Shows the options of a draft's model.

    images: what takes images, if the form has any; low: whether vertical space is scarce.
    """

    edited = Signal(str)
    """The user has changed the control of this field."""
    stops_changed = Signal()
    """There are other widgets in the Tab order."""

    def __init__(self, draft: RequestDraft, images: FormServices | None, *, low: bool) -> None:
        super().__init__()
        self._draft = draft
        self.controls: dict[str, Control] = {}
        self._from_top: list[Control] = []
        self._gaps = Gaps()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        small: list[Control] = []
        # An inpaint always has a mask: fields that can't be sent with one get no control.
        without = {name for name, other in draft.excluded().items() if other.kind is FieldKind.MASK}
        for name, field in draft.model.fields_by_name.items():
            control = create_control(field)
            if control is None or name in without:
                continue
            self.controls[name] = control
            control.set_value(draft.options[name])
            if isinstance(control, StyleControl) and images is not None:
                control.set_images(images)
            control.changed.connect(partial(self.edited.emit, name))
            control.stops_changed.connect(self.stops_changed)
            if control.small:
                small.append(control)
            else:
                column.addWidget(control)
                self._from_top.append(control)
                self._gaps.add(column, control.line)
        self._from_top += small
        for controls in _rows(small):
            row = QHBoxLayout()
            row.setSpacing(10)
            for control in controls:
                row.addWidget(control, 1)
            column.addLayout(row)
            self._gaps.add(column)
        guard_wheel(self)
        self.set_low(low)

    def problems(self) -> Mapping[str, InlineMessage]:
        """Return the name of each field that shows its problem itself → what shows it."""
        return {name: control.problem for name, control in self.controls.items() if control.problem is not None}

    def stops(self) -> list[QWidget]:
        """Return the widgets of the Tab order, from top to bottom."""
        return [stop for control in self._from_top for stop in control.stops()]

    def set_low(self, low: bool) -> None:
        """Set whether vertical space is scarce."""
        self._gaps.set_low(low)
        headed = [control.headed for control in self.controls.values() if control.headed is not None]
        align_headings(headed, beside=low)

    def settle(self) -> None:
        """Take or give up what is being typed."""
        for control in self.controls.values():
            control.settle()

    def show_values(self) -> None:
        """Show the draft's values, and disable what isn't sent because of another field."""
        excluded = self._draft.excluded()
        for name, control in self.controls.items():
            control.set_value(self._draft.options[name])
            other = excluded.get(name)
            control.set_reason("" if other is None else f"Not used with {other.label.lower()}")
            if other is None:
                control.set_refused(self._draft.refused_options(name))

    def show_sizes(self) -> None:
        """Show beside the options in which sizes the images are made."""
        size = self._draft.output_size()
        for name, control in self.controls.items():
            control.show_size(size)
            control.show_sizes(partial(self._draft.output_size_with, name))


def _rows(small: Iterable[Control]) -> list[list[Control]]:
    """Return the rows of small controls: two narrow ones that follow each other are side by side."""
    rows: list[list[Control]] = []
    for control in small:
        if rows and len(rows[-1]) == 1 and rows[-1][0].narrow and control.narrow:
            rows[-1].append(control)
        else:
            rows.append([control])
    return rows
