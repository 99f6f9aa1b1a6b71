"""All tools, in the order of the toolbox. A tool that is added here appears in every place that lists tools."""

from __future__ import annotations

from imagineart_desktop.ui.canvas.tools.brush import BrushTool
from imagineart_desktop.ui.canvas.tools.ellipse import EllipseTool
from imagineart_desktop.ui.canvas.tools.eraser import EraserTool
from imagineart_desktop.ui.canvas.tools.extend import ExtendTool
from imagineart_desktop.ui.canvas.tools.fill import FillTool
from imagineart_desktop.ui.canvas.tools.hand import HandTool
from imagineart_desktop.ui.canvas.tools.lasso import LassoTool
from imagineart_desktop.ui.canvas.tools.magnetic_lasso import MagneticLassoTool
from imagineart_desktop.ui.canvas.tools.polygon import PolygonTool
from imagineart_desktop.ui.canvas.tools.rectangle import RectangleTool
from imagineart_desktop.ui.canvas.tools.smart_select import SmartSelectTool
from imagineart_desktop.ui.canvas.tools.tool import Tools
from imagineart_desktop.ui.canvas.tools.wand import WandTool
from imagineart_desktop.ui.canvas.tools.zoom import ZoomTool

TOOLS: Tools = (
    BrushTool,
    EraserTool,
    RectangleTool,
    EllipseTool,
    LassoTool,
    PolygonTool,
    MagneticLassoTool,
    WandTool,
    SmartSelectTool,
    FillTool,
    ExtendTool,
    HandTool,
    ZoomTool,
)
"""The first one is selected at first."""
