"""The About dialog: name, version, links, and the licenses of all bundled components."""

from __future__ import annotations

import asyncio
import platform
from functools import partial

from PySide6.QtCore import QSize, Qt, QUrl, qVersion
from PySide6.QtGui import QDesktopServices, QGuiApplication, QIcon
from PySide6.QtWidgets import QHBoxLayout, QLabel, QListWidget, QPlainTextEdit, QVBoxLayout, QWidget

from imagineart_desktop import __version__
from imagineart_desktop.fal import HOME_PAGE, KEYS_PAGE, MODELS_PAGE
from imagineart_desktop.resources import resource_path
from imagineart_desktop.ui.about.licenses import Component, components
from imagineart_desktop.ui.widgets import BaseDialog, SectionLabel, button, plain_label
from imagineart_desktop.workspace.background import spawn_owned

LINKS = {
    "fal.ai": HOME_PAGE,
    "Models and prices": MODELS_PAGE,
    "Your keys": KEYS_PAGE,
}
_ICON, _LIST_WIDTH = 56, 260
"""Sizes in pixels."""


class AboutDialog(BaseDialog):
    """The About dialog. Its version text can be copied for problem reports."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setWindowTitle("About ImagineArt Desktop")
        self.setModal(False)
        self.resize(720, 520)
        self._components: list[Component] = []
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 20, 24, 20)
        column.setSpacing(12)
        column.addLayout(self._head())
        column.addWidget(SectionLabel("Licenses"))
        self.list = QListWidget()
        self.list.setAccessibleName("Components")
        self.list.setFixedWidth(_LIST_WIDTH)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.text = QPlainTextEdit()
        self.text.setReadOnly(True)
        self.text.setAccessibleName("License")
        self.text.setPlaceholderText("Loading…")
        self.list.currentRowChanged.connect(self._show_license)
        row = QHBoxLayout()
        row.addWidget(self.list)
        row.addWidget(self.text, 1)
        column.addLayout(row, 1)
        foot = QHBoxLayout()
        foot.addWidget(button("Copy versions", self._copy))
        foot.addStretch(1)
        close = button("Close", self.close)
        close.setDefault(True)
        foot.addWidget(close)
        column.addLayout(foot)
        spawn_owned(self, self._load())

    def _head(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(16)
        picture = QLabel()
        picture.setPixmap(QIcon(str(resource_path("icons", "app.svg"))).pixmap(QSize(_ICON, _ICON)))
        row.addWidget(picture, 0, Qt.AlignmentFlag.AlignTop)
        words = QVBoxLayout()
        words.setSpacing(4)
        words.addWidget(plain_label("ImagineArt Desktop", "title"))
        self.versions = plain_label(_versions(), "muted", selectable=True)
        words.addWidget(self.versions)
        words.addWidget(
            plain_label("Generate, edit and inpaint images, and keep track of how each was made.", wrap=True)
        )
        links = QHBoxLayout()
        links.setSpacing(12)
        for text, address in LINKS.items():
            links.addWidget(button(text, partial(_open, address), kind="link", tip=address))
        links.addStretch(1)
        words.addLayout(links)
        row.addLayout(words, 1)
        return row

    async def _load(self) -> None:
        self._components = await asyncio.to_thread(components)
        self.list.addItems([f"{one.name} · {one.license}" for one in self._components])
        self.list.setCurrentRow(0)

    def _show_license(self, row: int) -> None:
        if 0 <= row < len(self._components):
            one = self._components[row]
            self.text.setPlainText(one.text or f"{one.name} is licensed under {one.license}.")

    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(f"ImagineArt Desktop {_versions()}")


def _versions() -> str:
    return f"{__version__} · Qt {qVersion()} · Python {platform.python_version()} · {platform.system()}"


def _open(address: str) -> None:
    QDesktopServices.openUrl(QUrl(address))
