"""Ways from one tab to another: pictures that are sent on, settings that are used again."""

from __future__ import annotations

from collections.abc import Callable

from imagineart_desktop.imaging import MaskError, PictureError
from imagineart_desktop.jobs import Job
from imagineart_desktop.library import Library, LibraryError
from imagineart_desktop.models import Task
from imagineart_desktop.ui.edit.page import EditPage
from imagineart_desktop.ui.generate.page import GeneratePage
from imagineart_desktop.ui.inpaint.page import InpaintPage
from imagineart_desktop.ui.intake import Taken
from imagineart_desktop.ui.loop import spawn
from imagineart_desktop.ui.past_request import PastRequest


class Navigator:
    """go_to: shows a tab by its name; say: a sentence for the status bar."""

    def __init__(
        self,
        library: Library,
        pages: tuple[GeneratePage, EditPage, InpaintPage],
        go_to: Callable[[str], None],
        say: Callable[[str], None],
    ) -> None:
        self._library = library
        self._generate, self._edit, self._inpaint = pages
        self._go_to = go_to
        self._say = say

    def send_to_edit(self, numbers: list[int]) -> None:
        """As references, in this order."""
        self._go_to("edit")
        self._edit.add([Taken(picture_id=number) for number in numbers])

    def take_to_edit(self, taken: list[Taken]) -> None:
        """What was dropped or pasted becomes references."""
        self._go_to("edit")
        self._edit.add(taken)

    def send_to_inpaint(self, number: int) -> None:
        """Onto the canvas."""
        self._go_to("inpaint")
        self._inpaint.take([Taken(picture_id=number)])

    async def reuse(self, number: int) -> None:
        """Restores the form, with its pictures, as it was for this picture."""
        try:
            details = await self._library.details(number)
        except LibraryError as error:
            self._say(str(error))
            return
        if details is None:
            self._say("This picture is no longer in the library.")
            return
        await self._bring_back(PastRequest.of_recipe(details.recipe))

    def edit_failed(self, job: Job) -> None:
        """Puts a failed job's settings, pictures and mask back into its form, and says there what went wrong."""
        spawn(self._edit_failed(job))

    async def _edit_failed(self, job: Job) -> None:
        await self._bring_back(PastRequest.of_job(job))
        form = {
            Task.GENERATE: self._generate.form,
            Task.EDIT: self._edit.form,
            Task.INPAINT: self._inpaint.form,
        }[job.model.task]
        if job.failure is not None:
            form.show_problem("prompt" if "policy" in job.failure.error_type else "", job.failure.message)

    async def _bring_back(self, past: PastRequest) -> None:
        try:
            if past.parent("mask") is not None:
                self._go_to("inpaint")
                await self._inpaint.reuse(past)
            elif past.parents:
                self._go_to("edit")
                await self._edit.reuse(past)
            else:
                self._go_to("generate")
                self._generate.reuse(past)
        except (LibraryError, PictureError, MaskError) as error:
            self._say(str(error))
