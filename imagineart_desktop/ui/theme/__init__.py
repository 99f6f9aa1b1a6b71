"""Colors, fonts, icons and the style sheet of the window."""

from imagineart_desktop.ui.theme.checkerboard import checkerboard, over_checkerboard, paint_image
from imagineart_desktop.ui.theme.current import tokens
from imagineart_desktop.ui.theme.icons import icon, paint_icon
from imagineart_desktop.ui.theme.stylesheet import SCROLL_BAR
from imagineart_desktop.ui.theme.theme import Theme
from imagineart_desktop.ui.theme.tokens import DARK, LIGHT, ThemeColors

__all__ = [
    "DARK",
    "LIGHT",
    "SCROLL_BAR",
    "Theme",
    "ThemeColors",
    "checkerboard",
    "icon",
    "over_checkerboard",
    "paint_icon",
    "paint_image",
    "tokens",
]
