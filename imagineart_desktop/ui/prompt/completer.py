"""The list below the cursor that completes what is typed, without taking the focus."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QModelIndex, QObject, QPoint, QRect, QStringListModel, Qt, QTimer
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QListView

from imagineart_desktop.library import Library
from imagineart_desktop.ui.prompt.editor import PromptEditor
from imagineart_desktop.workspace.background import spawn_owned
from imagineart_desktop.workspace.prompts.completion import (
    MAX_LOOKED_AT,
    Kind,
    Token,
    completions,
    image_names,
    token_before,
)

_PAUSE_MS = 120
"""Milliseconds without typing before the library is asked."""

_MAX_WIDTH, _ROW, _PADDING = 360, 28, 10
_STEPS = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1}
_ACCEPT = (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Tab)


class PromptCompleter(QObject):
    """Completes an editor's text. library: whose history and wildcards are offered; None for none.

    images: how many images the prompt can name.
    """

    def __init__(self, editor: PromptEditor, library: Library | None) -> None:
        super().__init__(editor)
        self._editor = editor
        self._library = library
        self.images = 0
        self._token: Token | None = None
        self._turn = 0
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.setInterval(_PAUSE_MS)
        self._pause.timeout.connect(self._look_up)
        self._words = QStringListModel(self)
        self.list = QListView(editor)
        self.list.setObjectName("completions")
        self.list.setAccessibleName("Completions")
        self.list.setModel(self._words)
        self.list.setUniformItemSizes(True)
        self.list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.list.setEditTriggers(QListView.EditTrigger.NoEditTriggers)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.setMouseTracking(True)
        self.list.hide()
        self.list.clicked.connect(self._accept)
        editor.completer = self
        editor.typed.connect(self._look)
        editor.left.connect(self.close)

    @property
    def is_open(self) -> bool:
        """Whether the list is open."""
        return self.list.isVisible()

    def close(self) -> None:
        """Close the list, and don't open one that is being looked up."""
        self._turn += 1
        self._pause.stop()
        self._token = None
        self.list.hide()

    def takes_key(self, event: QKeyEvent) -> bool:
        """Handle a key that the open list uses. Return whether it was one."""
        key, plain = (
            Qt.Key(event.key()),
            event.modifiers()
            in (
                Qt.KeyboardModifier.NoModifier,
                Qt.KeyboardModifier.KeypadModifier,
            ),
        )
        if not self.is_open or not plain:
            return False
        if key == Qt.Key.Key_Escape:
            self.close()
            return True
        if key in _STEPS:
            self._step(_STEPS[key])
            return True
        return key in _ACCEPT and self.accept_current()

    def accept_current(self) -> bool:
        """Insert the chosen entry. Return whether the list is open and one is chosen."""
        index = self.list.currentIndex()
        if not self.is_open or not index.isValid():
            return False
        self._accept(index)
        return True

    def _step(self, step: int) -> None:
        """Choose the next entry; above the first one, none."""
        row = self.list.currentIndex().row() + step
        last = self._words.rowCount() - 1
        self.list.setCurrentIndex(QModelIndex() if row < 0 else self._words.index(min(row, last), 0))

    def _look(self) -> None:
        before, after = self._editor.around_cursor(MAX_LOOKED_AT)
        token = token_before(before, after)
        self._turn += 1
        self._token = token
        self._pause.stop()
        if token is None:
            self.list.hide()
        elif token.kind is Kind.IMAGE:
            self._show(token, image_names(token, self.images))
        else:
            self._pause.start()

    def _look_up(self) -> None:
        if self._library is not None and self._token is not None:
            spawn_owned(self, self._ask(self._library, self._token, self._turn))

    async def _ask(self, library: Library, token: Token, turn: int) -> None:
        words = await completions(library, token)
        if turn == self._turn:
            self._show(token, words)

    def _show(self, token: Token, words: Sequence[str]) -> None:
        if not words or not self._editor.hasFocus():
            self.list.hide()
            return
        self._words.setStringList(list(words))
        self.list.setCurrentIndex(self._words.index(0, 0) if token.kind.is_asked_for else QModelIndex())
        self._place(len(words))
        self.list.show()
        self.list.raise_()

    def _place(self, rows: int) -> None:
        """Place the list below the cursor, or above it if there is no room below, over whatever is there."""
        window = self._editor.window()
        if self.list.parentWidget() is not window:
            self.list.setParent(window)
        cursor = self._editor.cursorRect()
        corner = self._editor.viewport().mapTo(window, cursor.bottomLeft())
        width = min(_MAX_WIDTH, window.width(), self.list.sizeHintForColumn(0) + 40)
        height = rows * _ROW + _PADDING
        top = corner.y() + 4
        if top + height > window.height():
            top = max(0, corner.y() - cursor.height() - height - 4)
        left = max(0, min(corner.x(), window.width() - width))
        self.list.setGeometry(QRect(QPoint(left, top), QPoint(left + width - 1, top + height - 1)))

    def _accept(self, index: QModelIndex) -> None:
        token = self._token
        if token is not None:
            self.close()
            self._editor.replace_before(token.text, str(index.data()))
