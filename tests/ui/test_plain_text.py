"""External text is shown as it is, wherever it is shown."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QWidget

from imagineart_desktop.demo import SLOW, Fault
from imagineart_desktop.ui.theme import Theme
from tests.ui.window_driver import opened

MARKUP = "<b>bold</b><img src='https://evil.example/x.png'> & more"


async def test_markup_stays_text_everywhere(tmp_path: Path, theme: Theme) -> None:
    async with opened(tmp_path, theme) as at:
        demo = at.parts.account.demo
        assert demo is not None
        demo.order(Fault.parse("status:hostile"), Fault.parse("stream:hostile"), Fault.parse("result:hostile"))
        at.type(at.window.generate.form.prompt.editor, f"{MARKUP} {SLOW}")
        at.window.generate.form.draft.set_fields({"resolution": "1K", "aspect_ratio": "4:1"})
        at.click(at.window.generate.form.go)
        await at.until(lambda: any(event.job.logs for event in at.events))
        at.window.strip.show_log(True)
        await at.until(lambda: "<b>bold</b>" in at.window.strip.log.text.toPlainText())
        assert "\x1b" not in at.window.strip.log.text.toPlainText()
        await at.pictures(1)
        at.window.go_to("gallery")
        await at.until(lambda: at.window.gallery.model.rowCount() == 1)
        index = at.window.gallery.model.index(0)
        await at.until(lambda: index.data(Qt.ItemDataRole.ToolTipRole) is not None)
        at.window.gallery.grid.choose(at.window.gallery.model.number_at(index))
        tips = [index.data(Qt.ItemDataRole.ToolTipRole)]
        tips += [widget.toolTip() for widget in at.window.findChildren(QWidget)]
        assert not [tip for tip in tips if "<b>" in tip or "<img" in tip]
        assert any("&lt;b&gt;bold" in tip for tip in tips)
        rich = [
            label.text()
            for label in at.window.findChildren(QLabel)
            if label.textFormat() is not Qt.TextFormat.PlainText
        ]
        assert not [text for text in rich if text]
        assert MARKUP not in at.window.windowTitle()
