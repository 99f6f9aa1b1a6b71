"""What the image commands do that lead to another tab or show another part of the window."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from functools import partial

from PySide6.QtCore import QObject

from imagineart_desktop.jobs import Worker
from imagineart_desktop.library import Library, LibraryError
from imagineart_desktop.ui.commands.image_commands import ImageCommands
from imagineart_desktop.ui.jobs.strip import JobStrip
from imagineart_desktop.ui.window.current_images import CurrentImages
from imagineart_desktop.ui.window.navigator import Navigator
from imagineart_desktop.ui.window.pages import Pages
from imagineart_desktop.workspace.background import spawn_owned
from imagineart_desktop.workspace.commands.image_commands import OPEN, REUSE

_REUSED_PARTS = ("prompt", "seed", "size", "style", "model", "references")

RunForImage = Callable[[int], Coroutine[None, None, None]]


class ImageBindings(QObject):
    """Binds these commands to the parts of the window that carry them out."""

    def __init__(
        self,
        window: QObject,
        core: tuple[Library, Worker],
        commands: ImageCommands,
        images: CurrentImages,
        navigator: Navigator,
        pages: Pages,
        strip: JobStrip,
    ) -> None:
        super().__init__(window)
        self._library, self._worker = core
        self._commands = commands
        self._images = images
        self._navigator = navigator
        self._pages = pages
        self._strip = strip
        commands.bind(OPEN, self._open)
        commands.bind("image.edit", navigator.send_to_edit)
        commands.bind("image.reference", navigator.send_to_edit)
        commands.bind("image.inpaint", self._send_to_inpaint)
        started: dict[str, RunForImage] = {
            REUSE: navigator.reuse,
            "image.vary": navigator.vary,
            "image.log": self._show_log,
            **{f"image.use {part}": partial(navigator.use, part=part) for part in _REUSED_PARTS},
        }
        for command_id, run in started.items():
            commands.bind(command_id, partial(self._start, run))

    def _start(self, run: RunForImage, numbers: list[int]) -> None:
        spawn_owned(self, run(numbers[0]))

    def _open(self, numbers: list[int]) -> None:
        self._images.open(numbers[0])

    def _send_to_inpaint(self, numbers: list[int]) -> None:
        self._navigator.send_to_inpaint(numbers[0])

    async def _show_log(self, number: int) -> None:
        """Show the log of the job that made an image, in a tab that has room for it."""
        try:
            details = await self._library.details(number)
            job = None if details is None else await self._worker.find(details.recipe.job_id)
        except LibraryError as error:
            self._commands.said.emit(str(error), None)
            return
        if job is None:
            self._commands.said.emit("The job log of this image is no longer available.", None)
            return
        if self._pages.tab() == "gallery":
            self._pages.go_to("generate" if job.task is None else job.task.value)
        self._strip.show_log_of(job)
