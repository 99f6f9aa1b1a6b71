"""How an image was made, as rows, and what of it can be reused; for the gallery's details and the loupe."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QIcon, QImage, QPixmap
from PySide6.QtWidgets import QFormLayout, QHBoxLayout, QSizePolicy, QToolButton, QWidget

from imagineart_desktop.imaging import PictureError, make_thumbnail
from imagineart_desktop.library import FileState, InputPicture, PictureDetails
from imagineart_desktop.models import FieldKind, format_dollars, setting_texts
from imagineart_desktop.support.wording import format_size
from imagineart_desktop.ui.commands.command_button import CommandButtons
from imagineart_desktop.ui.theme import over_checkerboard
from imagineart_desktop.ui.widgets import ElidedLabel, FlowLayout, TextBlock, icon_button, plain_label
from imagineart_desktop.workspace.background import spawn_owned
from imagineart_desktop.workspace.commands.command import ImageSubject
from imagineart_desktop.workspace.commands.image_commands import COPY_SEED, REUSE_ROW, applies_to_image
from imagineart_desktop.workspace.fact import ImageFact
from imagineart_desktop.workspace.import_facts import imported_facts
from imagineart_desktop.workspace.language import datetime_text

_PARENT = 62
_PARENT_EDGE = 192
_MAX_NAME = 110
"""Maximum width of a fact's label, in pixels."""

_FILE_STATES = {
    FileState.OK: "Unchanged",
    FileState.MISSING: "Missing",
    FileState.DAMAGED: "Damaged",
    FileState.CHANGED: "Changed by another program",
}
"""Each in one line, so that the rows below keep their places."""


def image_facts(details: PictureDetails) -> list[ImageFact]:
    """Return all known facts about an image."""
    recipe, summary = details.recipe, details.summary
    created = details.created_at.astimezone()
    # Number and unit stay on one line.
    file_size = format_size(details.bytes).replace(" ", "\u00a0")
    facts = [
        ImageFact("model", "Model", summary.model_label),
        ImageFact("size", "Size", f"{summary.size[0]} × {summary.size[1]} · {details.format} · {file_size}"),
        ImageFact("file", "On disk", _FILE_STATES[summary.state]),
    ]
    if summary.model is not None:
        facts += [ImageFact(one.field, one.label, one.text) for one in setting_texts(summary.model, recipe.request)]
        if (count := summary.model.result_count(recipe.request)) > 1:
            facts.append(ImageFact("index", "Image", f"{recipe.position + 1} of {count}"))
    if details.model_problem:
        facts.append(ImageFact("model_problem", "Settings", details.model_problem))
    facts.append(ImageFact("seed", "Seed", str(recipe.seed) if recipe.seed is not None else "—"))
    # For a file without a recipe in it, this is when the photo was taken, or else the date of the file itself.
    facts.append(ImageFact("created", "Date" if summary.is_plain_import else "Created", datetime_text(created)))
    if recipe.imported is not None and recipe.imported.added_at is not None:
        facts.append(ImageFact("added", "Imported", datetime_text(recipe.imported.added_at.astimezone())))
    if recipe.submitted_at and recipe.finished_at:
        took = (recipe.finished_at - recipe.submitted_at).total_seconds()
        waited = (recipe.started_at - recipe.submitted_at).total_seconds() if recipe.started_at else 0
        facts.append(ImageFact("took", "Took", f"{took:.0f} s (queue {waited:.0f} s)"))
    if recipe.imported is not None:
        known = {fact.id for fact in facts}
        facts += [fact for fact in imported_facts(recipe) if fact.id not in known]
        facts.append(ImageFact("cost", "Cost", "— (imported)"))
    else:
        estimate = f"{format_dollars(recipe.cost)} (estimate)" if summary.has_known_price else "Unknown"
        facts.append(ImageFact("cost", "Cost", "Free (demo)" if recipe.demo else estimate))
    if details.bill is not None:
        facts.append(ImageFact("billed", "Billed", details.bill.sentence))
    if recipe.request_id:
        facts.append(ImageFact("request", "Request", recipe.request_id))
    return facts


def facts_form(details: PictureDetails, buttons: CommandButtons) -> QFormLayout:
    """Return a form of all facts, whose seed can be copied."""
    form = QFormLayout()
    form.setHorizontalSpacing(18)
    form.setVerticalSpacing(6)
    form.setLabelAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop)
    for fact in image_facts(details):
        label = ElidedLabel(fact.label, "faint")
        label.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Preferred)
        label.setFixedWidth(min(label.sizeHint().width(), _MAX_NAME))
        copied = fact.id == "seed" and applies_to_image(COPY_SEED, ImageSubject.from_details(details))
        form.addRow(label, _with_copy(fact.value, buttons) if copied else TextBlock(fact.value))
    return form


def _with_copy(value: str, buttons: CommandButtons) -> QWidget:
    line = QWidget()
    row = QHBoxLayout(line)
    row.setContentsMargins(0, 0, 0, 0)
    row.setSpacing(8)
    row.addWidget(TextBlock(value), 1)
    copy = buttons.make(COPY_SEED, kind="link")
    copy.setCursor(Qt.CursorShape.PointingHandCursor)
    row.addWidget(copy, 0, Qt.AlignmentFlag.AlignTop)
    return line


def reuse_row(details: PictureDetails, buttons: CommandButtons) -> FlowLayout:
    """Return buttons that reuse all settings or one of them; those that the image lacks are disabled."""
    row, image = FlowLayout(), ImageSubject.from_details(details)
    for command_id in REUSE_ROW:
        made = buttons.make(command_id)
        made.setEnabled(applies_to_image(command_id, image))
        row.addWidget(made)
    return row


def lineage_row(details: PictureDetails, walk: Callable[[int], object], ratio: float) -> FlowLayout:
    """Return buttons of the images this one was made from. walk: shows one; ratio: of the screen.

    Their places are there at once; they get their images one after the other, since decoding a huge one takes seconds.
    """
    row = FlowLayout()
    waiting: list[tuple[QToolButton, Path]] = []
    for parent in details.parents:
        if parent.role == "mask":
            continue
        if row.count():
            row.addWidget(plain_label("+", "muted"))
        if parent.path is None:
            row.addWidget(plain_label("Missing", "faint"))
            continue
        made = icon_button("image", _parent_tip(parent))
        made.setIcon(QIcon())
        made.setIconSize(QSize(_PARENT, 46))
        made.setStyleSheet("padding: 0;")
        if parent.picture_id is not None:
            made.clicked.connect(partial(walk, parent.picture_id))
        row.addWidget(made)
        waiting.append((made, parent.path))
    row.addWidget(plain_label("→ this image", "muted"))
    if waiting:
        spawn_owned(waiting[0][0], _show_parents(waiting, ratio))
    return row


def _parent_tip(parent: InputPicture) -> str:
    """Return what an image was for, and what a click on it does."""
    if parent.role == FieldKind.STYLE:
        return "Style image"
    noun = "reference" if parent.role == FieldKind.PICTURES else "image"
    if parent.picture_id is not None:
        return f"Show this {noun}"
    return f"{'A reference' if noun == 'reference' else 'An image'} from outside the library"


async def _show_parents(waiting: Sequence[tuple[QToolButton, Path]], ratio: float) -> None:
    for made, path in waiting:
        try:
            image = QImage.fromData(await asyncio.to_thread(make_thumbnail, path, _PARENT_EDGE))
        except PictureError:
            made.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextOnly)
            made.setText("Missing")
            made.setEnabled(False)
        else:
            made.setIcon(scale_to_pixmap(image, QSize(_PARENT, _PARENT), ratio))


def scale_to_pixmap(image: QImage, size: QSize, ratio: float) -> QPixmap:
    """Scale an image to fit a size in logical pixels, over the checkerboard where it's transparent."""
    scaled = image.scaled(size * ratio, Qt.AspectRatioMode.KeepAspectRatio, Qt.TransformationMode.SmoothTransformation)
    return over_checkerboard(scaled, ratio)
