"""The dialog of a task: the image with its new frame, and the form with the price."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from decimal import Decimal
from typing import NamedTuple, Self

from PySide6.QtCore import QSize, Signal
from PySide6.QtGui import QAction, QImage, QShortcut
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from imagineart_desktop.imaging import load_picture
from imagineart_desktop.jobs import InputImage
from imagineart_desktop.library import Library
from imagineart_desktop.models import FieldKind, Size, Task, parse_ratio
from imagineart_desktop.models.own_size import own_size
from imagineart_desktop.models.reframe import frame_around
from imagineart_desktop.ui.forms.request_form import RequestForm
from imagineart_desktop.ui.forms.services import FormServices
from imagineart_desktop.ui.tasks.frame_view import FrameView
from imagineart_desktop.ui.widgets import BaseDialog, SectionLabel, plain_label
from imagineart_desktop.ui.widgets.file_dialogs import FileDialogs
from imagineart_desktop.ui.widgets.segmented import RatioPicker
from imagineart_desktop.workspace.image_pyramid import ImagePyramid
from imagineart_desktop.workspace.request_draft import RequestDraft
from imagineart_desktop.workspace.submitter import Submission

_RATIOS = ("1:1", "4:3", "3:2", "16:9", "21:9", "4:5", "9:16")
_FORM_WIDTH = 320
_SIZE = (860, 620)


class _Preview(NamedTuple):
    """A small copy of an image, and the size of the image."""

    image: QImage
    size: Size


class TaskDialog(BaseDialog):
    """Shows the image that a task is done to, and the draft of the request."""

    submitted = Signal()

    @classmethod
    async def of(
        cls, parent: QWidget, title: str, draft: RequestDraft, image: InputImage, library: Library, files: FileDialogs
    ) -> Self:
        """Return the dialog for an image. Raises PictureError."""
        preview = await asyncio.to_thread(_preview_of, image)
        return cls(parent, title, draft, image, preview, FormServices(library, files))

    def __init__(
        self,
        parent: QWidget,
        title: str,
        draft: RequestDraft,
        image: InputImage,
        preview: _Preview,
        services: FormServices,
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle(title)
        self._draft, self._image, self._size = draft, image, preview.size
        self.is_sending = False
        """Whether it isn't known yet what became of the request. The dialog stays, and sends no other, until then."""
        draft.setParent(self)
        draft.set_input_sizes([preview.size])
        frame_field = draft.model.field_of(FieldKind.SIZE)
        self._frame_field = frame_field if draft.task is Task.REFRAME else None
        self.view = FrameView(preview.image, preview.size, has_frame=self._frame_field is not None)
        self.ratios = RatioPicker(_RATIOS)
        self.result_size = plain_label("", "small")
        self.form = RequestForm(draft, services=services)
        self.form.model_picker.list_button.hide()
        self._build(parent.size())
        self.form.submitted.connect(self._submit)
        self.finished.connect(self.deleteLater)
        if self._frame_field is not None:
            self.ratios.changed.connect(self._choose_ratio)
            self.view.dragged.connect(self._choose_frame)
            draft.changed.connect(self._show_frame)
            self._choose_ratio(_RATIOS[3])

    def follow(self, submit: QAction) -> None:
        """Submit with the keys of the window's action, which apply to its pages alone."""
        self.form.go.follow(submit)
        keys = QShortcut(self)
        keys.setKeys(submit.shortcuts())
        keys.activated.connect(self.form.submit)

    async def read(self) -> InputImage:
        """Return the image that is sent."""
        return self._image

    def reject(self) -> None:
        """Close, unless a request is being sent."""
        if not self.is_sending:
            super().reject()

    def show_submission(self, submission: Submission, allow: Callable[[Decimal], object]) -> None:
        """Show what became of the request; close if it was sent. allow: see `RequestForm.show_submission`."""
        if submission.jobs:
            self.accept()
        else:
            self.form.allow_next()
            self.form.show_submission(submission, allow)

    def _build(self, room: QSize) -> None:
        left = QVBoxLayout()
        left.setContentsMargins(16, 16, 16, 16)
        left.setSpacing(8)
        left.addWidget(self.view, 1)
        if self._frame_field is not None:
            left.addWidget(SectionLabel("Ratio", "or drag the frame"))
            left.addWidget(self.ratios)
            left.addWidget(self.result_size)
        else:
            self.ratios.hide()
            self.result_size.hide()
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        row.addLayout(left, 1)
        self.form.setFixedWidth(_FORM_WIDTH)
        row.addWidget(self.form)
        # The screen may be no larger than a small window.
        self.resize(QSize(*_SIZE).boundedTo(room))
        (self.form.prompt.editor if self._draft.model.has_prompt else self.form.go).setFocus()

    def _submit(self) -> None:
        if self.is_sending:
            return
        if self.form.check():
            self.is_sending = True
            self.submitted.emit()
        else:
            self.form.allow_next()

    def _choose_ratio(self, ratio: str) -> None:
        self._choose_frame(_shape(ratio))

    def _choose_frame(self, frame: Size) -> None:
        """Set the size of the result to that of a frame with this ratio."""
        if (field := self._frame_field) is not None:
            self._draft.set_fields({field.name: own_size(frame_around(self._size, frame, field))})

    def _show_frame(self) -> None:
        size = self._draft.output_size()
        if size is None:
            self.result_size.setText("")
            return
        self.view.set_ratio(size)
        self._show_ratio(size)
        scale = min(result / own for result, own in zip(size, self._size, strict=True))
        scaled = "" if round(scale * 100) == 100 else f" · your image at {scale:.0%} of its size"
        self.result_size.setText(f"Result {size[0]} × {size[1]} px{scaled}")

    def _show_ratio(self, size: Size) -> None:
        """Select the ratio that gives this size, if any does."""
        for ratio in _RATIOS:
            if self._frame_field and frame_around(self._size, _shape(ratio), self._frame_field) == size:
                self.ratios.set_value(ratio)
                return
        self.ratios.clear()


def _shape(ratio: str) -> Size:
    width, height = parse_ratio(ratio)
    return int(width), int(height)


def _preview_of(image: InputImage) -> _Preview:
    pixels = load_picture(image.source).pixels
    return _Preview(ImagePyramid.of(pixels).small, (int(pixels.shape[1]), int(pixels.shape[0])))
