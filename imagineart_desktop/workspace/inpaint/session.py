"""An inpaint session without widgets: what is composed and sent. Canvas, form and panels observe it."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import QObject

from imagineart_desktop.models import Task
from imagineart_desktop.workspace.inpaint.settings import SessionSettings
from imagineart_desktop.workspace.request_draft import RequestDraft


class InpaintSession(QObject):
    """The state of one Inpaint tab. Several can exist at once."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.draft = RequestDraft(Task.INPAINT, self)
        self.settings = SessionSettings(self)

    def state(self) -> dict[str, object]:
        """Return the session as JSON, for `restore`."""
        return {**self.draft.state(), "trip": self.settings.state()}

    def restore(self, state: Mapping[str, object]) -> None:
        """Restore what `state` returned; invalid parts change nothing."""
        self.draft.restore(state)
        self.settings.restore(state.get("trip"))
