"""Undo, redo, cut, copy, paste and select all for the focused text field, grid or canvas."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject
from PySide6.QtGui import QAction, QGuiApplication
from PySide6.QtWidgets import QAbstractItemView, QLabel, QLineEdit, QMenu, QPlainTextEdit, QTextEdit, QWidget

from imagineart_desktop.ui.commands.actions import Actions
from imagineart_desktop.workspace.mime import clipboard_data

Field = QLineEdit | QPlainTextEdit | QTextEdit
_HISTORY_ACTIONS = ("edit.undo", "edit.redo", "mark.undo", "mark.redo")


class EditCommands(QObject):
    """Runs the edit commands. copy_images, paste_images, select_images: used if no text is edited."""

    def __init__(
        self,
        window: QWidget,
        actions: Actions,
        copy_images: Callable[[], object],
        paste_images: Callable[[], object],
        select_images: Callable[[], object],
    ) -> None:
        super().__init__(window)
        self._window = window
        self._actions = actions
        self._images = copy_images, paste_images, select_images
        self._steps = {"undo": QAction("Undo typing", self), "redo": QAction("Redo typing", self)}
        self._hidden: list[QAction] = []
        for name, action in self._steps.items():
            action.setVisible(False)
            action.triggered.connect(lambda _checked, name=name: self._step(name))

    def commands(self) -> dict[str, Callable[[], object]]:
        """Return command → what it does."""
        return {
            "edit.cut": self.cut,
            "edit.copy plain": self.copy,
            "edit.select all": self.select_all,
            "edit.paste": self.paste,
        }

    def add_to(self, menu: QMenu) -> None:
        """Replace the tab's undo and redo in a menu with those of the focused text field."""
        first = menu.actions()[0]
        for action in self._steps.values():
            menu.insertAction(first, action)
        menu.aboutToShow.connect(self._show_steps)
        menu.aboutToHide.connect(self._hide_steps)

    def field(self) -> Field | None:
        """Return the focused text field, even while a menu or the command search is open."""
        widget = self._window.focusWidget()
        return widget if isinstance(widget, Field) and widget.isVisible() else None

    def selected_text(self) -> str:
        """Return the selected text of the focused field or label."""
        widget = self._window.focusWidget()
        if isinstance(widget, QLineEdit | QLabel):
            return widget.selectedText()
        if isinstance(widget, QPlainTextEdit | QTextEdit):
            return widget.textCursor().selectedText()
        return ""

    @property
    def can_cut(self) -> bool:
        """Whether there is selected text that may be removed."""
        return self._writable() is not None and bool(self.selected_text())

    @property
    def can_select_all(self) -> bool:
        """Return whether a text, a list or a grid has the keyboard."""
        return isinstance(self._window.focusWidget(), Field | QAbstractItemView)

    def can_paste_text(self) -> bool:
        """Return whether the clipboard's text can be pasted into the focused field."""
        clipboard = clipboard_data()
        return self._writable() is not None and clipboard.hasText() and not clipboard.hasImage()

    def cut(self) -> None:
        """Cut the selected text."""
        if self.can_cut and (field := self._writable()) is not None:
            field.cut()

    def copy(self) -> None:
        """Copy the selected text, otherwise the selected images."""
        field = self.field()
        text = self.selected_text()
        if field is not None and text:
            field.copy()
        elif text:
            QGuiApplication.clipboard().setText(text)
        elif field is None:
            self._images[0]()

    def paste(self) -> None:
        """Paste text into the field, otherwise an image into the tab."""
        field = self._writable()
        if field is not None and self.can_paste_text():
            field.paste()
        else:
            self._images[1]()

    def select_all(self) -> None:
        """Select all of the focused text, list or grid, otherwise of the tab."""
        widget = self._window.focusWidget()
        if (field := self.field()) is not None:
            field.selectAll()
        elif isinstance(widget, QAbstractItemView):
            widget.selectAll()
        else:
            self._images[2]()

    def _writable(self) -> Field | None:
        field = self.field()
        return field if field is not None and not field.isReadOnly() else None

    def _step(self, name: str) -> None:
        field = self._writable()
        if field is not None:
            (field.undo if name == "undo" else field.redo)()

    def _show_steps(self) -> None:
        field = self._writable()
        if field is None:
            return
        there = (
            (field.isUndoAvailable(), field.isRedoAvailable())
            if isinstance(field, QLineEdit)
            else (field.document().isUndoAvailable(), field.document().isRedoAvailable())
        )
        self._hidden = [self._actions[name] for name in _HISTORY_ACTIONS if self._actions[name].isVisible()]
        for action in self._hidden:
            action.setVisible(False)
        for action, enabled in zip(self._steps.values(), there, strict=True):
            action.setVisible(True)
            action.setEnabled(enabled)

    def _hide_steps(self) -> None:
        for action in self._steps.values():
            action.setVisible(False)
        for action in self._hidden:
            action.setVisible(True)
        self._hidden = []
