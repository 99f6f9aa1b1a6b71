"""The commands for the prompt of the open tab."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from imagineart_desktop.ui.prompt.prompt_edit import PromptEdit
from imagineart_desktop.ui.window.pages import Pages

Run = Callable[[], object]


def prompt_commands(pages: Pages) -> dict[str, Run]:
    """Return command → what it does."""
    commands: dict[str, Callable[[PromptEdit], object]] = {
        "prompt.history": PromptEdit.show_history,
        "prompt.replace": PromptEdit.show_find_bar,
        "prompt.templates": PromptEdit.show_templates,
    }
    return {name: partial(_run, pages, work) for name, work in commands.items()}


def _run(pages: Pages, work: Callable[[PromptEdit], object]) -> None:
    """Do it in the open tab, unless its model takes no prompt."""
    form = pages.form(pages.tab())
    if form is not None and form.prompt.isVisible():
        work(form.prompt)
