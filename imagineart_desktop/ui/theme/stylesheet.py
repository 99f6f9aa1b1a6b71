"""The application's style sheet, generated from the tokens: 8 px grid, 13 px text, radius 6."""

from __future__ import annotations

from imagineart_desktop.resources import resource_path
from imagineart_desktop.ui.theme.tokens import ThemeColors

SCROLL_BAR = 10
"""Width in pixels."""


def style_sheet(t: ThemeColors) -> str:
    """Return the application's style sheet. It distinguishes buttons by the property `kind`."""
    return "".join(group(t) for group in _GROUPS)


def _base(t: ThemeColors) -> str:
    """Return the rules of text, backgrounds and tooltips."""
    return f"""
* {{ font-family: Inter; font-size: 13px; }}
QWidget {{ color: {t.text}; background: transparent; }}
QMainWindow, QDialog, QMessageBox {{ background: {t.panel}; }}
QWidget#panel, QWidget#strip, QWidget#bar, QStackedWidget#pages, QScrollArea#panel > QWidget > QWidget
    {{ background: {t.panel}; }}
QWidget#ground {{ background: {t.ground}; }}
QToolTip {{ background: {t.raised}; color: {t.text}; border: 1px solid {t.line}; padding: 4px 6px; }}
"""


def _menus(t: ThemeColors) -> str:
    """Return the rules of the menu bar and menus."""
    check = _check_mark()
    return f"""
QMenuBar {{ background: {t.panel}; padding: 2px 6px; }}
QMenuBar::item {{ padding: 5px 8px; border-radius: 4px; color: {t.text_muted}; }}
QMenuBar::item:selected {{ background: {t.raised}; color: {t.text}; }}
QMenu {{ background: {t.field}; border: 1px solid {t.line}; padding: 4px; }}
QMenu::item {{ padding: 6px 28px 6px 12px; border-radius: 4px; }}
QMenu::item:selected {{ background: {t.accent_soft}; }}
QMenu::item:disabled {{ color: {t.text_faint}; }}
QMenu::separator {{ height: 1px; background: {t.line}; margin: 4px 8px; }}
QMenu::indicator {{ width: 14px; height: 14px; margin-left: 6px; }}
QMenu::indicator:checked {{ image: url({check}); background: {t.accent_strong}; border-radius: 3px; }}
"""


def _buttons(t: ThemeColors) -> str:
    """Return the rules of buttons without a kind, and those of tool bars."""
    return f"""
QPushButton, QToolButton {{ background: {t.field}; border: 1px solid transparent; border-radius: 6px;
    padding: 5px 10px; color: {t.text}; outline: none; }}
QPushButton:hover, QToolButton:hover {{ background: {t.raised}; }}
QPushButton:pressed, QToolButton:pressed {{ background: {t.line}; }}
QPushButton:focus, QToolButton:focus {{ border-color: {t.accent}; }}
QPushButton:checked, QToolButton:checked {{ background: {t.accent_soft}; border-color: transparent; }}
QPushButton:checked:focus, QToolButton:checked:focus {{ border-color: {t.accent}; }}
QPushButton:disabled, QToolButton:disabled {{ color: {t.text_faint}; }}
QPushButton:checked:disabled, QToolButton:checked:disabled {{ background: {t.field}; }}
QToolButton {{ padding: 5px 8px; }}
QToolBar {{ background: transparent; border: none; spacing: 3px; padding: 0; }}
QToolBar QToolButton {{ padding: 5px 2px; }}
QToolButton#qt_toolbar_ext_button {{ padding: 0; border: none; qproperty-iconSize: 12px 12px; }}
QToolButton[kind="mini"] {{ background: transparent; padding: 0; border-radius: 4px; }}
QToolButton[kind="mini"]:hover {{ background: {t.raised}; }}
QToolButton[kind="mini"]:checked {{ background: {t.accent_soft}; }}
QToolButton::menu-indicator, QPushButton::menu-indicator {{ image: none; width: 0; }}
"""


def _quiet_buttons(t: ThemeColors) -> str:
    """Return the rules of buttons that look like tabs, tools, links and other parts of a page."""
    return f"""
QPushButton[kind="tab"] {{ background: transparent; padding: 7px 15px; color: {t.text_muted}; }}
QPushButton[kind="tab"]:hover {{ color: {t.text}; background: {t.field}; }}
QPushButton[kind="tab"]:checked {{ background: {t.raised}; color: {t.text}; }}
QPushButton[kind="pill"] {{ border-radius: 13px; padding: 4px 11px; color: {t.text_muted}; }}
QToolButton[kind="tool"] {{ background: transparent; padding: 0; }}
QToolButton[kind="tool"]:hover {{ background: {t.field}; }}
QToolButton[kind="tool"]:checked {{ background: {t.accent_soft}; }}
QPushButton[kind="ghost"], QToolButton[kind="ghost"] {{ background: transparent; color: {t.text_muted}; }}
QPushButton[kind="ghost"]:checked, QToolButton[kind="ghost"]:checked {{ background: {t.accent_soft};
    color: {t.text}; }}
QPushButton[kind="ghost"]:hover, QToolButton[kind="ghost"]:hover {{ color: {t.text}; background: {t.raised}; }}
QPushButton[kind="link"], QToolButton[kind="link"] {{ background: transparent; border: none; padding: 0;
    color: {t.text_muted}; font-size: 11px; }}
QPushButton[kind="ghost"]:disabled, QPushButton[kind="link"]:disabled {{ color: {t.text_faint}; }}
QPushButton[kind="link"]:hover, QToolButton[kind="link"]:hover,
QPushButton[kind="link"]:focus, QToolButton[kind="link"]:focus {{ color: {t.accent}; }}
QPushButton[kind="link"]:focus, QToolButton[kind="link"]:focus {{ text-decoration: underline; }}
QPushButton[kind="segment"] {{ background: transparent; border: 1px solid transparent; border-radius: 5px;
    padding: 5px 8px; color: {t.text_muted}; }}
QPushButton[kind="segment"]:checked {{ background: {t.raised}; color: {t.text}; }}
QPushButton[kind="segment"]:focus {{ border-color: {t.accent}; }}
QPushButton[kind="side"] {{ background: transparent; text-align: left; padding: 6px 10px; }}
QPushButton[kind="side"]:hover {{ background: {t.field}; }}
QPushButton[kind="side"]:checked {{ background: {t.raised}; }}
"""


def _primary_buttons(t: ThemeColors) -> str:
    """Return the rules of the button of a page's main action, and the buttons of messages."""
    return f"""
QPushButton[kind="primary"] {{ background: {t.accent_strong}; color: {t.on_accent}; font-weight: 600; }}
QPushButton[kind="primary"]:hover {{ background: {t.accent_deep}; }}
QPushButton[kind="primary"]:pressed {{ background: {t.accent_deep}; border-color: {t.accent_strong}; }}
QPushButton[kind="primary"]:focus {{ border: 2px solid {t.text}; padding: 4px 9px; }}
QPushButton[kind="primary"]:disabled {{ background: {t.raised}; color: {t.text_faint}; }}
QFrame#message QPushButton {{ background: {t.raised}; }}
QFrame#message QPushButton:hover {{ background: {t.line}; }}
"""


def _fields(t: ThemeColors) -> str:
    """Return the rules of fields to type and choose in, and their lists."""
    down = resource_path("icons", f"chevron-down-{'dark' if t.dark else 'light'}.svg").as_posix()
    return f"""
QLineEdit, QPlainTextEdit, QSpinBox, QDateEdit, QComboBox {{ background: {t.field}; border: 1px solid {t.line};
    border-radius: 6px; padding: 6px 9px; selection-background-color: {t.accent_strong};
    selection-color: {t.on_accent}; placeholder-text-color: {t.text_faint}; }}
QLineEdit:disabled, QPlainTextEdit:disabled, QSpinBox:disabled, QComboBox:disabled {{ background: {t.panel};
    color: {t.text_faint}; }}
QLineEdit:focus, QPlainTextEdit:focus, QSpinBox:focus, QDateEdit:focus, QComboBox:focus {{ border-color: {t.accent}; }}
QTextEdit {{ background: transparent; border: none; padding: 0; selection-background-color: {t.accent_strong};
    selection-color: {t.on_accent}; }}
QTextEdit[tone="strong"] {{ font-weight: 600; }}
QLineEdit[bare="true"] {{ background: transparent; border: none; padding: 0; }}
QSpinBox[kind="small"] {{ padding: 4px 7px; }}
QDoubleSpinBox {{ background: transparent; border: none; padding: 0; selection-background-color: {t.accent_strong};
    selection-color: {t.on_accent}; }}
QDoubleSpinBox:disabled {{ color: {t.text_faint}; }}
QAbstractSpinBox::up-button, QAbstractSpinBox::down-button {{ width: 0; border: none; }}
QComboBox[strong="true"] {{ font-weight: 600; }}
QComboBox::drop-down, QDateEdit::drop-down {{ border: none; width: 26px; }}
QComboBox::down-arrow, QDateEdit::down-arrow {{ image: url({down}); width: 14px; height: 14px; }}
QComboBox {{ combobox-popup: 0; }}
QComboBox QAbstractItemView {{ background: {t.field}; border: 1px solid {t.line}; padding: 4px; outline: none; }}
QComboBox QAbstractItemView::item {{ min-height: 26px; padding-left: 6px; border-radius: 4px; }}
QComboBox QAbstractItemView::item:selected {{ background: {t.accent_soft}; color: {t.text}; }}
QListView#completions {{ background: {t.field}; border: 1px solid {t.line}; padding: 4px; }}
QListView#completions::item {{ min-height: 26px; padding: 0 6px; border-radius: 4px; color: {t.text}; }}
QListView#completions::item:hover {{ background: {t.raised}; }}
QListView#completions::item:selected {{ background: {t.accent_soft}; color: {t.text}; }}
QAbstractItemView QLineEdit {{ padding: 0 4px; border-radius: 4px; }}
QFrame#field {{ background: {t.field}; border: 1px solid {t.line}; border-radius: 6px; }}
QFrame#field[focused="true"] {{ border-color: {t.accent}; }}
QFrame#field[wrong="true"] {{ border-color: {t.error}; }}
"""


def _check_boxes(t: ThemeColors) -> str:
    """Return the rules of check boxes and radio buttons."""
    check = _check_mark()
    return f"""
QCheckBox {{ spacing: 8px; outline: none; }}
QCheckBox::indicator {{ width: 15px; height: 15px; border: 1px solid {t.text_faint}; border-radius: 4px;
    background: {t.field}; }}
QCheckBox::indicator:checked {{ background: {t.accent_strong}; border-color: {t.accent_strong}; image: url({check}); }}
QCheckBox::indicator:focus {{ border-color: {t.accent}; }}
QCheckBox::indicator:checked:focus {{ border-color: {t.text}; }}
QCheckBox:disabled, QRadioButton:disabled {{ color: {t.text_faint}; }}
QCheckBox::indicator:checked:disabled {{ background: {t.text_faint}; border-color: {t.text_faint}; }}
QRadioButton {{ spacing: 8px; outline: none; }}
QRadioButton::indicator {{ width: 15px; height: 15px; border: 1px solid {t.text_faint}; border-radius: 8px;
    background: {t.field}; }}
QRadioButton::indicator:checked {{ width: 7px; height: 7px; border: 5px solid {t.accent_strong};
    background: {t.on_accent}; }}
QRadioButton::indicator:focus {{ border-color: {t.accent}; }}
"""


def _sliders(t: ThemeColors) -> str:
    """Return the rules of sliders and progress bars."""
    return f"""
QSlider::groove {{ background: {t.line}; border-radius: 2px; }}
QSlider::groove:horizontal {{ height: 4px; }}
QSlider::groove:vertical {{ width: 4px; }}
QSlider::sub-page:horizontal, QSlider::add-page:vertical {{ background: {t.accent}; border-radius: 2px; }}
QSlider::sub-page:horizontal:disabled, QSlider::add-page:vertical:disabled {{ background: {t.line}; }}
QSlider::handle {{ width: 12px; height: 12px; border-radius: 7px; background: #ffffff;
    border: 1px solid {t.text_faint}; }}
QSlider::handle:horizontal {{ margin: -5px 0; }}
QSlider::handle:vertical {{ margin: 0 -5px; }}
QSlider::handle:focus {{ border: 2px solid {t.accent}; width: 10px; height: 10px; }}
QSlider::handle:disabled {{ background: {t.text_faint}; }}

QProgressBar {{ background: {t.line}; border: none; border-radius: 1px; max-height: 3px; min-height: 3px; }}
QProgressBar::chunk {{ background: {t.accent}; border-radius: 1px; }}
QProgressBar[tone="caution"]::chunk {{ background: {t.caution}; }}
"""


def _scrolling(t: ThemeColors) -> str:
    """Return the rules of scroll bars and scrolled areas."""
    return f"""
QScrollBar {{ background: transparent; width: {SCROLL_BAR}px; height: {SCROLL_BAR}px; margin: 0; }}
QScrollBar::handle {{ background: {t.line}; border-radius: 3px; margin: 2px; min-height: 28px; min-width: 28px; }}
QScrollBar::handle:hover {{ background: {t.text_faint}; }}
QScrollBar::handle:disabled {{ background: transparent; }}
QScrollBar::add-line, QScrollBar::sub-line {{ width: 0; height: 0; }}
QScrollBar::add-page, QScrollBar::sub-page {{ background: transparent; }}
QScrollArea, QAbstractItemView {{ border: none; background: transparent; }}
QAbstractItemView {{ selection-background-color: {t.accent_soft}; selection-color: {t.text};
    alternate-background-color: {t.panel}; }}
"""


def _containers(t: ThemeColors) -> str:
    """Return the rules of headers, tabs, groups, splitters and the status bar."""
    return f"""
QHeaderView {{ background: transparent; }}
QHeaderView::section {{ background: {t.panel}; color: {t.text_muted}; border: none;
    border-bottom: 1px solid {t.line}; padding: 5px 8px; }}
QTreeWidget QHeaderView::section {{ padding: 5px; }}
QTabWidget::pane {{ border: none; border-top: 1px solid {t.line}; }}
QTabBar {{ outline: none; }}
QTabBar::tab {{ background: transparent; color: {t.text_muted}; border: 1px solid transparent; border-radius: 6px;
    padding: 6px 14px; margin-bottom: 4px; }}
QTabBar::tab:hover {{ background: {t.field}; color: {t.text}; }}
QTabBar::tab:selected {{ background: {t.raised}; color: {t.text}; }}
QTabBar::tab:focus {{ border-color: {t.accent}; }}
QGroupBox {{ border: 1px solid {t.line}; border-radius: 6px; margin-top: 20px; padding: 6px; }}
QGroupBox::title {{ subcontrol-origin: margin; left: 0; color: {t.text_muted}; }}
QSplitter::handle {{ background: {t.line}; }}
QSplitter::handle:horizontal {{ width: 1px; }}
QSplitter::handle:vertical {{ height: 1px; }}
QStatusBar {{ background: {t.panel}; border-top: 1px solid {t.line}; }}
QStatusBar::item {{ border: none; }}
"""


def _lists(t: ThemeColors) -> str:
    """Return the rules of lists and trees."""
    check = _check_mark()
    return f"""
QListView {{ outline: none; }}
QListWidget::item {{ padding: 6px 8px; border-radius: 6px; }}
QTreeWidget {{ outline: none; }}
QTableView::item {{ padding: 0 5px; }}
QTreeWidget::item {{ padding: 4px 2px; }}
QTreeWidget#collections {{ show-decoration-selected: 1; }}
QTreeWidget#collections::item {{ padding: 7px 0; }}
QTreeWidget#collections::item:first {{ padding-left: 8px; border-top-left-radius: 6px;
    border-bottom-left-radius: 6px; }}
QTreeWidget#collections::item:last {{ color: {t.text_faint}; padding-right: 8px; border-top-right-radius: 6px;
    border-bottom-right-radius: 6px; }}
QTreeWidget::item:selected {{ background: {t.accent_soft}; color: {t.text}; }}
QTreeWidget#collections::item:hover {{ background: {t.field}; }}
QTreeWidget#collections::item:selected {{ background: {t.raised}; }}
QTreeWidget#collections::branch {{ background: transparent; }}
QListWidget::item:selected {{ background: {t.accent_soft}; color: {t.text}; }}
QListView::indicator, QTableView::indicator {{ width: 13px; height: 13px; border: 1px solid {t.text_faint};
    border-radius: 4px; background: {t.field}; }}
QListView::indicator:checked, QTableView::indicator:checked {{ background: {t.accent_strong};
    border-color: {t.accent_strong}; image: url({check}); }}
QListView#commands::item {{ padding: 7px 10px; border-radius: 6px; }}
QListView#commands::item:selected {{ background: {t.accent_soft}; color: {t.text}; }}
"""


def _labels(t: ThemeColors) -> str:
    """Return the rules of labels by tone."""
    return f"""
QLabel[tone="section"] {{ color: {t.text_faint}; font-size: 11px; letter-spacing: 1px; }}
QLabel[tone="muted"] {{ color: {t.text_muted}; }}
QLabel[tone="faint"] {{ color: {t.text_faint}; }}
QLabel[tone="small"] {{ color: {t.text_faint}; font-size: 11px; }}
QLabel[tone="small caution"] {{ color: {t.caution}; font-size: 11px; }}
QLabel[tone="small error"] {{ color: {t.error}; font-size: 11px; }}
QLabel[tone="strong"] {{ font-weight: 600; }}
QLabel[tone="title"] {{ font-size: 16px; font-weight: 600; }}
QLabel[tone="error"] {{ color: {t.error}; }}
QLabel[tone="go"] {{ color: {t.on_accent}; font-weight: 600; }}
QLabel[tone="go_hint"] {{ color: {t.on_accent}; font-size: 11px; }}
QLabel[tone="go"]:disabled, QLabel[tone="go_hint"]:disabled {{ color: {t.text_faint}; }}
QLabel[tone="good"] {{ color: {t.good}; }}
QLabel[tone="caution"] {{ color: {t.caution}; }}
"""


def _frames(t: ThemeColors) -> str:
    """Return the rules of rules, cards and messages."""
    return f"""
QFrame#rule {{ background: {t.line}; max-height: 1px; min-height: 1px; border: none; }}
QFrame#rule_v {{ background: {t.line}; max-width: 1px; min-width: 1px; border: none; }}
QFrame#card {{ background: {t.field}; border: 1px solid {t.line}; border-radius: 6px; }}
QFrame#card[tone="error"] {{ border-color: {t.error}; }}
QFrame#card[tone="caution"] {{ border-color: {t.caution}; }}
QFrame#message {{ background: {t.field}; border: 1px solid {t.line}; border-radius: 6px; }}
QFrame#message[tone="error"] {{ background: {t.error_soft}; border-color: {t.error}; }}
QFrame#message[tone="caution"] {{ border-color: {t.caution}; }}
QFrame#message[small="true"] {{ background: transparent; border: none; }}
QFrame#message[small="true"] QLabel {{ color: {t.error}; font-size: 11px; }}
QFrame#message[small="true"] QLabel[tone="muted"] {{ color: {t.text_muted}; }}
"""


def _check_mark() -> str:
    return resource_path("icons", "check-on-accent.svg").as_posix()


_GROUPS = (
    _base,
    _menus,
    _buttons,
    _quiet_buttons,
    _primary_buttons,
    _fields,
    _check_boxes,
    _sliders,
    _scrolling,
    _containers,
    _lists,
    _labels,
    _frames,
)
