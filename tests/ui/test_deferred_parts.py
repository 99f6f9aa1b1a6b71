"""What a window builds on first use: loupes, comparisons, the command search, the content of messages and the log."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QLineEdit, QVBoxLayout, QWidget

from imagineart_desktop.ui.command_search.palette import CommandPalette
from imagineart_desktop.ui.compare.pane import ComparePane
from imagineart_desktop.ui.jobs.log import JobLog
from imagineart_desktop.ui.loupe.loupe import Loupe
from imagineart_desktop.ui.theme import Theme
from imagineart_desktop.ui.widgets import InlineMessage
from imagineart_desktop.ui.widgets.deferred import Lazy
from tests.ui.window_driver import opened, settle


def focus_order(first: QWidget) -> list[QWidget]:
    """Return what gets the keyboard from here on, in Tab order, until it comes round."""
    found, widget = [first], first.nextInFocusChain()
    while widget is not None and widget is not first:
        if widget.focusPolicy() != Qt.FocusPolicy.NoFocus and not widget.isHidden():
            found.append(widget)
        widget = widget.nextInFocusChain()
    return found


def test_a_deferred_part_is_built_once_and_connected_once() -> None:
    done: list[str] = []

    def build() -> str:
        done.append("built")
        return "loupe"

    part = Lazy(build)
    part.when_built(lambda made: done.append(f"{made} connected"))
    assert (part.built, done) == (None, [])
    assert [part(), part(), part.built] == ["loupe"] * 3
    part.when_built(lambda made: done.append(f"{made} connected late"))
    assert done == ["built", "loupe connected", "loupe connected late"]


def test_the_tab_key_reaches_a_message_where_it_stands(theme: Theme) -> None:
    window = QWidget()
    column = QVBoxLayout(window)
    above, message, below = QLineEdit(), InlineMessage(), QLineEdit()
    for part in (above, message, below):
        column.addWidget(part)
    for words in ([], ["Repair"], ["Repair", "Skip"]):
        message.say("Broken.", actions=dict.fromkeys(words, lambda: None))
        settle()
        assert len(message.stops()) == 2 + len(words)
        assert focus_order(above) == [above, *message.stops(), below]


def test_the_tab_key_reaches_the_log_where_it_stands(theme: Theme) -> None:
    window = QWidget()
    column = QVBoxLayout(window)
    above, log, below = QLineEdit(), JobLog(), QLineEdit()
    for part in (above, log, below):
        column.addWidget(part)
    assert not log.findChildren(QWidget)
    log.open(True)
    assert focus_order(above) == [above, log.choice, log.text, below]


async def test_a_new_window_has_only_what_it_shows(tmp_path: Path, theme: Theme) -> None:
    async with opened(tmp_path, theme) as at:
        window = at.window
        form = window.generate.form
        assert not window.findChildren(Loupe)
        messages = window.findChildren(InlineMessage)
        assert messages
        # Messages that reserve a line have their content, which has the height of the line.
        assert not any(message.findChildren(QLabel) for message in messages if not message.property("small"))
        # Commands of the loupe do nothing, and build none.
        window.window_actions["loupe.facts"].trigger()
        assert not window.findChildren(Loupe)
        assert not window.findChildren(CommandPalette)
        assert not window.strip.log.findChildren(QWidget)

        form.show_problem("seed", "Too large.")
        wrong, order = form._problems["seed"].stops(), focus_order(form.seed.edit)
        assert order[: order.index(form.count)] == [*form.seed.stops(), *wrong]


async def test_inpaint_builds_the_comparison_with_the_first_one_and_puts_it_after_the_canvas(
    tmp_path: Path, theme: Theme
) -> None:
    async with opened(tmp_path, theme, at_once=["inpaint"]) as at:
        inpaint = at.window.inpaint
        assert not inpaint.findChildren(ComparePane)
        before = focus_order(inpaint.canvas)
        pane = inpaint.result_view.pane
        built = [part for part in focus_order(inpaint.canvas) if pane.isAncestorOf(part)]
        assert len(built) > 2
        assert focus_order(inpaint.canvas) == [before[0], *built, *before[1:]]
