"""The loupe's toolbar, above the image: back button, position in the list, view switches and commands."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from PySide6.QtCore import QPoint, QSize, Signal
from PySide6.QtGui import QAction, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QWidget

from imagineart_desktop.ui.commands.command_button import CommandButton, CommandButtons, ShortcutTip
from imagineart_desktop.ui.widgets import ElidedLabel, button, icon_button
from imagineart_desktop.workspace.commands.command import ImageSubject
from imagineart_desktop.workspace.commands.image_commands import applies_to_image


class LoupeBar(QWidget):
    """A toolbar that adapts to its width.

    commands: ids in their order; back: label of the back button. Commands that don't fit are left out, the last ones
    first; the menu behind “⋯” has all of them.
    """

    left = Signal()
    fit_requested = Signal()
    actual_size_wanted = Signal()
    compare_wanted = Signal()
    command = Signal(str)
    menu_wanted = Signal(QPoint)

    def __init__(self, commands: Sequence[str], back: str) -> None:
        super().__init__()
        self.setObjectName("bar")
        self._row = row = QHBoxLayout(self)
        row.setContentsMargins(12, 6, 12, 6)
        row.setSpacing(6)
        self.commands: dict[str, CommandButton] = {}
        self.back = button(f"‹ {back}", self.left.emit, tip="Back (Esc)")
        self.place = ElidedLabel("", "muted")
        self._widest_position = ""
        self._fit = button("Fit", self.fit_requested.emit)
        self._actual = button("100%", self.actual_size_wanted.emit)
        self.compare = button("Before/after", self.compare_wanted.emit)
        self.compare.setCheckable(True)
        self._tips = {
            "view.fit": ShortcutTip(self._fit, "Whole image"),
            "view.actual": ShortcutTip(self._actual, "One image pixel per screen pixel"),
            "view.compare": ShortcutTip(self.compare, "Before and after, with a slider"),
        }
        self._more = icon_button("ellipsis", "More", self._ask_menu)
        row.addWidget(self.back)
        row.addWidget(self.place, 1)
        for made in (self._fit, self._actual, self.compare):
            row.addWidget(made)
        self._buttons = CommandButtons(self.command.emit)
        for command_id in commands:
            self.commands[command_id] = self._buttons.make(command_id)
            row.addWidget(self.commands[command_id])
        row.addWidget(self._more)

    def use_actions(self, actions: Mapping[str, QAction]) -> None:
        """Show the shortcuts of the window's actions, by command id."""
        self._buttons.use_actions(actions, self.commands.values())
        for command_id, tip in self._tips.items():
            if command_id in actions:
                tip.follow(actions[command_id])

    def set_back(self, words: str) -> None:
        """Set the label of the back button."""
        self.back.setText(f"‹ {words}")
        self._update_visible_commands()

    def set_place(self, place: int, count: int, title: str) -> None:
        """Show the position in the list, such as “3 of 4”, and the list's title. Only the title is elided.

        place: counted from 1; 0 outside the list.
        """
        position = f"{place:,} of {count:,}" if place and count > 1 else ""
        self.place.setText(" · ".join(filter(None, (position, title))))
        # As wide as the last position, so that no command comes or goes while the user walks through the list.
        widest = f"{count:,} of {count:,}" if count > 1 else ""
        self._widest_position = f"{widest} · …" if widest and title else widest
        self._update_visible_commands()

    def minimumSizeHint(self) -> QSize:
        """Return a minimum width that fits everything but the commands."""
        return QSize(self._fixed_width(), super().minimumSizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Show as many commands as fit."""
        super().resizeEvent(event)
        self._update_visible_commands()

    def _update_visible_commands(self) -> None:
        room = self.width() - self._fixed_width() - self._position_width()
        for made in self.commands.values():
            room -= made.sizeHint().width() + self._row.spacing()
            made.setVisible(room >= 0)

    def _position_width(self) -> int:
        """Return the pixels that the position needs beyond the label's minimum width."""
        needed = self.place.fontMetrics().horizontalAdvance(self._widest_position)
        return max(0, needed - self.place.minimumSizeHint().width())

    def _fixed_width(self) -> int:
        parts = (self.back, self._fit, self._actual, self.compare, self._more)
        margins = self._row.contentsMargins()
        widths = sum(part.sizeHint().width() for part in parts) + self.place.minimumSizeHint().width()
        return widths + len(parts) * self._row.spacing() + margins.left() + margins.right()

    def show_state(self, image: ImageSubject | None, *, has_image: bool, has_source: bool, comparing: bool) -> None:
        """Enable what can be done; a switch without effect isn't shown as checked.

        image: the image of the library; has_image: whether it, or one from outside, is on screen.
        """
        for made in (self._fit, self._actual):
            made.setEnabled(has_image)
        for command_id, made in self.commands.items():
            made.setEnabled(has_image and applies_to_image(command_id, image))
        self._more.setEnabled(image is not None)
        self.compare.setEnabled(has_source)
        self.compare.setChecked(has_source and comparing)

    def _ask_menu(self) -> None:
        self.menu_wanted.emit(self._more.mapToGlobal(QPoint(0, self._more.height())))
