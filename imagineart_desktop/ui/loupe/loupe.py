"""The loupe: shows one image large, within the list that it was opened from."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from functools import partial
from pathlib import Path

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtGui import QAction, QDrag, QHideEvent, QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QWidget

from imagineart_desktop.imaging import PictureError, load_picture
from imagineart_desktop.library import Label, Library, LibraryChange, PictureDetails, PictureSummary
from imagineart_desktop.support import spawn
from imagineart_desktop.support.memory import release_freed_memory
from imagineart_desktop.ui.commands.actions import Actions
from imagineart_desktop.ui.loupe.bar import LoupeBar
from imagineart_desktop.ui.loupe.facts_panel import FactsPanel
from imagineart_desktop.ui.loupe.filmstrip import Filmstrip
from imagineart_desktop.ui.loupe.image_feed import PrefetchController
from imagineart_desktop.ui.loupe.loupe_layout import LoupeLayout
from imagineart_desktop.ui.loupe.mark_bar import MarkBar
from imagineart_desktop.ui.loupe.mark_flash import MarkFlash
from imagineart_desktop.ui.loupe.over_image import LoadingSign, lay_over
from imagineart_desktop.ui.viewer.image_view import ImageViewer
from imagineart_desktop.ui.widgets import InlineMessage
from imagineart_desktop.workspace.background import spawn_owned
from imagineart_desktop.workspace.commands.image_commands import FAVORITE, LOUPE_BAR
from imagineart_desktop.workspace.gallery.rows import mime_for_pictures
from imagineart_desktop.workspace.image_pyramid import ImagePyramid
from imagineart_desktop.workspace.library_texts import NO_LONGER_THERE
from imagineart_desktop.workspace.loupe.current_image import CurrentImage
from imagineart_desktop.workspace.loupe.image_list import ImageList


class Loupe(QWidget):
    """A widget that shows the current image of its list, with bars, facts and a filmstrip around it.

    Only the user changes which image that is; library changes update only marks and facts.

    commands: ids of those in the bar; back: label of the button that closes the loupe.
    """

    command = Signal(str, list)
    """An image command and the ids it applies to."""
    menu_wanted = Signal(list, QPoint)
    rated = Signal(int)
    labelled = Signal(object)
    image_shown = Signal(object)
    """`PictureSummary`, or None if it isn't an image of the library."""
    left = Signal()
    """The user wants to return to where the loupe was opened."""
    full_screen_wanted = Signal(bool)

    def __init__(self, library: Library, commands: Sequence[str] = LOUPE_BAR, back: str = "Back to grid") -> None:
        super().__init__()
        self.setObjectName("ground")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._library = library
        self.images = ImageList(library, self)
        self.current: PictureSummary | None = None
        """The library image on screen."""
        self.image = CurrentImage(library, self.images, self)
        self._title = ""
        self._full_screen = False
        self._advance: QAction | None = None
        self.view = ImageViewer(in_list=True)
        self._feed = PrefetchController(library, self.images, self.view, self)
        self.message = InlineMessage()
        self.facts = FactsPanel()
        self.marks = MarkBar()
        self.flash = MarkFlash()
        self.loading = LoadingSign()
        self.filmstrip = Filmstrip(self.images)
        self.bar = LoupeBar(commands, back)
        lay_over(self.view, self.loading, self.flash)
        self._layout = LoupeLayout(self.bar, self.message, self.view, self.marks, self.filmstrip, self.facts)
        self.setLayout(self._layout)
        self._connect()
        self._show_state()

    # The shown image

    def open(self, numbers: Sequence[int], number: int, *, title: str = "", in_trash: bool = False) -> None:
        """Show an image of a list of ids. title: the name of the list."""
        self._title = title
        self.images.set_list(list(numbers), number, in_trash=in_trash)

    def open_file(self, path: Path) -> None:
        """Show a file from outside the library, without a list."""
        self.close_image()
        spawn_owned(self, self._show_file(path, self.image.turn))

    def close_image(self) -> None:
        """Release the image, its neighbors and the list."""
        self._feed.clear()
        self.images.clear()
        self.current = None
        self.image.start_another()
        self.view.fit()
        self.view.show_picture(None)
        self.message.clear()
        self._show_state()
        spawn(asyncio.to_thread(release_freed_memory))

    def take_keys(self) -> None:
        """Give the image the keyboard focus."""
        self.view.setFocus(Qt.FocusReason.OtherFocusReason)

    def use_actions(self, actions: Actions) -> None:
        """Use the window's actions: keys while the loupe has the focus, shortcuts on buttons, auto-advance."""
        self.addActions([*actions.gallery_actions(), *actions.loupe_actions()])
        advance, named = actions["loupe.advance"], actions.named()
        self.bar.use_actions(named)
        self.marks.use_actions(named)
        self.facts.buttons.use_actions(named)
        self.marks.add_switch(advance)
        self._advance = advance

    def _connect(self) -> None:
        view, images, bar = self.view, self.images, self.bar
        bar.left.connect(self._leave)
        bar.fit_requested.connect(view.fit)
        bar.actual_size_wanted.connect(partial(view.zoom_to, 1.0))
        bar.compare_wanted.connect(self.toggle_comparing)
        bar.command.connect(self._run)
        bar.menu_wanted.connect(self._ask_menu)
        view.tapped.connect(self._leave)
        view.menu_wanted.connect(self._ask_menu)
        view.drag_out_requested.connect(self._drag_out)
        images.moved.connect(self._go)
        images.resized.connect(self._show_state)
        images.invalidated.connect(self._close_list)
        self._feed.ready.connect(self._loaded)
        self._feed.failed.connect(self._failed)
        self._feed.loading.connect(self.loading.follow)
        self.loading.announced.connect(self._show_facts)
        self._layout.step_requested.connect(images.step)
        self.image.read.connect(self._show_details)
        self.image.unreadable.connect(self._say_unreadable)
        self.image.removed.connect(self._image_removed)
        self.image.source.ready.connect(self._show_before)
        self.image.source.failed.connect(self._warn)
        self.filmstrip.menu_wanted.connect(self.menu_wanted)
        self.marks.rated.connect(self.rated)
        self.marks.labelled.connect(self.labelled)
        for part in (self.marks, self.facts):
            part.command.connect(self._run)
        self.facts.walk.connect(self._walk)
        self.facts.left.connect(self.take_keys)
        self._library.subscribe(self._library_changed)

    # Navigation

    def advance(self) -> None:
        """Go to the next image after a mark, if auto-advance is on."""
        if self._advance is not None and self._advance.isChecked():
            self.images.step(1)

    def flash_mark(self, mark: int | Label | bool, numbers: Sequence[int]) -> None:
        """Show the mark the user just set on images, with a thumbnail of the first if the next image is shown now."""
        if self.isVisible():
            other = None if self.images.current in numbers else self._feed.get(numbers[0])
            self.flash.show_mark(mark, None if other is None else other.small)

    def advance_past(self, numbers: Sequence[int]) -> None:
        """Before these are moved to the trash, go to the next image that stays, or close the loupe if there is none."""
        if self.image.details is not None and self.image.details.trashed:
            return
        if self.images.current in numbers and not self.images.leave(numbers):
            self._close_list()

    def _go(self) -> None:
        number = self.images.current
        if number is None:
            return
        self._feed.stop()
        self.message.clear()
        self.flash.leave_image()
        self.image.start_another()
        self._feed.load()
        self._show_state()
        self.image.request(number)

    def _show_details(self, details: PictureDetails) -> None:
        if self.current is None or self.current.id != details.summary.id:
            self._feed.load()
        else:
            self.current = details.summary
        self._show_state()
        self.facts.show_details(details)

    def _say_unreadable(self, sentence: str) -> None:
        self.loading.follow(loading=False)
        self.message.say(sentence)

    def _loaded(self, number: int) -> None:
        pyramid = self._feed.get(number)
        summary = self.images.summary_of(number)
        if number != self.images.current or pyramid is None or summary is None:
            return
        same = self.current is not None and self.current.id == number
        self.current = summary
        self.view.show_picture(pyramid, self.image.source.pyramid, keep_view=same or not self.view.is_fitted)
        if not same:
            self._show_state()
            self.image_shown.emit(summary)

    def _failed(self, number: int, message: str) -> None:
        if number == self.images.current:
            self.loading.follow(loading=False)
            self.current = None
            self.view.show_picture(None)
            self._show_state()
            self.message.say(message)
            self.image_shown.emit(None)

    def _image_removed(self, number: int) -> None:
        """Report that the library no longer has an image; what is on screen stays there."""
        message = NO_LONGER_THERE
        if self.current is not None and self.current.id == number:
            self.image.forget_details()
            self._show_state()
            self.message.say(message)
        else:
            self._failed(number, message)

    def _show_before(self) -> None:
        if self.images.current is not None:
            self._loaded(self.images.current)
            self._show_state()

    async def _show_file(self, path: Path, turn: int) -> None:
        try:
            with self.loading.during(lambda: turn == self.image.turn):
                pyramid = await asyncio.to_thread(lambda: ImagePyramid.of(load_picture(path).pixels))
        except PictureError as error:
            if turn == self.image.turn:
                self.message.say(str(error))
            return
        if turn == self.image.turn:
            self.view.show_picture(pyramid)
            self._show_state()
            self.image_shown.emit(None)

    def _walk(self, number: int) -> None:
        if self.images.index_of(number).isValid():
            self.images.go_to(number)
        else:
            self.open([number], number)

    def _library_changed(self, change: LibraryChange) -> None:
        number = self.images.current
        if change.pixels_changed:
            for changed in change.pictures:
                self._feed.loader.forget(changed)
        if number is not None and number in change.pictures and not change.reset:
            self.image.request(number)

    # Bar and panels

    def set_comparing(self, on: bool) -> None:
        """Show before and after, for this image and later ones that have a source."""
        self.image.source.set_wanted(on)
        self._show_state()

    def toggle_comparing(self) -> None:
        """Toggle between before and after and the image alone."""
        if self.image.source.exists:
            self.set_comparing(not self.image.source.is_wanted)

    def _show_facts(self) -> None:
        self.facts.show_details(self.image.details)

    def _warn(self, sentence: str) -> None:
        self.message.say(sentence, "caution")

    def toggle_facts(self) -> None:
        """Show or hide the facts panel."""
        self.facts.show_details(self.image.details)
        self.facts.set_wanted(not self.facts.is_wanted)
        self._show_state()

    def toggle_full_screen(self) -> None:
        """Toggle full screen."""
        self.full_screen_wanted.emit(not self._full_screen)

    def set_full_screen(self, on: bool) -> None:
        """Hide everything but the image, or show it again."""
        self._full_screen = on
        self._show_state()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Hide the filmstrip if the window is too low; load more pixels if a larger view needs them."""
        super().resizeEvent(event)
        self._show_state()
        self._feed.rest()

    def hideEvent(self, event: QHideEvent) -> None:
        """Stop loading what isn't visible."""
        super().hideEvent(event)
        self._feed.stop()

    def _show_state(self) -> None:
        place, count = self.images.position
        number = self.images.current
        self.bar.set_place(place, count, self._title)
        self.bar.show_state(
            self.image.subject,
            has_image=self.view.has_picture,
            has_source=self.image.source.exists,
            comparing=self.image.source.is_wanted,
        )
        self.view.set_comparing(self.image.source.is_wanted)
        self.marks.show_marks(self.image.details)
        self._layout.show_parts(
            place, count, plain=not self._full_screen, has_number=number is not None, height=self.height()
        )

    # Input

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Handle the keys that the image view itself doesn't use."""
        count = self.images.rowCount()
        steps = {
            Qt.Key.Key_Left: -1,
            Qt.Key.Key_Right: 1,
            Qt.Key.Key_PageUp: -1,
            Qt.Key.Key_PageDown: 1,
            Qt.Key.Key_Up: -1,
            Qt.Key.Key_Down: 1,
            Qt.Key.Key_Home: -count,
            Qt.Key.Key_End: count,
        }
        if event.key() == Qt.Key.Key_Escape:
            self._leave()
        elif (step := steps.get(Qt.Key(event.key()))) is not None:
            self.images.step(step)
        else:
            super().keyPressEvent(event)

    def _leave(self) -> None:
        if self._full_screen:
            self.full_screen_wanted.emit(False)
        else:
            self.left.emit()

    def _close_list(self) -> None:
        if self._full_screen:
            self.full_screen_wanted.emit(False)
        self.left.emit()

    def _run(self, name: str) -> None:
        if self.images.current is not None:
            self.command.emit(name, [self.images.current])
        if name == FAVORITE:
            self.advance()

    def _ask_menu(self, at: QPoint) -> None:
        if self.images.current is not None:
            self.menu_wanted.emit([self.images.current], at)

    def _drag_out(self) -> None:
        if self.current is not None:
            drag = QDrag(self)
            drag.setMimeData(mime_for_pictures([self.current]))
            drag.exec(Qt.DropAction.CopyAction)
