"""Canvas commands follow the tab and the canvas, at the cost of what changed."""

from __future__ import annotations

import sys
from collections import Counter
from types import FrameType

from PySide6.QtWidgets import QWidget

from imagineart_desktop.ui.commands.actions import Actions
from imagineart_desktop.ui.theme import Theme
from imagineart_desktop.ui.window.availability import Availability
from imagineart_desktop.workspace.commands.command import CommandContext
from imagineart_desktop.workspace.commands.conditions import in_inpaint, on_canvas


def test_canvas_commands_are_touched_only_when_their_condition_changes(theme: Theme) -> None:
    window = QWidget()
    actions = Actions(window)
    availability = Availability(window, actions, CommandContext, lambda _command, _now: "")
    calls: Counter[str] = Counter()

    def count(frame: FrameType, event: str, called: object) -> None:
        if event == "c_call":
            calls[getattr(called, "__name__", "")] += 1
        elif event == "call":
            calls[frame.f_code.co_name] += 1

    def refresh(now: CommandContext) -> dict[str, bool]:
        calls.clear()
        sys.setprofile(count)
        try:
            availability.refresh(now)
        finally:
            sys.setprofile(None)
        return {name: actions[name].isEnabled() for name in actions.commands}

    for now in (CommandContext("generate"), CommandContext("inpaint"), CommandContext("inpaint", canvas=True)):
        enabled = refresh(now)
        assert calls["setEnabled"] > 0
        for name, command in actions.commands.items():
            if command.applies_to in (in_inpaint, on_canvas):
                assert enabled[name] is command.applies_to(now), name
        assert refresh(now) == enabled
        assert calls["setEnabled"] == 0
        assert calls["on_canvas"] == calls["in_inpaint"] == 1
    window.deleteLater()
