"""Commands on the whole mask: operations, files, views and undo history."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, Qt
from PySide6.QtGui import QActionGroup, QImage
from PySide6.QtWidgets import QDialog, QUndoView, QVBoxLayout, QWidget

from imagineart_desktop.imaging import (
    EMPTY,
    Mask,
    MaskFit,
    MaskFormat,
    Pixels,
    ReadMask,
    Rect,
    SizeMismatchError,
    coverage,
    encode_grey_png,
    encode_mask,
    read_mask,
)
from imagineart_desktop.imaging.mask.mask import clear, fill, fill_holes, invert, remove_small_regions, small_holes
from imagineart_desktop.imaging.mask.morphology import feather, grow, shrink, smooth
from imagineart_desktop.imaging.mask.selections import from_luminosity, from_transparency
from imagineart_desktop.library import Library, safe_stem, write_atomic
from imagineart_desktop.support import Progress, ReportProgress, UserError, WorkCanceledError, spawn
from imagineart_desktop.support.pixel_libraries import np
from imagineart_desktop.ui.canvas.mask_canvas import MaskCanvas
from imagineart_desktop.ui.canvas.mask_overlay import MaskView
from imagineart_desktop.ui.commands.actions import Actions
from imagineart_desktop.ui.widgets import InlineMessage, MessageHandle, PendingWork
from imagineart_desktop.ui.widgets.file_dialogs import FileDialogs, FolderPurpose
from imagineart_desktop.ui.widgets.image_copier import ClipboardImage, ImageCopier
from imagineart_desktop.workspace.background import spawn_owned
from imagineart_desktop.workspace.image_source import load_image
from imagineart_desktop.workspace.inpaint.mask_operations import MaskOperation
from imagineart_desktop.workspace.mask_document import WORK_SHARE
from imagineart_desktop.workspace.mime import EMPTY_CLIPBOARD, ImageSource, clipboard_data, sources_from_mime

_MASK_KINDS = {
    MaskFormat.WHITE: "PNG, painted white (*.png)",
    MaskFormat.BLACK: "PNG, painted black (*.png)",
    MaskFormat.WHITE_1_BIT: "PNG of 1 bit, painted white (*.png)",
    MaskFormat.BLACK_1_BIT: "PNG of 1 bit, painted black (*.png)",
}
MIN_REGION_PIXELS = 64
"""Minimum pixels of a painted region; smaller ones are specks."""

_MAX_HOLE_SHARE = 0.1
"""Largest hole to offer to fill, as a share of the selected object; larger ones are taken for part of its shape."""

_MaskOperationFunction = Callable[[Mask, ReportProgress], Rect]
"""Changes a mask and reports progress; returns what changed."""

_EdgeWork = Callable[[Mask, int, ReportProgress], Rect]
"""The same, by a number of pixels."""


class MaskCommands(QObject):
    """Connects the mask actions.

    message: shows errors and remarks. waiting: shows long operations and cancels them. amount: returns the pixels for
    grow, shrink, feather, smooth. image_name: returns the file name of the image on the canvas, used to name saved
    masks.
    """

    def __init__(
        self,
        widget: QWidget,
        canvas: MaskCanvas,
        message: InlineMessage,
        waiting: PendingWork,
        library: Library,
        actions: Actions,
        amount: Callable[[], int],
        files: FileDialogs,
        image_name: Callable[[], str],
        copier: ImageCopier,
    ) -> None:
        super().__init__(widget)
        self._files = files
        self._image_name = image_name
        self._library = library
        self._amount = amount
        self._widget = widget
        self._canvas = canvas
        self._message = message
        self._copier = copier
        self._waiting = waiting
        self._wait_notice: MessageHandle | None = None
        self._problem: MessageHandle | None = None
        self._connect(actions)

    def operate(self, operation: MaskOperation, work: _MaskOperationFunction) -> None:
        """Run an operation on the whole mask."""
        if self._canvas.pixels is not None:
            progress = Progress()
            reach = progress.part(0, WORK_SHARE)
            spawn_owned(self, self._run_operation(operation, lambda mask: work(mask, reach), progress))

    def _run_operation(
        self,
        operation: MaskOperation,
        work: Callable[[Mask], Rect],
        progress: Progress,
        prepare: Callable[[], Awaitable[object]] | None = None,
    ) -> Coroutine[object, None, Rect]:
        name, unchanged, doing = operation.value
        return self._canvas.document.operate(
            name, work, progress=progress, words=doing, unchanged=unchanged, prepare=prepare
        )

    def _run_edge_operation(self, operation: MaskOperation, work: _EdgeWork) -> None:
        pixels = self._amount()
        self.operate(operation, lambda mask, reach: work(mask, pixels, reach))

    def _ask_to_wait(self, name: str) -> None:
        words = f"Wait for “{name}” to finish, or cancel it." if name else "Wait for the image."
        self._wait_notice = self._message.say(words, "info")

    def _say_queued(self, name: str, before: str) -> None:
        self._wait_notice = self._message.say(f"“{name}” runs after “{before}”.", "info")

    def _say_dropped(self, name: str) -> None:
        sentence = f"“{name}” wasn’t applied."
        if self._problem is not None and self._problem.is_shown:
            self._problem.change(f"{self._message.text()} {sentence}")
        else:
            self._problem = self._message.say(sentence, "info")

    def _waited(self, working: bool) -> None:
        if self._wait_notice is not None and not working:
            self._wait_notice.close()
            self._wait_notice = None

    def _from_image(self, mask: Mask, work: Callable[[Mask, Pixels], Rect]) -> Rect:
        pixels = self._canvas.pixels
        return EMPTY if pixels is None else work(mask, pixels)

    def copy_mask(self) -> None:
        """Copy the mask to the clipboard as a gray image, with the painted part white."""
        if self._canvas.pixels is not None:
            self._canvas.document.finish_stroke()
            spawn_owned(self, self._copy(self._canvas.document.mask))

    async def _copy(self, mask: Mask) -> None:
        await self._canvas.document.operations.wait()

        def make(_reach: ReportProgress) -> ClipboardImage:
            grey = mask.copy()
            height, width = grey.shape
            image = QImage(grey.tobytes(), width, height, width, QImage.Format.Format_Grayscale8).copy()
            return ClipboardImage(image, encode_grey_png(grey))

        await self._copier.copy(make, self._waiting, "Copying the mask")

    def paste_mask(self) -> None:
        """Use the clipboard's image as the mask."""
        if self._canvas.pixels is None:
            return
        self._message.clear()
        taken = sources_from_mime(clipboard_data())
        if not taken:
            self._message.say(EMPTY_CLIPBOARD, "caution")
            return
        spawn_owned(self, self._paste(taken))

    async def _paste(self, taken: Sequence[ImageSource]) -> None:
        async def load() -> Path | bytes:
            return (await load_image(taken[0], self._library)).data

        was_read = await self._read_mask(load, None, MaskOperation.PASTE)
        if was_read and len(taken) > 1 and not self._message.text():
            self._message.say(f"The mask is the first of {len(taken):,} images on the clipboard.", "info")

    def load_mask(self) -> None:
        """Ask for a file and read it as a mask."""
        if self._canvas.pixels is not None:
            self._files.open_file(
                self._widget, FolderPurpose.MASK, "Load mask", lambda path: spawn_owned(self, self.read_mask(path))
            )

    async def read_mask(
        self, source: Path | bytes, fit: MaskFit | None = None, *, operation: MaskOperation = MaskOperation.LOAD
    ) -> None:
        """Read a file, or its bytes, as the mask. Ask what to do if its size differs."""

        async def load() -> Path | bytes:
            return source

        await self._read_mask(load, fit, operation)

    async def _read_mask(
        self, load: Callable[[], Awaitable[Path | bytes]], fit: MaskFit | None, operation: MaskOperation
    ) -> bool:
        """Read a mask as one operation, so that commands given meanwhile apply to what was read.

        Return whether the mask was replaced by what was read.
        """
        document, progress = self._canvas.document, Progress()
        target, size, reach = document.mask, document.size, progress.part(0, WORK_SHARE)
        sources: list[Path | bytes] = []
        read: list[tuple[ReadMask, int]] = []

        async def prepare() -> None:
            sources.append(await load())

        def work(mask: Mask) -> Rect:
            reading = read_mask(sources[0], size, fit=fit, foreign=True, reach=reach)
            np.copyto(mask, reading.mask)
            read.append((reading, coverage(mask).painted))
            return Rect.of_shape(mask.shape)

        try:
            await self._run_operation(operation, work, progress, prepare)
        except SizeMismatchError as error:
            fits = {"Scale": MaskFit.SCALE, "Center and crop": MaskFit.CENTRE}
            ways: dict[str, Callable[[], object]] = {
                word: partial(self._read_fitted, sources[0], way, operation) for word, way in fits.items()
            }
            self._problem = self._message.say(str(error), "caution", ways)
            return False
        except UserError as error:
            self._problem = self._message.say(str(error))
            return False
        if not read or progress.is_cancelled or document.mask is not target:
            return False
        self._report_unusual_mask(*read[0])
        return True

    def _report_unusual_mask(self, reading: ReadMask, painted: int) -> None:
        """Report anything unusual about a mask that was read. painted: pixels."""
        if not painted:
            self._message.say("That mask is empty.", "caution")
        elif reading.doubtful:
            side = "The opaque part of that image" if reading.opaque_is_painted else "More than half"
            self._message.say(
                f"{side} is painted. Invert the mask?",
                "caution",
                {"Invert": lambda: self.operate(MaskOperation.INVERT, _untold(invert))},
            )

    def _read_fitted(self, source: Path | bytes, fit: MaskFit, operation: MaskOperation) -> None:
        spawn_owned(self, self.read_mask(source, fit, operation=operation))

    def save_mask(self) -> None:
        """Ask for a path and a format, and save the mask."""
        if self._canvas.pixels is None:
            return
        self._canvas.document.finish_stroke()
        self._files.save(
            self._widget,
            FolderPurpose.MASK,
            "Save mask",
            f"{safe_stem(Path(self._image_name()).stem or 'image')}-mask.png",
            _MASK_KINDS,
            lambda path, kind: spawn(self.write_mask(path, kind)),
        )

    async def write_mask(self, path: Path, kind: MaskFormat = MaskFormat.WHITE) -> None:
        """Save the mask as PNG."""
        painted, progress = self._canvas.document.mask, Progress()
        await self._canvas.document.operations.wait()
        mask = painted.copy()

        def write() -> bool:
            data = encode_mask(mask, kind)
            progress.check()
            write_atomic(path, data, private=False)
            return True

        def work(show: Callable[[Progress], object]) -> Coroutine[object, None, bool]:
            show(progress)
            return asyncio.to_thread(write)

        try:
            with self._library.operations.during(lambda: "Saving the mask…", progress.cancel):
                # Once the file is being written it is too late to cancel, and the mask is saved.
                saved = await self._waiting.on("Saving the mask", work, ends=True)
        except OSError as error:
            self._message.say(f"Can’t save the mask: {error.strerror}.")
        except WorkCanceledError:
            return
        else:
            if saved:
                self._message.say(f"Mask saved as {path}.", "info")
        finally:
            progress.cancel()

    def show_history(self) -> None:
        """Show all undo steps of the mask; clicking one goes back or forward to it."""
        dialog = QDialog(self._widget)
        dialog.setWindowTitle("Mask history")
        dialog.resize(280, 420)
        document = self._canvas.document
        steps = QUndoView(document.undo_stack)
        steps.setEmptyLabel(
            "Earlier steps are no longer kept" if document.undo_stack.is_trimmed else "As it was opened"
        )
        document.undo_stack.trimmed.connect(partial(steps.setEmptyLabel, "Earlier steps are no longer kept"))
        steps.setAccessibleName("Steps")
        document.busy_changed.connect(steps.setDisabled)
        column = QVBoxLayout(dialog)
        column.addWidget(steps)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.show()

    def _unchanged(self, sentence: str) -> None:
        self._message.say(sentence, "info")

    def _changed(self) -> None:
        """Clear messages that described the previous mask."""
        self._message.clear()

    async def _offer_holes(self, area: Rect) -> None:
        """Offer to fill holes in a selected object: they're seldom wanted, and hard to see under the tint."""
        mask = self._canvas.document.mask
        count, largest = await asyncio.to_thread(lambda: small_holes(mask[area.slices], _MAX_HOLE_SHARE))
        if not count or mask is not self._canvas.document.mask:
            return

        def closed(whole: Mask, _reach: ReportProgress) -> Rect:
            fill_holes(whole[area.slices], largest + 1)
            return area

        words = "1 small hole in the selection" if count == 1 else f"{count} small holes in the selection"
        self._message.say(words, "info", {"Fill": lambda: self.operate(MaskOperation.FILL_HOLES, closed)})

    def _connect(self, actions: Actions) -> None:
        document = self._canvas.document
        document.unchanged.connect(self._unchanged)
        document.object_selected.connect(self._object_selected)
        document.undo_stack.indexChanged.connect(self._changed)
        document.refused.connect(self._ask_to_wait)
        document.operations.queued.connect(self._say_queued)
        document.operations.dropped.connect(self._say_dropped)
        document.busy_changed.connect(self._waited)
        for name, (operation, work) in self._operations().items():
            actions[name].triggered.connect(partial(self.operate, operation, work))
        for name, (operation, move) in _edge_operations().items():
            actions[name].triggered.connect(partial(self._run_edge_operation, operation, move))
        self._connect_views(actions)
        actions["edit.history"].triggered.connect(self.show_history)
        actions["mask.copy"].triggered.connect(self.copy_mask)
        actions["mask.paste"].triggered.connect(self.paste_mask)
        actions["mask.load"].triggered.connect(self.load_mask)
        actions["mask.save"].triggered.connect(self.save_mask)

    def _operations(self) -> dict[str, tuple[MaskOperation, _MaskOperationFunction]]:
        """Return the operations on the whole mask by the names of their actions."""
        return {
            "mask.invert": (MaskOperation.INVERT, _untold(invert)),
            "mask.clear": (MaskOperation.CLEAR, _untold(clear)),
            "mask.fill": (MaskOperation.FILL, _untold(fill)),
            "mask.specks": (
                MaskOperation.REMOVE_SPECKS,
                lambda mask, reach: remove_small_regions(mask, MIN_REGION_PIXELS, reach),
            ),
            "mask.holes": (MaskOperation.FILL_HOLES, lambda mask, reach: fill_holes(mask, reach=reach)),
            "mask.transparency": (
                MaskOperation.FROM_TRANSPARENCY,
                _untold(partial(self._from_image, work=from_transparency)),
            ),
            "mask.luminosity": (
                MaskOperation.FROM_LUMINOSITY,
                _untold(partial(self._from_image, work=from_luminosity)),
            ),
        }

    def _connect_views(self, actions: Actions) -> None:
        views = QActionGroup(self)
        for view in MaskView:
            action = actions[f"mask.{view.value.lower()}"]
            views.addAction(action)
            action.setChecked(view is MaskView.TINT)
            action.triggered.connect(partial(self._canvas.set_mask_view, view))

    def _object_selected(self, area: Rect) -> None:
        spawn_owned(self, self._offer_holes(area))


def _edge_operations() -> dict[str, tuple[MaskOperation, _EdgeWork]]:
    """Return the operations on the edge of the mask by the names of their actions."""
    return {
        "mask.grow": (MaskOperation.GROW, grow),
        "mask.shrink": (MaskOperation.SHRINK, shrink),
        "mask.feather": (MaskOperation.FEATHER, feather),
        "mask.smooth": (MaskOperation.SMOOTH, smooth),
    }


def _untold(work: Callable[[Mask], Rect]) -> _MaskOperationFunction:
    """Wrap work that finishes immediately, or in one step without progress."""
    return lambda mask, _reach: work(mask)
