"""Session steps: making a result the current image, and returning to any earlier image."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from typing import Protocol

from PySide6.QtCore import QObject, Signal

from imagineart_desktop.imaging import Margins, Mask, PictureError, Size, new_mask, original_area
from imagineart_desktop.library import Library, LibraryError
from imagineart_desktop.support import ReportProgress, UserError, WorkCanceledError
from imagineart_desktop.support.wording import ellipsize
from imagineart_desktop.workspace.background import spawn_owned
from imagineart_desktop.workspace.draft_state import DraftState
from imagineart_desktop.workspace.inpaint import session_store
from imagineart_desktop.workspace.inpaint.captions import recipe_tooltip
from imagineart_desktop.workspace.inpaint.history import HistoryStep, SessionHistory
from imagineart_desktop.workspace.inpaint.result_versions import ResultVersion
from imagineart_desktop.workspace.inpaint.settings import SessionSettings
from imagineart_desktop.workspace.inpaint.undo_commands import CompressedMask, SwitchStepCommand
from imagineart_desktop.workspace.mask_document import MaskDocument
from imagineart_desktop.workspace.request_draft import RequestDraft

_MAX_DECODED = 3
"""Maximum number of decoded images, …"""

_MAX_DECODED_BYTES = 128 * 2**20
"""… as long as those off the canvas take no more bytes than this; others are reopened."""

_FOUND, _COPIED, _LEFT = 0.05, 0.5, 0.75
"""Of applying a result, when its file is found, when that is kept, and when the step before is."""

_LABEL_LENGTH = 32
_EMPTY_PROMPT = DraftState(fields={"prompt": ""})
"""A form with an empty prompt; everything else stays as set."""


class Drawing(Protocol):
    """What the user is drawing on the mask, with a tool of the canvas."""

    @property
    def is_drawing(self) -> bool:
        """Whether a tool is drawing."""
        ...

    def end_drawing(self) -> None:
        """Finish what is being drawn, or abandon it if it isn't complete."""
        ...


class HistoryController(QObject):
    """Moves the session between steps, with their image, mask, form and settings. reopen: see `ImageOpener.reopen`."""

    image_changed = Signal(object, bool)
    """Another image is current: an `OpenImage`, or None. Whether view and undo history stay; its mask follows."""
    image_placed = Signal(object)
    """The `OpenImage` is current with its mask."""
    left = Signal()
    """There is no image anymore."""
    failed = Signal(str)
    """A step can't be reached: a message for the user."""

    def __init__(
        self,
        parent: QObject,
        library: Library,
        document: MaskDocument,
        draft: RequestDraft,
        settings: SessionSettings,
        reopen: Callable[[str, int | None], Awaitable[session_store.OpenImage | None]],
    ) -> None:
        super().__init__(parent)
        self._library = library
        self._document = document
        self._draft = draft
        self._settings = settings
        self._reopen = reopen
        self._turn = asyncio.Lock()
        self._wanted = 0
        self._pending_error = ""
        """Error to show once undo or redo has been reverted."""
        self.steps = SessionHistory()
        self.picture: session_store.OpenImage | None = None
        self.drawing: Drawing | None = None
        """What draws on the mask; None if nothing can."""
        self._open: OrderedDict[int, session_store.OpenImage] = OrderedDict()

    async def open(self, picture: session_store.OpenImage, name: str) -> bool:
        """Put an image from elsewhere on the canvas; if it is already open or was closed, go to its step instead.

        Return whether the canvas shows another image than before. Raises LibraryError.
        """
        async with self._turn:
            before, known = self.steps.current, self.steps.root_with(picture.kept.sha256)
        if known is None:
            await self.begin(picture, await self.label_of(picture, name), name)
        elif known is not before:
            self._open[known.id] = picture
            await self.return_to(known.id)
        elif self.picture is None:
            self._place(known, picture, None)
        else:
            return False
        return True

    async def label_of(self, picture: session_store.OpenImage, name: str) -> str:
        """Return the label of the same image if it has one, else its prompt, else its name. Raises LibraryError."""
        if (known := self.steps.root_with(picture.kept.sha256)) is not None:
            return known.label
        details = await self._library.details(picture.picture_id) if picture.picture_id is not None else None
        return (_short(details.recipe.prompt) if details is not None else "") or name

    async def begin(self, picture: session_store.OpenImage, label: str, name: str = "") -> None:
        """Start from an image from elsewhere, once any running step change is done; can be undone.

        Raises LibraryError.

        name: the image's file name, if known.
        """
        async with self._turn:
            if self.steps.current is None:
                self._place(self.steps.start(picture.kept.sha256, picture.picture_id, label, name), picture, None)
                self._save_form()
                return
            with self._document.held():
                self._end_action()
                before = await self._leave()

                def start() -> HistoryStep:
                    step = self.steps.start(picture.kept.sha256, picture.picture_id, label, name)
                    # The prompt in the form describes the previous image and stays with it.
                    step.form = _EMPTY_PROMPT
                    return step

                await self._switch_to(start, picture, None, f"Open {label}", before)

    def place_restored(self, picture: session_store.OpenImage, mask: Mask | None) -> None:
        """Put the image of the last session on the canvas, with the mask that was being painted on it."""
        if (step := self.steps.current) is not None:
            self._place(step, picture, None)
            if mask is not None:
                self._document.exchange(mask)

    async def drop_restored(self) -> None:
        """Leave the step of the last session, whose image is missing; its form and mask stay with it."""
        async with self._turn:
            step = self.steps.current
            if step is None or self.picture is not None:
                return
            try:
                if not self._library.read_only:
                    step.mask = await session_store.store_mask_draft(step.sha256, self._library) or step.mask
            except UserError as error:
                self.failed.emit(str(error))
            self._save_form()
            self.steps.leave()

    async def apply(self, number: int, version: ResultVersion, *, keep_mask: bool, reach: ReportProgress) -> None:
        """Make a picture of the library that was made from this one the current image. Undoable; ignored while running.

        version: its pixels. reach: receives the share done.
        """
        if self.steps.current is None or self._turn.locked():
            return
        async with self._turn:
            await self._held_apply(number, version, reach, keep_mask=keep_mask)

    async def _held_apply(self, number: int, version: ResultVersion, reach: ReportProgress, *, keep_mask: bool) -> None:
        document = self._document
        with document.held():
            # An action in progress belongs to the image it was started on.
            finished = document.mask_before_action() if self._is_drawing else document.mask
            self._end_action()
            try:
                await self._apply(number, version, None if keep_mask else finished, reach)
            except UserError as error:
                self.failed.emit(str(error))

    async def _apply(self, number: int, version: ResultVersion, finished: Mask | None, reach: ReportProgress) -> None:
        """Apply a result.

        finished: the request's mask; only what was painted since is kept. None keeps the whole mask.
        """
        recipe = await self._library.details(number)
        reach(_FOUND)
        picture = await session_store.open_decoded(version.pixels, version.pyramid, version.deep, number, self._library)
        reach(_COPIED)
        before = await self._leave()
        reach(_LEFT)
        plan = recipe.recipe.plan if recipe is not None else None
        margins = plan.settings.margins if plan is not None else self._settings.margins
        if finished is None:
            mask = self._carried_mask(_size(picture), margins)
        else:
            mask = await session_store.mask_painted_since(plan, finished, self._library) if plan is not None else None
        prompt = recipe.recipe.prompt if recipe is not None else ""

        def grow() -> HistoryStep:
            step = self.steps.add_child(picture.kept.sha256, number, _short(prompt) or "Result")
            if recipe is not None:
                step.seed, step.words = recipe.recipe.seed, recipe_tooltip(recipe.recipe)
            return step

        await self._switch_to(grow, picture, mask, "Apply result", before)

    async def return_to(self, number: int) -> None:
        """Return to a step, with its mask, prompt, style and seed; can be undone."""
        self._wanted = number
        async with self._turn:
            here = self.steps.current is not None and self.steps.current.id == number
            # Keys step through faster than images can be read: only the latest one counts.
            if number not in self.steps or here or number != self._wanted:
                return
            with self._document.held():
                self._end_action()
                try:
                    await self._return_to(self.steps[number])
                except WorkCanceledError:
                    return
                except UserError as error:
                    self.failed.emit(str(error))

    async def leave(self) -> None:
        """Empty the canvas. The step there keeps its mask and form; if they can't be saved, it stays on the canvas."""
        async with self._turn:
            with self._document.held():
                self._end_action()
                try:
                    if self.steps.current is not None:
                        await self._leave()
                except LibraryError as error:
                    self.failed.emit(str(error))
                    return
                self.steps.leave()
                self._draft.set_prompt("")
                self.picture = None
                self.image_changed.emit(None, False)
                self._document.start_new((1, 1))
        self.left.emit()

    async def _return_to(self, step: HistoryStep) -> None:
        if self.steps.current is None:
            picture = await self._load_image(step)
            self._put(
                self.steps.go_to(step.id),
                picture,
                await session_store.load_stored_mask(step.mask, _size(picture), self._library),
            )
            return
        before = await self._leave()
        picture = await self._load_image(step)
        mask = await session_store.load_stored_mask(step.mask, _size(picture), self._library)
        await self._switch_to(lambda: step, picture, mask, f"Return to {step.label}", before)

    async def _leave(self) -> tuple[int, CompressedMask]:
        """Save the current step's state. Return its id and mask. Raises LibraryError."""
        step = self.steps.current
        if step is None:
            raise LibraryError("There is no image on the canvas.")
        packed = await asyncio.to_thread(CompressedMask, self._document.mask)
        self._save_form()
        step.mask = None if packed.png is None else (await self._library.inputs.keep(packed.png)).sha256
        return step.id, packed

    def _save_form(self) -> None:
        """Save prompt, style, seed and inpaint settings with the step being left."""
        step = self.steps.current
        if step is not None:
            step.form = self._draft.state()
            step.settings = self._settings.value

    @property
    def _is_drawing(self) -> bool:
        return self.drawing is not None and self.drawing.is_drawing

    def _end_action(self) -> None:
        """End the user's current action: it belongs to the image being left."""
        if self.drawing is not None:
            self.drawing.end_drawing()

    async def _switch_to(
        self,
        step_of: Callable[[], HistoryStep],
        picture: session_store.OpenImage,
        mask: Mask | None,
        name: str,
        before: tuple[int, CompressedMask],
    ) -> None:
        """Go to a step. step_of: creates it if it's new, so that canceled work leaves none behind."""
        if mask is None:
            mask = new_mask(_size(picture))
        packed = await asyncio.to_thread(CompressedMask, mask)
        step = step_of()
        self._put(self.steps.go_to(step.id), picture, mask)
        self._document.undo_stack.push(
            SwitchStepCommand(name, before, (step.id, packed), self._travel, self._document.undo_stack)
        )

    def _travel(self, number: int, mask: CompressedMask, back: Callable[[], object]) -> None:
        # Lock now: the next undo may come before the task starts.
        self._document.hold()
        spawn_owned(self, self._go(number, mask, back))

    async def _go(self, number: int, mask: CompressedMask, back: Callable[[], object]) -> None:
        """Undo or redo: restore image and mask as recorded, and form and settings as the step was left.

        back: moves the undo history, which has already moved, in the other direction.
        """
        goes_back = False
        try:
            async with self._turn:
                if number not in self.steps:
                    raise PictureError("This step is no longer available.")
                picture = await self._load_image(self.steps[number])
                unpacked = await asyncio.to_thread(mask.decompress)
                await self._leave()
                self._put(self.steps.go_to(number), picture, unpacked)
        except WorkCanceledError:
            goes_back = True
        except UserError as error:
            # Reverting leads to what is on the canvas, which needs no file.
            goes_back = self.steps.current is None or self.steps.current.id != number
            self._pending_error = str(error)
        finally:
            self._document.let_go()
        if goes_back:
            back()
        elif self._pending_error:
            # Not earlier: placing an image while reverting clears all messages.
            problem, self._pending_error = self._pending_error, ""
            self.failed.emit(problem)

    async def _load_image(self, step: HistoryStep) -> session_store.OpenImage:
        picture = self._open.get(step.id)
        if picture is None:
            picture = await self._reopen(step.sha256, step.picture_id)
        if picture is None:
            raise PictureError("The image of this step is no longer in the library.")
        return picture

    def _put(self, step: HistoryStep, picture: session_store.OpenImage, mask: Mask) -> None:
        """Put a step on the canvas, with its own form and settings; a new step takes the current ones."""
        self._place(step, picture, mask)
        self._draft.restore(step.form)
        self._settings.restore(step.settings)
        self._save_form()

    def _place(self, step: HistoryStep, picture: session_store.OpenImage, mask: Mask | None) -> None:
        self.picture = picture
        self._open[step.id] = picture
        self._open.move_to_end(step.id)
        while len(self._open) > 1 and (
            len(self._open) > _MAX_DECODED
            or sum(each.bytes_held for each in self._open.values() if each is not picture) > _MAX_DECODED_BYTES
        ):
            self._open.popitem(last=False)
        self.image_changed.emit(picture, mask is not None)
        if mask is None:
            self._document.start_new(_size(picture))
        else:
            self._document.exchange(mask)
        # The extension belongs to the previous image.
        self._settings.set_margins(Margins())
        self.image_placed.emit(picture)

    def _carried_mask(self, size: Size, margins: Margins) -> Mask | None:
        """Return the mask for an image made from this one; an extension stays unpainted. None if the sizes differ."""
        mask = self._document.mask
        old = mask.shape[1], mask.shape[0]
        if margins.around(old) != size:
            return mask.copy() if old == size else None
        grown = new_mask(size)
        grown[original_area(old, margins).slices] = mask
        return grown

    def image_name(self) -> str:
        """Return the file name of the root image of the current step, empty if unknown."""
        step = self.steps.current
        root = self.steps.root_of(step) if step is not None else None
        if root is None:
            return ""
        # Images from the library are labeled with their prompt.
        return root.name or (root.label if root.picture_id is None else "")


def _size(picture: session_store.OpenImage) -> Size:
    return picture.pixels.shape[1], picture.pixels.shape[0]


def _short(prompt: str) -> str:
    return ellipsize(prompt, _LABEL_LENGTH)
