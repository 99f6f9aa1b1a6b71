"""Short sessions in the real window, one per locale, run by `test_locale.py` as `locale_session.py FOLDER LOCALE…`.

Prints the window's texts in each, one line of JSON per locale. The process starts in the first of them.
"""

from __future__ import annotations

import json
import locale
import sys
import time
from datetime import date
from pathlib import Path

from PySide6.QtCore import QDate, QLocale
from PySide6.QtWidgets import QDateEdit, QDoubleSpinBox

from imagineart_desktop.app import make_application
from imagineart_desktop.resources import resource_path
from imagineart_desktop.ui.image_details.facts import image_facts
from imagineart_desktop.ui.theme import Theme
from imagineart_desktop.workspace.event_loop import run
from imagineart_desktop.workspace.gallery.grouping import Grouping, group_heading
from imagineart_desktop.workspace.language import DateFormat
from imagineart_desktop.workspace.spending_buckets import day_words
from imagineart_desktop.workspace.theme_mode import ThemeMode
from tests.ui.window_driver import opened

_MOMENT = 1_700_000_000_000
"""Milliseconds; in November 2023 in every time zone."""


async def session(root: Path, theme: Theme) -> None:
    async with opened(root, theme) as at:
        form = at.window.generate.form
        form.draft.set_fields({"resolution": "1K", "aspect_ratio": "4:1"})
        form.prompt.editor.insertPlainText("ISTANBUL ılık İğne")
        at.type(form.seed.edit, "1234567")
        at.click(form.go)
        (number,) = await at.pictures(1)
        details = await at.parts.library.details(number)
        assert details is not None
        at.window.go_to("gallery")
        at.window.gallery.search.setText("KIND:GENERATE istanbul seed:1234567")
        await at.until(lambda: at.window.gallery.model.rowCount() == 1)
        canvas = await at.on_canvas(resource_path("photos") / "coffee.png")
        at.drag(canvas, [(100, 100), (200, 200)])
        await at.until(lambda: canvas.coverage.share > 0)
        decimal, day = QDoubleSpinBox(), QDateEdit(QDate(2026, 5, 3))
        decimal.setValue(1.5)
        day.setDisplayFormat(DateFormat.SHORT.value)
        told = [fact.value for fact in image_facts(details) if fact.id not in ("created", "took", "request", "size")]
        said = [
            *told,
            form._price.right.text(),
            form.go.text(),
            decimal.text(),
            day.text(),
            QLocale().toString(1234567),
        ]
        said += [
            day_words(date(2026, 5, 3)),
            group_heading(_MOMENT, Grouping.DAY),
            time.strftime("%B", (2026, 5, 1, 0, 0, 0, 0, 1, 0)),
        ]
        print(json.dumps(said), flush=True)  # noqa: T201 - what the test reads


async def sessions(root: Path, names: list[str], theme: Theme) -> int:
    for name in names:
        locale.setlocale(locale.LC_ALL, name)
        make_application()
        await session(root / name, theme)
    return 0


if __name__ == "__main__":
    application = make_application()
    sys.exit(run(application, sessions(Path(sys.argv[1]), sys.argv[2:], Theme(application, ThemeMode.DARK))))
