"""The theme: all text is readable, nothing looks like bare Qt, icons are crisp and follow the colors."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

import pytest
from PySide6.QtCore import QSize, QStringListModel, Qt
from PySide6.QtGui import QColor, QIcon, QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QApplication,
    QCheckBox,
    QComboBox,
    QDialog,
    QGroupBox,
    QHeaderView,
    QLineEdit,
    QListView,
    QMenuBar,
    QPlainTextEdit,
    QPushButton,
    QRadioButton,
    QSlider,
    QSpinBox,
    QTabBar,
    QToolButton,
    QTreeWidget,
    QVBoxLayout,
    QWidget,
)

from imagineart_desktop.ui.theme import DARK, LIGHT, Theme, ThemeColors, icon, tokens
from imagineart_desktop.workspace.theme_mode import ThemeMode
from tests.ui.window_driver import activate

PAIRS = [
    *((text, ground) for text in ("text", "text_muted") for ground in ("ground", "panel", "field", "raised")),
    *((text, ground) for text in ("text_faint", "good", "caution", "error") for ground in ("ground", "panel", "field")),
    *((text, "accent_soft") for text in ("text", "text_muted")),
    *((text, ground) for text in ("accent",) for ground in ("panel", "field")),
    ("text", "error_soft"),
    ("on_accent", "accent_strong"),
    ("on_accent", "accent_deep"),
]
"""Which text stands on which ground."""

MODES = [ThemeMode.DARK, ThemeMode.LIGHT]


def _luminance(colour: str) -> float:
    channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _contrast(one: str, other: str) -> float:
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def _colours(image: QImage) -> Counter[str]:
    return Counter(image.pixelColor(x, y).name() for x in range(image.width()) for y in range(image.height()))


def _shown(widget: QWidget) -> QImage:
    """Return the widget as it looks on a panel."""
    panel = QWidget()
    panel.setObjectName("panel")
    panel.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
    panel.resize(200, 90)
    widget.setParent(panel)
    widget.setGeometry(10, 10, 160, 60)
    return panel.grab(widget.geometry()).toImage()


@pytest.mark.parametrize("t", [DARK, LIGHT], ids=["dark", "light"])
@pytest.mark.parametrize(("text", "ground"), PAIRS)
def test_each_text_can_be_read_on_each_ground_it_stands_on(t: ThemeColors, text: str, ground: str) -> None:
    assert _contrast(getattr(t, text), getattr(t, ground)) >= 4.5


def _list_view() -> QWidget:
    view = QListView()
    view.setModel(QStringListModel(["one", "two"], view))
    view.setCurrentIndex(view.model().index(1, 0))
    return view


def _header() -> QWidget:
    tree = QTreeWidget()
    tree.setHeaderLabels(["Name", "Size"])
    return tree


def _tabs() -> QWidget:
    tabs = QTabBar()
    tabs.addTab("One")
    tabs.addTab("Two")
    return tabs


def _menu_bar() -> QWidget:
    bar = QMenuBar()
    bar.addMenu("File")
    return bar


STOCK: dict[str, Callable[[], QWidget]] = {
    "button": lambda: QPushButton("Fit"),
    "check box": lambda: QCheckBox("Expand"),
    "choice": QComboBox,
    "group": lambda: QGroupBox("Group"),
    "header": _header,
    "line": lambda: QLineEdit("words"),
    "list": _list_view,
    "menus": _menu_bar,
    "number": QSpinBox,
    "radio button": lambda: QRadioButton("Dark"),
    "tabs": _tabs,
    "text": lambda: QPlainTextEdit("words"),
    "vertical slider": lambda: QSlider(Qt.Orientation.Vertical),
    "slider": lambda: QSlider(Qt.Orientation.Horizontal),
    "table head": lambda: QHeaderView(Qt.Orientation.Horizontal),
}


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("name", STOCK)
def test_no_control_shows_colours_that_are_not_the_themes(theme: Theme, mode: ThemeMode, name: str) -> None:
    theme.set_mode(mode)
    t = tokens()
    own = {QColor(getattr(t, field)).name() for field in t.__slots__ if field != "dark"} | {"#ffffff"}
    image = _shown(STOCK[name]())
    solid = {
        image.pixelColor(x, y).name()
        for x in range(1, image.width() - 1)
        for y in range(1, image.height() - 1)
        if len({image.pixel(x + dx, y + dy) for dx in (-1, 0, 1) for dy in (-1, 0, 1)}) == 1
    }
    assert solid <= own


@pytest.mark.parametrize("mode", MODES)
def test_a_button_that_cannot_be_pressed_looks_so(theme: Theme, mode: ThemeMode) -> None:
    theme.set_mode(mode)
    for kind in ("", "primary", "link"):
        images = []
        for enabled in (True, False):
            made = QPushButton("Generate")
            made.setProperty("kind", kind)
            made.setEnabled(enabled)
            images.append(_shown(made))
        assert images[0] != images[1], kind or "plain"


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("kind", ["", "primary", "tab", "segment", "ghost", "link"])
def test_the_keyboards_place_is_seen(theme: Theme, application: QApplication, mode: ThemeMode, kind: str) -> None:
    theme.set_mode(mode)
    made = QPushButton("Generate")
    made.setProperty("kind", kind)
    made.setCheckable(kind in ("tab", "segment"))
    made.resize(120, 34)
    activate(made)
    made.clearFocus()
    without = made.grab().toImage()
    made.setFocus(Qt.FocusReason.TabFocusReason)
    assert made.hasFocus()
    with_focus = made.grab().toImage()
    changed = Counter(
        with_focus.pixelColor(x, y).name()
        for x in range(without.width())
        for y in range(without.height())
        if with_focus.pixel(x, y) != without.pixel(x, y)
    )
    ring, count = changed.most_common(1)[0]
    ground = without.pixelColor(60, 4).name() if kind != "link" else tokens().panel
    assert count > 20
    assert _contrast(ring, ground) >= 3


def _inner(widget: QWidget) -> QImage:
    """Return the widget without its border, and without an indicator at its left."""
    left = 26 if isinstance(widget, QCheckBox | QRadioButton) else 4
    return widget.grab(widget.rect().adjusted(left, 4, -4, -4)).toImage()


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("kind", ["", "primary", "tab", "segment", "ghost", "side"])
def test_the_keyboards_place_has_no_second_frame(theme: Theme, mode: ThemeMode, kind: str) -> None:
    """Styles draw a frame around the text as well, once keys have moved the focus."""
    theme.set_mode(mode)
    dialog = QDialog()
    column = QVBoxLayout(dialog)
    first, made = QPushButton("First"), QPushButton("Generate")
    made.setProperty("kind", kind)
    tool = QToolButton()
    tool.setText("Tool")
    tool.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
    others = (made, tool, QCheckBox("Check"), QRadioButton("Radio"))
    for part in (first, *others):
        column.addWidget(part)
    activate(dialog)
    first.setFocus()
    for part in others:
        without = _inner(part)
        QTest.keyClick(dialog, Qt.Key.Key_Tab)
        assert part.hasFocus()
        assert _inner(part) == without


def test_placeholders_can_be_read(theme: Theme) -> None:
    for mode in MODES:
        theme.set_mode(mode)
        line = QLineEdit()
        line.setPlaceholderText("■■■■■■■■")
        darkest = max(_colours(_shown(line)), key=lambda colour: _contrast(colour, tokens().field))
        assert _contrast(darkest, tokens().field) >= 4.5


def _pixels(picture: QIcon, ratio: float) -> QImage:
    return picture.pixmap(QSize(16, 16), ratio).toImage()


@pytest.mark.parametrize("ratio", [1.0, 1.5, 2.0])
def test_icons_are_drawn_for_the_screen_they_are_on(theme: Theme, ratio: float) -> None:
    drawn = _pixels(icon("square", "text"), ratio)
    assert (drawn.width(), drawn.devicePixelRatio()) == (16 * ratio, ratio)
    enlarged = _pixels(icon("square", "text"), 1.0).scaled(drawn.size())
    assert ratio == 1.0 or drawn != enlarged


def test_icons_keep_their_shape_in_a_wide_place(theme: Theme) -> None:
    wide = icon("square", "text").pixmap(QSize(48, 16)).toImage()
    inked = [x for x in range(wide.width()) if any(wide.pixelColor(x, y).alpha() for y in range(wide.height()))]
    assert inked[-1] - inked[0] < 17 * wide.devicePixelRatio()


def test_icons_made_before_follow_a_change_of_theme(theme: Theme) -> None:
    made = icon("square", "text")

    def strongest() -> str:
        image = _pixels(made, 2.0)
        places = ((x, y) for x in range(image.width()) for y in range(image.height()))
        x, y = max(places, key=lambda place: image.pixelColor(*place).alpha())
        return image.pixelColor(x, y).name()

    theme.set_mode(ThemeMode.DARK)
    assert strongest() == DARK.text
    theme.set_mode(ThemeMode.LIGHT)
    assert strongest() == LIGHT.text


def test_the_systems_wish_is_followed_only_where_the_user_wants_that(theme: Theme, application: QApplication) -> None:
    told: list[bool] = []
    theme.changed.connect(lambda: told.append(tokens().dark))
    hints = application.styleHints()
    theme.set_mode(ThemeMode.SYSTEM)
    hints.colorSchemeChanged.emit(Qt.ColorScheme.Light)
    assert not tokens().dark
    hints.colorSchemeChanged.emit(Qt.ColorScheme.Dark)
    assert tokens().dark
    assert told[-2:] == [False, True]
    theme.set_mode(ThemeMode.LIGHT)
    hints.colorSchemeChanged.emit(Qt.ColorScheme.Dark)
    assert not tokens().dark


def test_text_is_inter_at_13_pixels(theme: Theme, application: QApplication) -> None:
    line = QLineEdit()
    line.ensurePolished()
    assert (line.font().family(), line.font().pixelSize()) == ("Inter", 13)
    assert line.fontInfo().family() == "Inter"
