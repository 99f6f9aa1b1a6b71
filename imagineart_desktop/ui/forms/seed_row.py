"""The row of a form with the seed and the number of images, and what is wrong with them in the gap below."""

from __future__ import annotations

from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from imagineart_desktop.ui.forms.gaps import Gaps
from imagineart_desktop.ui.widgets import CountField, InlineMessage, SectionLabel, SeedField


class SeedRow(QWidget):
    """The fields side by side. count_title: heading of the number of images."""

    def __init__(self, seed: SeedField, count: CountField, count_title: str, gaps: Gaps) -> None:
        super().__init__()
        self.problems = {name: InlineMessage(keeps_line=True) for name in ("seed", "count")}
        self._seed_column = QWidget()
        seeds, counts = QVBoxLayout(self._seed_column), QVBoxLayout()
        for column, heading, field in (
            (seeds, SectionLabel("Seed"), seed),
            (counts, SectionLabel(count_title, f"1–{CountField.LARGEST}"), count),
        ):
            column.setContentsMargins(0, 0, 0, 0)
            column.setSpacing(6)
            column.addWidget(heading)
            column.addWidget(field)
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(self._seed_column, 2)
        row.addLayout(counts, 1)
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setSpacing(0)
        grid.addLayout(row, 0, 0)
        seed_problem, count_problem = self.problems.values()
        for problem, other in ((seed_problem, count_problem), (count_problem, seed_problem)):
            # They share a line, which shows the newer one.
            grid.addWidget(problem, 1, 0)
            gaps.include(problem)
            problem.shown.connect(lambda shown, other=other: other.clear() if shown and other.text() else None)

    def show_seed(self, shown: bool) -> None:
        """Show or hide the seed."""
        self._seed_column.setVisible(shown)
