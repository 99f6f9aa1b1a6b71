"""Every tool of the canvas in use, on one sheet: `python -m tests.ui.shoot_tools out.jpg`.

With QT_SCALE_FACTOR=2 at 200 %.
"""

from __future__ import annotations

import asyncio
import os
import sys
import tempfile
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
os.environ["PYTHON_KEYRING_BACKEND"] = "keyring.backends.null.Keyring"

from PySide6.QtCore import QPoint, QPointF, QRect, Qt
from PySide6.QtGui import QImage, QPainter
from PySide6.QtTest import QTest

from imagineart_desktop.app import make_application
from imagineart_desktop.imaging import Brush, Margins
from imagineart_desktop.resources import resource_path
from imagineart_desktop.ui.canvas.mask_canvas import MaskCanvas
from imagineart_desktop.ui.canvas.mask_overlay import MaskView
from imagineart_desktop.ui.canvas.tools.registry import TOOLS
from imagineart_desktop.ui.theme import Theme
from imagineart_desktop.workspace.event_loop import run
from imagineart_desktop.workspace.theme_mode import ThemeMode
from tests.ui.window_driver import Driver, opened

LEFT = Qt.MouseButton.LeftButton
SIZE = (860, 560)
COLUMNS = 3
CUP = [(150, 200), (220, 130), (330, 110), (430, 160), (440, 250), (360, 320), (240, 330), (165, 280)]


class _Shots:
    def __init__(self, at: Driver, canvas: MaskCanvas) -> None:
        self._at = at
        self._canvas = canvas
        self.images: list[QImage] = []

    def place(self, point: tuple[float, float]) -> QPoint:
        return self._canvas.viewport_state.to_widget(QPointF(*point)).toPoint()

    async def use(self, tool: str) -> None:
        """The tool in the middle of its work, where it has a middle."""
        canvas, document = self._canvas, self._canvas.document
        self._at.window.window_actions.tool(tool).trigger()
        QTest.mouseMove(canvas, self.place(CUP[0]))
        if tool in ("polygon", "magnetic lasso"):
            for corner in CUP[:5]:
                QTest.mouseClick(canvas, LEFT, pos=self.place(corner))
                await asyncio.sleep(0.4)
            QTest.mouseMove(canvas, self.place(CUP[6]))
        elif tool in ("magic wand", "fill", "zoom"):
            QTest.mouseClick(canvas, LEFT, pos=self.place((290, 190)))
        elif tool == "hand":
            canvas.zoom_to(canvas.zoom * 2)
            QTest.mousePress(canvas, LEFT, pos=self.place((290, 190)))
            QTest.mouseMove(canvas, self.place((340, 150)))
        elif tool == "extend":
            canvas.zoom_to(canvas.zoom * 0.7)
            width, height = document.size
            QTest.mousePress(canvas, LEFT, pos=self.place((width, height)))
            QTest.mouseMove(canvas, self.place((width + 160, height + 80)))
        else:
            if tool == "eraser":
                document.mask[80:340, 120:460] = 255
            QTest.mousePress(canvas, LEFT, pos=self.place(CUP[0]))
            for corner in CUP[1:5] if tool in ("rectangle", "ellipse", "smart select") else CUP[1:]:
                QTest.mouseMove(canvas, self.place(corner))
            if tool in ("rectangle", "ellipse", "smart select"):
                QTest.mouseMove(canvas, self.place((470, 345)))
            if tool == "smart select":
                QTest.mouseRelease(canvas, LEFT, pos=self.place((470, 345)))
        await asyncio.sleep(1.0)
        await self._at.until(lambda: not document.is_locked)
        self.shoot()
        QTest.keyClick(canvas, Qt.Key.Key_Escape)
        QTest.mouseRelease(canvas, LEFT, pos=self.place((5, 5)))
        self._at.window.inpaint.session.settings.set_margins(Margins())
        canvas.fit()
        self._at.window.window_actions["mask.clear"].trigger()
        await asyncio.sleep(0.3)

    def shoot(self) -> None:
        page = self._at.window.inpaint
        whole = page.grab().toImage()
        ratio = whole.devicePixelRatio()
        part = QRect(0, 0, min(page.width(), SIZE[0]), min(page.height(), SIZE[1]))
        cut = whole.copy(QRect(part.topLeft() * ratio, part.size() * ratio))
        cut.setDevicePixelRatio(1)
        self.images.append(cut)


async def _shoot(out: Path) -> int:
    app = make_application()
    with tempfile.TemporaryDirectory() as folder:
        async with opened(Path(folder), Theme(app, ThemeMode.DARK), size=(1300, 760)) as at:
            canvas = await at.on_canvas(resource_path("photos", "coffee.png"))
            canvas.set_brush(Brush(size=46, hardness=0.7))
            shots = _Shots(at, canvas)
            for tool in TOOLS:
                await shots.use(tool.id)
            at.window.window_actions.tool("rectangle").trigger()
            canvas.document.mask[100:340, 140:460] = 255
            canvas.document.changed.emit(canvas.coverage.bounds.of_shape(canvas.document.mask.shape))
            canvas.document.settled.emit()
            canvas.rotate_to(20)
            for view in MaskView:
                canvas.set_mask_view(view)
                await asyncio.sleep(0.4)
                shots.shoot()
    width, height = shots.images[0].width(), shots.images[0].height()
    rows = -(-len(shots.images) // COLUMNS)
    sheet = QImage(COLUMNS * width, rows * height, QImage.Format.Format_RGB32)
    sheet.fill(Qt.GlobalColor.black)
    painter = QPainter(sheet)
    for number, image in enumerate(shots.images):
        painter.drawImage(number % COLUMNS * width, number // COLUMNS * height, image)
    painter.end()
    sheet.save(str(out), quality=72)
    return 0


if __name__ == "__main__":
    sys.exit(run(make_application(), _shoot(Path(sys.argv[1]))))
