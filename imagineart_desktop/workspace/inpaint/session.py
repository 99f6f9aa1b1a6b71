"""An inpaint session without widgets: the mask and what is sent for it. Canvas, form and panels observe it."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import QObject

from imagineart_desktop.models import Task
from imagineart_desktop.workspace.background import PendingWorkPresenter
from imagineart_desktop.workspace.inpaint.estimator import CostEstimator
from imagineart_desktop.workspace.inpaint.settings import SessionSettings
from imagineart_desktop.workspace.mask_document import MaskDocument
from imagineart_desktop.workspace.request_draft import RequestDraft


class InpaintSession(QObject):
    """The state of one Inpaint tab. Several can exist at once.

    waiting: shows pending work and cancels it; None to show none.
    """

    def __init__(self, parent: QObject | None = None, waiting: PendingWorkPresenter | None = None) -> None:
        super().__init__(parent)
        self.document = MaskDocument(self, waiting)
        self.draft = RequestDraft(Task.INPAINT, self)
        self.settings = SessionSettings(self)
        self.estimator = CostEstimator(self, self.document, self.settings, self.draft)

    def state(self) -> dict[str, object]:
        """Return the session as JSON, for `restore`."""
        return {**self.draft.state(), "trip": self.settings.state()}

    def restore(self, state: Mapping[str, object]) -> None:
        """Restore what `state` returned; invalid parts change nothing."""
        self.draft.restore(state)
        self.settings.restore(state.get("trip"))
