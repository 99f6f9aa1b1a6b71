"""The templates over the prompt: searched, inserted, saved, renamed, deleted, imported and exported."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

from PySide6.QtCore import QModelIndex, QObject, QPersistentModelIndex, QPoint, QRect, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFont, QPainter
from PySide6.QtWidgets import QMenu, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from imagineart_desktop.library import Library
from imagineart_desktop.library.store.prompt_file import Template
from imagineart_desktop.support.plain_text import single_line
from imagineart_desktop.support.wording import ellipsize
from imagineart_desktop.ui.prompt.list_popup import ListPopup, draw_ground
from imagineart_desktop.ui.theme import tokens
from imagineart_desktop.ui.widgets import TextInputDialog, button, icon_button
from imagineart_desktop.ui.widgets.file_dialogs import FileDialogs, FolderPurpose
from imagineart_desktop.workspace.prompts.templates import TemplateList

_ROW, _GAP = 46, 10
_MAX_NAME = 40
_FILTER = "Templates (*.json)"
_LEFT = int(Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft)
_HINT = "Write {{product}} in a prompt for a field"


class TemplatesPopup(ListPopup):
    """The popup with the templates. prompt: returns the prompt that can be saved as one."""

    used = Signal(object)
    """The template to insert."""

    def __init__(self, parent: QWidget, library: Library, files: FileDialogs, prompt: Callable[[], str]) -> None:
        self.templates = TemplateList(library)
        super().__init__(parent, self.templates, "Search templates", _HINT)
        self.templates.setParent(self)
        self._files, self._prompt = files, prompt
        self._over: QWidget = parent
        self.save = button("Save prompt…", self._ask_to_save, tip="Save the prompt as a template")
        self.save.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.more = icon_button("ellipsis", "Rename, delete, import and export", self._show_more)
        self.undo = button("Undo", self.templates.undo, kind="link")
        self.undo.hide()
        self.top.addWidget(self.save)
        self.top.addWidget(self.more)
        self.bottom.addWidget(self.undo)
        self.list.setItemDelegate(_RowDelegate(self.templates, self.list))
        self.list.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.list.customContextMenuRequested.connect(self._show_menu_at)
        self.list.clicked.connect(self.choose)
        self.field.textChanged.connect(self.templates.search)
        self.templates.loaded.connect(self._show_loaded)
        self.templates.said.connect(self._say)
        self.chosen.connect(self._use)

    def open_over(self, field: QWidget) -> None:
        """Open over the prompt with all templates."""
        self._over = field
        self.undo.setVisible(self.templates.can_undo)
        self.save.setEnabled(bool(self._prompt().strip()))
        super().open_over(field)
        self.templates.search("")

    def menu(self) -> QMenu:
        """Return the menu for the selected template and for all of them."""
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        template = self.templates.template(self.list.currentIndex())
        if template is not None:
            menu.addAction("Rename…", partial(self._ask_for_name, template))
            menu.addAction("Delete", partial(self.templates.delete, template))
            menu.addSeparator()
        menu.addAction("Import…", self._import)
        menu.addAction("Export all…", self._export)
        return menu

    def _show_more(self) -> None:
        self.menu().popup(self.more.mapToGlobal(self.more.rect().bottomLeft()))

    def _show_menu_at(self, at: QPoint) -> None:
        self.menu().popup(self.list.viewport().mapToGlobal(at))

    def _show_loaded(self) -> None:
        self.select_first()
        self.undo.setVisible(self.templates.can_undo)

    def _say(self, sentence: str) -> None:
        if not self.isVisible():
            self.open_over(self._over)
        self.say(sentence)

    def _use(self, index: QModelIndex, _shift: bool) -> None:
        if (template := self.templates.template(index)) is not None:
            self.used.emit(template)

    def _ask_to_save(self) -> None:
        text = self._prompt()
        self.hide()
        name = ellipsize(single_line(text), _MAX_NAME)
        TextInputDialog(
            self._over, "Save as template", "Name", lambda typed: self.templates.add(typed, text), text=name
        )

    def _ask_for_name(self, template: Template) -> None:
        self.hide()
        rename = partial(self.templates.rename, template)
        TextInputDialog(self._over, "Rename template", "Name", rename, text=template.name)

    def _import(self) -> None:
        self.hide()
        take = self.templates.import_file
        self._files.open_file(self._over, FolderPurpose.PROMPTS, "Import templates", take, _FILTER)

    def _export(self) -> None:
        self.hide()

        def write(path: Path, _kind: str) -> None:
            self.templates.export_file(path)

        self._files.save(
            self._over, FolderPurpose.PROMPTS, "Export templates", "templates.json", {"json": _FILTER}, write
        )


class _RowDelegate(QStyledItemDelegate):
    """Draws the name of a template above its text."""

    def __init__(self, templates: TemplateList, parent: QObject) -> None:
        super().__init__(parent)
        self._templates = templates

    def sizeHint(self, _option: QStyleOptionViewItem, _index: QModelIndex | QPersistentModelIndex) -> QSize:
        """Return the size of every row."""
        return QSize(100, _ROW)

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        """Draw one row."""
        template = self._templates.template(index)
        if template is None:
            return
        t = tokens()
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        draw_ground(painter, option)
        room = option.rect.adjusted(_GAP, 5, -_GAP, 0)
        _draw_line(painter, room, template.name, t.text, 13)
        _draw_line(painter, room.adjusted(0, 19, 0, 0), single_line(template.text), t.text_muted, 11)
        painter.restore()


def _draw_line(painter: QPainter, room: QRect, text: str, color: str, size: int) -> None:
    font = QFont(painter.font())
    font.setPixelSize(size)
    painter.setFont(font)
    painter.setPen(QColor(color))
    line = painter.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, room.width())
    painter.drawText(room, _LEFT, line)
