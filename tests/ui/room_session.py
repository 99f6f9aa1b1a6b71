"""Walk through the window that checks the space of every widget; also run as a process at another scale.

`room_session.py FOLDER` prints what lacks space, as JSON; `QT_SCALE_FACTOR` is the scale.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from PySide6.QtCore import QSize
from PySide6.QtWidgets import QDialog, QLayout, QWidget

from imagineart_desktop.app import make_application
from imagineart_desktop.batches.plan import MODEL
from imagineart_desktop.models.openapi import propose, read_document
from imagineart_desktop.resources import resource_path
from imagineart_desktop.ui.forms.request_form import RequestForm
from imagineart_desktop.ui.models.add_dialog import AddModelDialog
from imagineart_desktop.ui.models.dialog import ModelsDialog
from imagineart_desktop.ui.settings.dialog import SettingsDialog
from imagineart_desktop.ui.theme import Theme
from imagineart_desktop.workspace.event_loop import run
from imagineart_desktop.workspace.new_model import NewModel
from imagineart_desktop.workspace.theme_mode import ThemeMode
from tests.ui.room import cramped, in_sight, off_line
from tests.ui.window_driver import Driver, child, opened, settle

SMALLEST = (960, 560)
SIZES = (SMALLEST, (1024, 700), (1440, 900))
LONG = "/home/designer/" + "a-folder-with-a-very-long-name" * 3 + "/" + "W" * 60 + "/image.png"
WORD = "W" * 120
DOCUMENTS = Path(__file__).parents[1] / "models" / "openapi" / "documents"
_PHOTOS = ("chelsea.png", "coffee.png", "rocket.jpg", "astronaut.png")


class Walk:
    """Checks each state of the window in several sizes. found: what lacks space, with the state and the size."""

    def __init__(self, at: Driver, sizes: tuple[tuple[int, int], ...], *, wider: bool) -> None:
        self._at = at
        self._wider = wider
        self._sizes = sizes
        self.found: list[str] = []

    async def all(self) -> list[str]:
        """Walk through everything."""
        await self.pages()
        number = await self._batch()
        await self._result()
        await self._gallery(number)
        await self._batch_preview()
        for dialog in self._dialogs():
            self._look(dialog, type(dialog).__name__, ())
            dialog.close()
        return self.found

    async def pages(self) -> list[str]:
        """Walk through the pages that spend: empty, with every possible error, and at work."""
        window = self._at.window
        for tab in self._forms():
            window.go_to(tab)
            self._see(tab, f"empty {tab}")
        self._problems()
        window.go_to("edit")
        self._at.drop(window.edit.references.slots[0], [*map(_photo, _PHOTOS), _photo("coffee.png")])
        await self._at.until(lambda: "up to 4" in window.edit.references.message.text())
        window.edit.form.count.set_value(8)
        self._see("edit", "four references")
        await self._at.on_canvas(_photo("coffee.png"))
        self._at.drag(window.inpaint.canvas, [(100, 100), (300, 200)])
        await self._at.until(lambda: "Mask matches" in window.inpaint.facts._export.text())
        window.inpaint.message.say(f"Can’t read {LONG}.")
        for tool in ("brush", "magic wand", "extend"):
            window.window_actions.tool(tool).trigger()
            self._see("inpaint", f"inpaint with {tool}")
        return self.found

    def _problems(self) -> None:
        window = self._at.window
        window.go_to("generate")
        form = window.generate.form
        self._at.click(form.go)
        form.seed.edit.setText("123456789012")
        form.count.set_value(8)
        form.message.say(f"Can’t write {LONG}.")
        window.banner.say(f"The library in {LONG} is open in another window.", "caution")
        window.say(f"Saved to {LONG}.", lambda: None)
        self._see("generate", "generate with problems")
        form.clear_problems()
        window.banner.clear()
        form.seed.set_value(None)

    async def _batch(self) -> int:
        """Create some images of a batch, and questions in the job strip. Returns the id of an image."""
        window = self._at.window
        window.go_to("generate")
        form, results = window.generate.form, window.generate.results
        self._at.order("submit:refuse:times=2")
        self._at.type(form.prompt.editor, f"hills {WORD}")
        form.draft.set_fields({"resolution": "1K", "aspect_ratio": "4:1"})
        form.count.set_value(4)
        await self._at.until(lambda: not form._submit_guard.isActive())
        self._at.click(form.go)
        numbers = await self._at.pictures(2)
        await self._at.until(lambda: len(window.strip._cards) == 2)
        self._see("generate", "a batch with questions", window.strip)
        window.strip.show_log(True)
        self._see("generate", "a batch with its log", window.strip)
        window.strip.show_log(False)
        await self._at.until(lambda: any(tile.picture_id for tile in results._grid.tiles.values()))
        results._open_tile(numbers[0])
        self._see("generate", "an opened tile", window.strip)
        loupe = results.loupe
        loupe.toggle_facts()
        await self._at.until(lambda: loupe.facts.findChildren(QLayout))
        self._see("generate", "an opened tile with its facts", window.strip, loupe.marks)
        window.go_to("inpaint")
        self._see("inpaint", "inpaint with questions", window.strip)
        return numbers[0]

    async def _result(self) -> None:
        """View a result on the canvas of Inpaint."""
        page = self._at.window.inpaint
        self._at.type(page.form.prompt.editor, f"a silver spoon {WORD}")
        self._at.click(page.form.go)
        await self._at.until(page.result_view.bar.isVisible)
        self._see("inpaint", "a result", page.result_view.bar.way, page.result_view.bar.apply)

    async def _gallery(self, number: int) -> None:
        window = self._at.window
        window.go_to("gallery")
        gallery = window.gallery
        gallery.message.say(f"Can’t read {LONG}.")
        await self._at.until(lambda: gallery.model.rowCount() >= 2)
        gallery.grid.choose(number)
        await self._at.until(gallery.details._area.isVisible)
        self._look(window, "gallery", (window.status,))

    async def _batch_preview(self) -> None:
        """Preview a batch of the selected image, with something wrong everywhere."""
        window = self._at.window
        window.window_actions["job.batch"].trigger()
        await self._at.until(lambda: window.batches.dialog is not None and window.batches.dialog.isVisible())
        dialog = window.batches.dialog
        assert dialog is not None
        dialog.controls.vary.add(MODEL)
        dialog.controls.vary.add("aspect_ratio")
        dialog.draft.set_sample(20, 1)
        dialog.controls.prompt.set_text(f"{{{WORD}|b")
        await self._at.until(lambda: dialog.draft.is_current)
        dialog.message.say(f"Can’t save the recipe in {LONG}.")

    def _forms(self) -> dict[str, RequestForm]:
        window = self._at.window
        return {"generate": window.generate.form, "edit": window.edit.form, "inpaint": window.inpaint.form}

    def _see(self, tab: str, state: str, *further: QWidget) -> None:
        """Check a tab, where the submit button and the price must be in view."""
        window, form = self._at.window, self._forms()[tab]
        self._look(window, state, (form.go, form._price, form._price.right, window.status, window.menuBar(), *further))

    def _dialogs(self) -> list[QDialog]:
        window = self._at.window
        chosen = window.gallery.grid.chosen()
        window.gallery.search.setText("hills")
        window.gallery.save_search()
        for name in (
            "file.models",
            "file.settings",
            "file.shortcuts",
            "view.spending",
            "help.report",
            "view.jobs",
            "help.about",
        ):
            window.window_actions[name].trigger()
        self._add_model()
        for command in ("file.export", "file.sheet", "image.lineage"):
            window.commands.run(command, chosen)
        window.windows.compare([1, 2])
        (settings,) = window.findChildren(SettingsDialog)
        settings.account.message.say(f"The proxy cannot be reached. {WORD}")
        settings.care.message.say(f"Can’t copy to {LONG}.", "caution", {"Bring it back": list, "Cancel": list})
        return [dialog for dialog in window.findChildren(QDialog) if dialog.isVisible()]

    def _add_model(self) -> None:
        models = child(self._at.window, ModelsDialog)
        models.message.say(f"The model can’t be saved in {LONG}.")
        models.add()
        adding = child(models, AddModelDialog)
        document = read_document((DOCUMENTS / "gpt_image_edit.json").read_bytes())
        adding._show_model(NewModel(propose(document), self._at.parts.library.models, adding))
        adding.add()

    def _look(self, widget: QWidget, state: str, reachable: tuple[QWidget, ...]) -> None:
        first = widget.size()
        for size in self._sizes:
            widget.resize(first.boundedTo(QSize(*size)) if isinstance(widget, QDialog) else QSize(*size))
            settle()
            at = f"{state} at {size[0]} × {size[1]}: "
            if widget.width() > size[0] or widget.height() > size[1]:
                self.found.append(f"{at}is {widget.width()} × {widget.height()}")
            self.found += [at + words for words in cramped(widget, whole_words=not self._wider)]
            self.found += [at + words for words in off_line(widget)]
            self.found += [f"{at}{type(part).__name__} is out of sight" for part in reachable if not in_sight(part)]


def _photo(name: str) -> Path:
    return resource_path("photos", name)


async def walk(
    root: Path, theme: Theme, sizes: tuple[tuple[int, int], ...], *, wider: bool = False, brief: bool = False
) -> list[str]:
    """Walk through a window. wider: with all words 40% longer; brief: only the pages that spend."""
    async with opened(root, theme, size=sizes[0]) as at:
        application = make_application()
        if wider:
            # Letters of this font are 7 pixels wide on average. Numbers are the same in every language.
            longer = "* { letter-spacing: 2.8px; } QAbstractSpinBox { letter-spacing: 0px; }"
            application.setStyleSheet(application.styleSheet() + longer)
        by_foot = Walk(at, sizes, wider=wider)
        return await (by_foot.pages() if brief else by_foot.all())


def main() -> int:
    """Walk through the pages at the smallest size."""
    application = make_application()
    theme = Theme(application, ThemeMode.DARK)
    found: list[str] = []

    async def session() -> int:
        found.extend(await walk(Path(sys.argv[1]), theme, (SMALLEST,), brief=True))
        return 0

    run(application, session())
    print(json.dumps(found))  # noqa: T201 - what the test reads
    return 0


if __name__ == "__main__":
    sys.exit(main())
