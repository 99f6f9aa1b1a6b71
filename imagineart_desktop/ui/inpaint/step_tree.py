"""The steps of the session as a tree; a click goes back to one."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QIcon, QImage, QPixmap
from PySide6.QtWidgets import QTreeWidget, QTreeWidgetItem, QWidget

from imagineart_desktop.ui.inpaint.steps import Step, Steps
from imagineart_desktop.ui.widgets import plain_tip

_NUMBER = Qt.ItemDataRole.UserRole
_THUMB = QSize(34, 26)


class StepTree(QTreeWidget):
    """wanted: number of the step to go to. Each has its number and its picture, so that branches can be told apart."""

    wanted = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._icons: dict[int, QIcon] = {}
        self.setAccessibleName("Steps of the session")
        self.setHeaderHidden(True)
        self.setIndentation(8)
        self.setIconSize(_THUMB)
        self.setUniformRowHeights(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.itemClicked.connect(lambda item: self.wanted.emit(int(item.data(0, _NUMBER))))
        self.itemActivated.connect(lambda item: self.wanted.emit(int(item.data(0, _NUMBER))))

    def has_picture(self, number: int) -> bool:
        """Whether the step's picture is known."""
        return number in self._icons

    def set_picture(self, number: int, image: QImage) -> None:
        """What the step looks like."""
        small = image.scaled(
            _THUMB * self.devicePixelRatioF(),
            Qt.AspectRatioMode.KeepAspectRatio,
            Qt.TransformationMode.SmoothTransformation,
        )
        self._icons[number] = QIcon(QPixmap.fromImage(small))
        for item in self.findItems("", Qt.MatchFlag.MatchContains | Qt.MatchFlag.MatchRecursive):
            if item.data(0, _NUMBER) == number:
                item.setIcon(0, self._icons[number])

    def show_steps(self, steps: Steps) -> None:
        """The steps as they are now."""
        self.clear()
        items: dict[int | None, QTreeWidgetItem] = {}
        for step in steps:
            item = QTreeWidgetItem([f"{step.id} · {step.label}"])
            item.setData(0, _NUMBER, step.id)
            item.setToolTip(0, plain_tip(_told(step)))
            if step.id in self._icons:
                item.setIcon(0, self._icons[step.id])
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


def _told(step: Step) -> str:
    return f"Step {step.id}\n{step.words or step.label}"
