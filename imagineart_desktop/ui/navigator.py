"""Ways from one tab to another: pictures that are sent on, settings that are used again."""

from __future__ import annotations

from collections.abc import Callable

from imagineart_desktop.jobs import Job
from imagineart_desktop.library import Library, LibraryError
from imagineart_desktop.models import Task
from imagineart_desktop.ui.edit.page import EditPage
from imagineart_desktop.ui.generate.page import GeneratePage
from imagineart_desktop.ui.inpaint.page import InpaintPage
from imagineart_desktop.ui.intake import Taken
from imagineart_desktop.ui.loop import spawn


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
        roles = {parent.role for parent in details.parents}
        if "mask" in roles:
            self._go_to("inpaint")
            await self._inpaint.reuse(details)
        elif roles:
            self._go_to("edit")
            await self._edit.reuse(details)
        else:
            self._go_to("generate")
            self._generate.reuse(details.recipe)

    def edit_failed(self, job: Job) -> None:
        """Puts a failed job's settings back into its form."""
        form = {
            Task.GENERATE: self._generate.form,
            Task.EDIT: self._edit.form,
            Task.INPAINT: self._inpaint.form,
        }[job.model.task]
        self._go_to(job.model.task.value)
        form.set_model(job.model)
        form.set_fields(job.request.model_dump())
        form.seed.set_value(job.seed)
        if job.model.task is Task.EDIT:
            references = [
                {"sha256": reference.partition(":")[2], "picture_id": job.parents.get(reference.partition(":")[2])}
                for reference in job.request.input_references()
            ]
            spawn(self._edit.references.restore(references))
        if job.failure is not None:
            form.show_problem("prompt" if "policy" in job.failure.error_type else "", job.failure.message)
