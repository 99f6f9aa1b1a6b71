"""A card of the job strip for a batch: its name, progress and cost, instead of a card per job."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QContextMenuEvent, QMouseEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QProgressBar, QVBoxLayout, QWidget

from imagineart_desktop.jobs import Batch, BatchState
from imagineart_desktop.library import Library
from imagineart_desktop.ui.jobs.batch_cover import BatchCover
from imagineart_desktop.ui.theme import icon
from imagineart_desktop.ui.widgets import ElidedLabel, icon_button, plain_label
from imagineart_desktop.workspace.batch_texts import batch_cost, batch_counts, batch_problems, batch_progress

CARD_WIDTH = 480
"""Width in pixels, the same for every batch, so that its figures don't move other cards."""


class BatchCard(QFrame):
    """A batch's card. wanted emits a command (open, pause, resume, menu) and the batch's id."""

    wanted = Signal(str, str)

    def __init__(self, batch: Batch, library: Library) -> None:
        super().__init__()
        self.setObjectName("card")
        self.setFixedWidth(CARD_WIDTH)
        row = QHBoxLayout(self)
        row.setContentsMargins(9, 6, 6, 6)
        row.setSpacing(6)
        self.cover = BatchCover(library)
        row.addWidget(self.cover, 0, Qt.AlignmentFlag.AlignVCenter)
        row.addSpacing(4)
        row.addLayout(self._lines(), 1)
        self._pause = icon_button("pause", "Pause", self._toggle, kind="mini")
        row.addWidget(self._pause, 0, Qt.AlignmentFlag.AlignVCenter)
        more = icon_button("ellipsis", "More", lambda: self.wanted.emit("menu", self.batch.id), kind="mini")
        row.addWidget(more, 0, Qt.AlignmentFlag.AlignVCenter)
        self.show_batch(batch)

    def _lines(self) -> QVBoxLayout:
        self._name = ElidedLabel("", "strong")
        self._progress = plain_label("", "muted")
        self._bar = QProgressBar()
        self._bar.setTextVisible(False)
        self._counts = plain_label("", "muted")
        self._problems = ElidedLabel("", "error")
        self._cost = plain_label("", "muted")
        column = QVBoxLayout()
        column.setSpacing(4)
        column.addStretch(1)
        column.addLayout(_line(self._name, self._progress))
        column.addWidget(self._bar)
        column.addLayout(_line(self._counts, self._problems, self._cost))
        column.addStretch(1)
        return column

    def show_batch(self, batch: Batch) -> None:
        """Update the card."""
        self.batch = batch
        paused = batch.state is BatchState.PAUSED
        self.cover.show_batch(batch)
        self._name.setText(batch.name)
        self._progress.setText(batch_progress(batch))
        self._bar.setMaximum(max(1, batch.summary.total))
        self._bar.setValue(batch.summary.done)
        self._counts.setText(batch_counts(batch))
        self._counts.setVisible(bool(batch_counts(batch)))
        self._problems.setText(batch_problems(batch))
        self._cost.setText(batch_cost(batch))
        self._pause.setIcon(icon("play" if paused else "pause", "text"))
        self._pause.setToolTip("Resume" if paused else "Pause")
        self._pause.setAccessibleName(self._pause.toolTip())
        self._pause.setEnabled(bool(batch.summary.unfinished))
        told = (batch.name, batch_progress(batch), batch_counts(batch), batch_problems(batch))
        self.setAccessibleName(". ".join(filter(None, told)))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Open the table of its jobs."""
        if event.button() == Qt.MouseButton.LeftButton:
            self.wanted.emit("open", self.batch.id)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Show the menu."""
        self.wanted.emit("menu", self.batch.id)
        event.accept()

    def _toggle(self) -> None:
        self.wanted.emit("resume" if self.batch.state is BatchState.PAUSED else "pause", self.batch.id)


def _line(*parts: QWidget) -> QHBoxLayout:
    """Return the parts in a line; the last but one takes the space that is left."""
    row = QHBoxLayout()
    row.setSpacing(10)
    for part in parts:
        row.addWidget(part, 1 if part is parts[-2] else 0)
    return row
