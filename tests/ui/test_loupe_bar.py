"""The loupe's toolbar in little room."""

from __future__ import annotations

import pytest

from imagineart_desktop.ui.loupe.bar import LoupeBar
from imagineart_desktop.ui.theme import Theme
from imagineart_desktop.workspace.commands.image_commands import EDIT_BAR, LOUPE_BAR
from tests.ui.window_driver import activate, settle


@pytest.mark.parametrize("title", ["", "All images"])
@pytest.mark.parametrize("commands", [EDIT_BAR, LOUPE_BAR])
def test_the_position_is_shown_before_any_command(theme: Theme, commands: tuple[str, ...], title: str) -> None:
    bar = LoupeBar(commands, "Back to results")
    activate(bar)
    shown: set[int] = set()
    for width in range(bar.minimumSizeHint().width(), bar.sizeHint().width() + 200, 7):
        bar.resize(width, bar.height())
        for place in (3, 1000):
            bar.set_place(place, 1000, title)
            settle()
            visible = sum(made.isVisible() for made in bar.commands.values())
            shown.add(visible)
            if visible:
                assert bar.place.drawn_text().startswith(f"{place:,} of 1,000")
    assert len(shown) > 2
