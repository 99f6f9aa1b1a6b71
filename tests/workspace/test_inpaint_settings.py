"""Inpaint settings without a window: what the user sets, what is restored, and within which limits."""

from __future__ import annotations

from pydantic import TypeAdapter
from PySide6.QtCore import QObject

from imagineart_desktop.imaging import InpaintSettings, Margins, SendMode
from imagineart_desktop.workspace.inpaint.settings import SavedSettings, SessionSettings

_READ = TypeAdapter[InpaintSettings | None](SavedSettings)


class Listener(QObject):
    """Records the signals of settings."""

    def __init__(self, settings: SessionSettings) -> None:
        super().__init__()
        self.changes = self.seam_changes = 0
        self.extensions: list[tuple[Margins, Margins, str]] = []
        settings.changed.connect(self._note_change)
        settings.seam_changed.connect(self._note_seam)
        settings.extended.connect(self._note_extension)

    def _note_change(self) -> None:
        self.changes += 1

    def _note_seam(self) -> None:
        self.seam_changes += 1

    def _note_extension(self, before: Margins, after: Margins, gesture: str) -> None:
        self.extensions.append((before, after, gesture))

    def counts(self) -> tuple[int, int, int]:
        """Return (changes, changes of the seam, extensions) since the last call."""
        counts = self.changes, self.seam_changes, len(self.extensions)
        self.changes = self.seam_changes = 0
        self.extensions.clear()
        return counts


def test_what_the_user_sets_is_told_apart_from_what_is_restored() -> None:
    settings = SessionSettings()
    listener = Listener(settings)
    soft = InpaintSettings(mode=SendMode.ONLY_MASKED, feather=12, margins=Margins(right=80))
    settings.edit(soft, "right")
    assert (settings.value, settings.margins) == (soft, Margins(right=80))
    assert listener.extensions == [(Margins(), Margins(right=80), "right")]
    assert listener.counts() == (1, 1, 1)
    settings.edit(soft)
    settings.set_value(soft)
    settings.set_margins(soft.margins)
    assert listener.counts() == (0, 0, 0)
    settings.set_seam(30, tone_match=True)
    settings.set_margins(Margins())
    settings.restore(_READ.validate_python({"feather": 5}))
    assert listener.counts() == (3, 0, 0)
    settings.edit_feather(6)
    assert listener.counts() == (1, 1, 0)


def test_each_drag_of_the_edges_is_one_gesture() -> None:
    settings = SessionSettings()
    listener = Listener(settings)
    settings.drag_margins(Margins(8))
    settings.drag_margins(Margins(16))
    settings.end_drag()
    settings.drag_margins(Margins(24))
    first, second, third = (gesture for _before, _after, gesture in listener.extensions)
    assert first == second != third


def test_settings_stay_within_what_the_window_shows() -> None:
    settings = SessionSettings()
    settings.set_value(InpaintSettings(context=100, feather=900, overlap=900, margins=Margins(top=20_000)))
    assert settings.value == InpaintSettings(context=96, feather=128, overlap=128, margins=Margins(top=8192))
    settings.restore(_READ.validate_python({"context": 3}))
    assert settings.value.context == 16
    for invalid in ({"feather": -1}, {"mode": "none"}, {}, None, 7):
        settings.restore(_READ.validate_python(invalid))
        assert settings.value.context == 16
