"""The dialog for a problem report: every page can be read before it's saved, and nothing is sent automatically."""

from __future__ import annotations

import asyncio
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtGui import QFontDatabase
from PySide6.QtWidgets import (
    QHBoxLayout,
    QListWidget,
    QListWidgetItem,
    QPlainTextEdit,
    QVBoxLayout,
    QWidget,
)

from imagineart_desktop.library import write_atomic
from imagineart_desktop.support import spawn
from imagineart_desktop.support.bundle import BundleFile, make_zip
from imagineart_desktop.ui.widgets import BaseDialog, InlineMessage, button, plain_label
from imagineart_desktop.ui.widgets.file_dialogs import FileDialogs, FolderPurpose

_EXPLAINED = (
    "These pages tell support what happened. They contain no images, prompts or keys. Read them, and uncheck what you "
    "don’t want to share. The report is saved as a file; nothing is sent automatically."
)
_WORDS = "what-happened.txt"


class ReportDialog(BaseDialog):
    """The dialog for a problem report. pages: the possible pages of the report, all checked initially."""

    def __init__(self, parent: QWidget | None, pages: list[BundleFile], files: FileDialogs) -> None:
        super().__init__(parent)
        self._files = files
        self.setWindowTitle("Report a problem")
        self.setModal(False)
        self.resize(860, 620)
        self._pages = {page.name: page for page in pages}
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 20, 24, 20)
        column.setSpacing(10)
        column.addWidget(plain_label("What happened?", "strong"))
        self.words = _words_field()
        column.addWidget(self.words)
        column.addWidget(plain_label(_EXPLAINED, "muted", wrap=True))
        parts = QHBoxLayout()
        parts.setSpacing(12)
        self.list = _page_list(pages)
        self.text = _page_text()
        parts.addWidget(self.list)
        parts.addWidget(self.text, 1)
        column.addLayout(parts, 1)
        self.message = InlineMessage()
        column.addWidget(self.message)
        foot = QHBoxLayout()
        foot.addStretch(1)
        foot.addWidget(button("Close", self.close))
        save = button("Save report…", self._choose, kind="primary")
        save.setDefault(True)
        foot.addWidget(save)
        column.addLayout(foot)
        self.list.currentItemChanged.connect(self._show_page)
        self.list.setCurrentRow(0)

    def chosen(self) -> list[BundleFile]:
        """Return the checked pages, preceded by the user's description."""
        items = (self.list.item(row) for row in range(self.list.count()))
        pages = [self._pages[item.text()] for item in items if item.checkState() is Qt.CheckState.Checked]
        words = self.words.toPlainText().strip()
        return [BundleFile.of(_WORDS, words), *pages] if words else pages

    async def save(self, target: Path) -> None:
        """Write the report."""
        try:
            await asyncio.to_thread(lambda: write_atomic(target, make_zip(self.chosen())))
        except OSError as error:
            self.message.say(f"Can’t save the report there: {error.strerror}.")
        else:
            self.message.say(f"Saved as {target}. Send it to support with a short description.", "info")

    def _show_page(self) -> None:
        item = self.list.currentItem()
        self.text.setPlainText(self._pages[item.text()].text if item is not None else "")

    def _choose(self) -> None:
        self._files.save(
            self,
            FolderPurpose.REPORT,
            "Save report",
            "imagineart-report.zip",
            {"zip": "Zip (*.zip)"},
            lambda path, _kind: spawn(self.save(path)),
        )


def _words_field() -> QPlainTextEdit:
    field = QPlainTextEdit()
    field.setAccessibleName("What happened")
    field.setPlaceholderText("What did you do, what did you expect, and what happened instead?")
    field.setFixedHeight(84)
    field.setTabChangesFocus(True)
    return field


def _page_list(pages: list[BundleFile]) -> QListWidget:
    """Return the list of pages, all checked."""
    made = QListWidget()
    made.setAccessibleName("Pages of the report")
    for page in pages:
        item = QListWidgetItem(page.name)
        item.setFlags(item.flags() | Qt.ItemFlag.ItemIsUserCheckable)
        item.setCheckState(Qt.CheckState.Checked)
        made.addItem(item)
    made.setFixedWidth(220)
    return made


def _page_text() -> QPlainTextEdit:
    text = QPlainTextEdit()
    text.setReadOnly(True)
    text.setAccessibleName("Text of the page")
    text.setFont(QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont))
    text.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
    return text
