"""The image of a list that a loupe shows: what the library knows about it, and what it was made from."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal

from imagineart_desktop.library import Library, LibraryError, PictureDetails
from imagineart_desktop.workspace.background import spawn_owned
from imagineart_desktop.workspace.commands.command import ImageSubject
from imagineart_desktop.workspace.loupe.image_list import ImageList
from imagineart_desktop.workspace.loupe.source_image import SourceImage


class CurrentImage(QObject):
    """The details and the source of the current image of a list."""

    read = Signal(object)
    """`PictureDetails` of the current image: of another one, or as they are after a change."""
    unreadable = Signal(str)
    """The reason why the details can't be read."""
    removed = Signal(int)
    """The library no longer has the image with this id."""

    def __init__(self, library: Library, images: ImageList, parent: QObject) -> None:
        super().__init__(parent)
        self.details: PictureDetails | None = None
        """None until they are read, and for an image from outside the library."""
        self.turn = 0
        """Increases with each image; work that began for an earlier one is outdated."""
        self.source = SourceImage(self)
        self._library = library
        self._images = images

    @property
    def subject(self) -> ImageSubject | None:
        """What is known about the current image; None if it isn't one of the library."""
        if self.details is not None:
            return ImageSubject.from_details(self.details)
        number = self._images.current
        if number is None:
            return None
        return ImageSubject.from_summary(self._images.summary_of(number), in_trash=self._images.in_trash)

    def start_another(self) -> None:
        """Forget the image, because another one is shown from now on."""
        self.turn += 1
        self.forget_details()

    def forget_details(self) -> None:
        """Forget what the library knew about the image."""
        self._learn(None)

    def request(self, number: int) -> None:
        """Read the details of the current image."""
        spawn_owned(self, self._read(number, self.turn))

    async def _read(self, number: int, turn: int) -> None:
        try:
            details = await self._library.details(number)
        except LibraryError as error:
            if turn == self.turn:
                self.unreadable.emit(str(error))
            return
        if turn != self.turn:
            return
        if details is None:
            self.removed.emit(number)
            return
        self._images.store_summary(details.summary)
        self._learn(details)
        self.read.emit(details)

    def _learn(self, details: PictureDetails | None) -> None:
        self.details = details
        self.source.show_source_of(details)
