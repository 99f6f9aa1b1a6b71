"""The dialog that chooses the models to compare, and agrees to the price of all of them."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QGridLayout, QScrollArea, QVBoxLayout, QWidget
from shiboken6 import isValid

from imagineart_desktop.support import spawn
from imagineart_desktop.support.wording import pluralize
from imagineart_desktop.ui.widgets import BaseDialog, CheckBox, InlineMessage, SubmitButton, plain_label
from imagineart_desktop.workspace.model_comparison import MAX_MODELS, Candidate, ModelComparison, total_of

_ROW_HEIGHT = 26


class CompareModelsDialog(BaseDialog):
    """The models of a task with their prices, the sum, and the button that sends to all that are checked."""

    sent = Signal()

    def __init__(self, parent: QWidget, candidates: list[Candidate], comparison: ModelComparison) -> None:
        super().__init__(parent)
        self.comparison = comparison
        self._candidates = candidates
        self.setWindowTitle("Compare models")
        self.setModal(True)
        self.setMinimumWidth(460)
        self.boxes = [CheckBox(candidate.model.label) for candidate in candidates]
        self.message = InlineMessage()
        self.go = SubmitButton("Send")
        self._build()
        self.boxes[0].setChecked(not candidates[0].problem)
        for box in self.boxes:
            box.toggled.connect(self._show_total)
        self.go.clicked.connect(self._start)
        self._show_total()

    def _build(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(20, 18, 20, 18)
        column.setSpacing(12)
        words = f"One image from each, with the same prompt and settings. Choose 2 to {MAX_MODELS} models."
        if self._candidates[0].draft.is_free:
            words += " Nothing is charged in the demo."
        column.addWidget(plain_label(words, "muted", wrap=True))
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._list = self._rows()
        area.setWidget(self._list)
        column.addWidget(area, 1)
        column.addWidget(self.message)
        column.addWidget(self.go)

    def _rows(self) -> QWidget:
        rows = QWidget()
        grid = QGridLayout(rows)
        grid.setContentsMargins(0, 0, 12, 0)
        grid.setVerticalSpacing(4)
        grid.setColumnStretch(0, 1)
        for place, (candidate, box) in enumerate(zip(self._candidates, self.boxes, strict=True)):
            price = candidate.price.sentence if candidate.price is not None and candidate.price.is_known else "Unknown"
            grid.addWidget(box, 2 * place, 0)
            grid.addWidget(plain_label(price, "muted"), 2 * place, 1, Qt.AlignmentFlag.AlignRight)
            box.setMinimumHeight(_ROW_HEIGHT)
            box.setEnabled(not candidate.problem)
            if note := _note(candidate):
                label = plain_label(note, "caution" if candidate.problem else "small", wrap=True)
                label.setContentsMargins(26, 0, 0, 4)
                grid.addWidget(label, 2 * place + 1, 0, 1, 2)
        grid.setRowStretch(2 * len(self._candidates), 1)
        return rows

    @property
    def chosen(self) -> list[Candidate]:
        """The models that are checked."""
        return [one for one, box in zip(self._candidates, self.boxes, strict=True) if box.isChecked()]

    def reject(self) -> None:
        """Close, unless requests are being sent."""
        if not self.comparison.is_sending:
            super().reject()

    def _start(self) -> None:
        # At once: neither a second click nor another choice may send again.
        self.comparison.is_sending = True
        self._list.setEnabled(False)
        self.go.setEnabled(False)
        spawn(self._send())

    async def _send(self) -> None:
        """Send to all checked models; close, or say what was refused."""
        try:
            problems = await self.comparison.send(self.chosen)
        finally:
            if isValid(self):
                self._list.setEnabled(True)
        if not isValid(self):
            return
        # What is sent can't be taken back.
        for candidate, box in zip(self._candidates, self.boxes, strict=True):
            if any(compared.model == candidate.model for compared in self.comparison.models):
                box.setEnabled(False)
        self._show_total()
        if problems:
            self.message.say(" ".join(problems), "caution")
        else:
            self.accept()
            self.sent.emit()

    def _show_total(self) -> None:
        chosen = self.chosen
        self.message.clear()
        self.go.setEnabled(2 <= len(chosen) <= MAX_MODELS and not self.comparison.is_sending)
        if len(chosen) > MAX_MODELS:
            self.message.say(f"You can compare up to {MAX_MODELS} models.", "caution")
        total = f" · {total_of(chosen)}" if chosen else ""
        many = f"Send to {pluralize(len(chosen), 'model')}{total}"
        self.go.set_words(many if len(chosen) > 1 else "Choose at least 2 models")


def _note(candidate: Candidate) -> str:
    """Return what a model doesn't take, or why it can't be chosen."""
    if candidate.problem:
        return candidate.problem
    return f"Not used: {', '.join(candidate.left_out)}" if candidate.left_out else ""
