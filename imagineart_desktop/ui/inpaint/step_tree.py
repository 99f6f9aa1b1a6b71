"""The steps of the session as a tree; a click goes back to one."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QTreeWidget, QTreeWidgetItem, QWidget

from imagineart_desktop.ui.inpaint.steps import Steps

_NUMBER = Qt.ItemDataRole.UserRole


class StepTree(QTreeWidget):
    """wanted: number of the step to go to."""

    wanted = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName("Steps of the session")
        self.setHeaderHidden(True)
        self.setIndentation(10)
        self.setUniformRowHeights(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.itemClicked.connect(lambda item: self.wanted.emit(int(item.data(0, _NUMBER))))
        self.itemActivated.connect(lambda item: self.wanted.emit(int(item.data(0, _NUMBER))))

    def show_steps(self, steps: Steps) -> None:
        """The steps as they are now."""
        self.clear()
        items: dict[int | None, QTreeWidgetItem] = {}
        for step in steps:
            item = QTreeWidgetItem([step.label])
            item.setData(0, _NUMBER, step.id)
            prompt = str(step.form.get("fields", {}).get("prompt", "")) if step.form else ""
            item.setToolTip(0, prompt.replace("<", "‹")[:300])
            parent = items.get(step.parent)
            if parent is None:
                self.addTopLevelItem(item)
            else:
                parent.addChild(item)
            items[step.id] = item
        self.expandAll()
        current = steps.current
        if current is not None:
            self.setCurrentItem(items[current.id])
