"""Navigation between tabs: sending images to a tab, and reusing their settings."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

from imagineart_desktop.jobs import Job
from imagineart_desktop.library import Library, LibraryError, PictureDetails
from imagineart_desktop.models import nearest_ratio
from imagineart_desktop.support import UserError, spawn
from imagineart_desktop.ui.forms.request_form import RequestForm
from imagineart_desktop.ui.window.pages import Pages
from imagineart_desktop.workspace.library_texts import NO_LONGER_THERE
from imagineart_desktop.workspace.mime import ImageSource
from imagineart_desktop.workspace.past_request import SavedRequest
from imagineart_desktop.workspace.seed import SeedChoice, draw_seed

_MAX_LISTED = 8
"""Maximum number of settings listed in the message that they can't be restored."""

_RESTORED = {
    "prompt": "Prompt restored.",
    "seed": "Seed restored.",
    "size": "Size restored.",
    "style": "Style restored.",
}
_RATIO = "aspect_ratio"


class Navigator:
    """Sends images to tabs and restores settings there. say: shows a message in the status bar."""

    def __init__(
        self,
        library: Library,
        pages: Pages,
        say: Callable[[str], None],
    ) -> None:
        self._library = library
        self._pages = pages
        self._say = say

    def send_to_edit(self, numbers: list[int]) -> None:
        """Add the images to Edit as references, in this order."""
        self._pages.go_to("edit")
        self._pages.edit.add([ImageSource(picture_id=number) for number in numbers])

    def open_in_edit(self, taken: list[ImageSource]) -> None:
        """Add dropped or pasted images to Edit as references."""
        self._pages.go_to("edit")
        self._pages.edit.add(taken)

    def open_in_tab(self, tab: str, taken: list[ImageSource]) -> None:
        """Open the tab, edit or inpaint, and add the images that were dropped on it."""
        self._pages.go_to(tab)
        if tab == "inpaint":
            self._pages.inpaint.take(taken)
        else:
            self._pages.edit.add(taken)

    def send_to_inpaint(self, number: int) -> None:
        """Open the image on the canvas."""
        self._pages.go_to("inpaint")
        self._pages.inpaint.take([ImageSource(picture_id=number)])

    async def reuse(self, number: int) -> None:
        """Restore the form, including its images, as it was for this image."""
        past = await self._load_request(number)
        form = await self._bring_back(past) if past is not None else None
        self._show_source(form, number)
        if past is not None and form is not None and past.model is not None:
            self._say("Settings restored.")

    async def vary(self, number: int) -> None:
        """Restore the form with a new seed. Nothing is spent until the user presses the button."""
        past = await self._load_request(number)
        if past is None:
            return
        seed = draw_seed() if past.model is not None and past.model.has_seed else None
        form = await self._bring_back(replace(past, seed=seed))
        self._show_source(form, number)
        if form is not None and past.model is not None:
            new = f"with a new seed, {seed}" if seed is not None else "and this model always uses a new seed"
            self._say(f"Settings restored, {new}. Press {form.go.words()} to run it.")

    def _show_source(self, form: RequestForm | None, number: int) -> None:
        """Show the image whose settings are in the form now; Inpaint shows its source instead."""
        for page in self._pages.built_with_results:
            if form is page.form:
                page.results.open(number)

    async def use(self, number: int, part: str) -> None:
        """Use only a part of an image's settings; the rest of the form stays unchanged.

        part: prompt, seed, size, style, model or references.
        """
        details = await self._details(number)
        if details is None:
            return
        past = SavedRequest.from_image(details)
        if part == "references":
            self._pages.go_to("edit")
            await self._pages.edit.use_references(past)
            return
        form = self._form_for(past)
        if part == "prompt":
            form.draft.set_fields({"prompt": past.fields.get("prompt", "")})
        elif part == "seed":
            form.draft.set_seed(SeedChoice.of(past.seed))
        elif part == "size":
            form.draft.set_fields(_size_fields(details, past))
        elif part == "model":
            self._use_model(form, past)
            return
        elif not past.apply_style_to(form.draft):
            self._say(f"{form.draft.model.label} takes no style. Select another model first.")
            return
        self._say(_RESTORED[part])

    def _use_model(self, form: RequestForm, past: SavedRequest) -> None:
        """Select the model of an image in the open form, or in the one of a tab that offers it."""
        model = None if past.model is None else self._library.models.find(past.model.endpoint)
        tabs = [] if model is None else [task for task in model.tasks if task.has_tab]
        if model is None or not tabs:
            self._say("This image’s model isn’t offered in any tab.")
            return
        if form.draft.task not in tabs:
            self._pages.go_to(tabs[0].value)
        target = self._pages.form(self._pages.tab()) or form
        target.draft.set_model(model)
        self._say(f"{model.label} selected.")

    def _form_for(self, past: SavedRequest) -> RequestForm:
        """Return the open tab's form; if it has none, open the tab the image was made in and return that tab's form."""
        form = self._pages.form(self._pages.tab())
        if form is not None:
            return form
        pages = self._pages
        page = pages.inpaint if past.parent("mask") is not None else pages.edit if past.sources else pages.generate
        pages.go_to(page.form.draft.task.value)
        return page.form

    async def _load_request(self, number: int) -> SavedRequest | None:
        """Return the request that made an image; if it isn't known, show a message and return None."""
        details = await self._details(number)
        if details is None:
            return None
        if details.summary.is_plain_import:
            self._say("This image was imported without settings.")
            return None
        return SavedRequest.from_image(details)

    async def _details(self, number: int) -> PictureDetails | None:
        try:
            details = await self._library.details(number)
        except LibraryError as error:
            self._say(str(error))
            return None
        if details is None:
            self._say(NO_LONGER_THERE)
        return details

    def edit_failed(self, job: Job) -> None:
        """Restore a failed job's settings, images and mask in its form, and show the error there."""
        spawn(self._edit_failed(job))

    async def _edit_failed(self, job: Job) -> None:
        form = await self._bring_back(SavedRequest.from_job(job))
        if form is None and job.task is not None:
            form = self._pages.form(job.task.value)
        if job.failure is not None and form is not None:
            form.show_problem("prompt" if "policy" in job.failure.error_type else "", str(job.failure.message))

    async def _bring_back(self, past: SavedRequest) -> RequestForm | None:
        """Restore a request and return its form; if that fails, show a message and return None."""
        try:
            if past.parent("mask") is not None:
                self._pages.go_to("inpaint")
                await self._pages.inpaint.reuse(past)
                form = self._pages.inpaint.form
            elif past.sources:
                self._pages.go_to("edit")
                await self._pages.edit.reuse(past)
                form = self._pages.edit.form
            else:
                self._pages.go_to("generate")
                self._pages.generate.reuse(past)
                form = self._pages.generate.form
        except UserError as error:
            self._say(str(error))
            return None
        if past.model is None:
            lost = past.unsupported_settings(form.draft.fields())
            more = ", …" if len(lost) > _MAX_LISTED else ""
            form.message.say(
                "This image’s model isn’t available. The prompt was restored"
                + (f"; not restored: {', '.join(lost[:_MAX_LISTED])}{more}." if lost else "."),
                "caution",
            )
        elif self._library.models.find(past.model.endpoint) is None:
            form.message.say("This model is no longer offered. fal.ai may reject the request.", "caution")
        return form


def _size_fields(details: PictureDetails, past: SavedRequest) -> Mapping[str, object]:
    """Return the fields that give an image's size; if the ratio was automatic, the one nearest to the size."""
    names = (_RATIO, *(past.model.size_rule.fields if past.model is not None else ()))
    fields = {name: value for name in names if (value := past.fields.get(name)) is not None}
    if fields.get(_RATIO, "auto") == "auto":
        fields[_RATIO] = nearest_ratio(details.summary.size)
    return fields
