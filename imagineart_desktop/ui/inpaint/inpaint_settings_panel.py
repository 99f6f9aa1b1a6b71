"""Inpaint settings: what is sent, the seam, tone matching, and how much the image is extended."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QSlider,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from imagineart_desktop.imaging import InpaintSettings, Margins, SendMode, Size, margins_for_ratio
from imagineart_desktop.ui.widgets import (
    CheckBox,
    SectionLabel,
    Segmented,
    button,
    combo_box,
    never_elide,
    plain_label,
    retain_size,
    set_tone,
)
from imagineart_desktop.workspace.inpaint.settings import (
    CONTEXT_STEP,
    MAX_CONTEXT,
    MAX_FEATHER,
    MAX_MARGIN,
    MIN_CONTEXT,
    SessionSettings,
)

_DEFAULT_CONTEXT = 64
_RATIOS = ("16:9", "3:2", "4:3", "1:1", "3:4", "2:3", "9:16", "21:9")
_SIDES = (("left", "←"), ("top", "↑"), ("right", "→"), ("bottom", "↓"))


class InpaintSettingsPanel(QWidget):
    """Shows the settings of an inpaint session, and forwards what the user changes."""

    def __init__(self, settings: SessionSettings) -> None:
        super().__init__()
        self._settings = settings
        self._size: Size = (1, 1)
        self._is_showing = self._is_extending = False
        self._column = column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        self.mode = Segmented({SendMode.WHOLE.value: "Whole image", SendMode.ONLY_MASKED.value: "Only masked area"})
        column.addWidget(self.mode)
        column.addLayout(self._sliders())
        self.tone = CheckBox("Match tone")
        self.tone.setToolTip(
            "Matches brightness and color at the mask edge, fading toward the middle. "
            "Clearly different content is left alone."
        )
        self.each = CheckBox("One request for each area")
        column.addWidget(self.tone)
        column.addWidget(self.each)
        column.addLayout(self._extend())
        self._connect()
        self.show_requests(1)
        self.set_low(False)
        self._show_settings()

    def _sliders(self) -> QGridLayout:
        self._grid = grid = QGridLayout()
        grid.setHorizontalSpacing(8)
        grid.setColumnStretch(1, 1)
        self.context, self._context_label = self._slider(
            grid, 0, "Context", "How much around the painted area is sent", MAX_CONTEXT // CONTEXT_STEP, words_at=2
        )
        self.context.setMinimum(MIN_CONTEXT // CONTEXT_STEP)
        self.context.setValue(_DEFAULT_CONTEXT // CONTEXT_STEP)
        self.auto_context = CheckBox("Auto")
        self.auto_context.setToolTip("Half the length of the painted area, at least 64 px")
        self.auto_context.setAccessibleName("Context by the painted area’s size")
        self.auto_context.setChecked(True)
        never_elide(self.auto_context)
        grid.addWidget(self.auto_context, 0, 3)
        self.feather, self._feather_words = self._slider(
            grid, 1, "Seam", "How far the result fades in, inward from the mask edge", MAX_FEATHER, words_at=3
        )
        return grid

    def set_low(self, low: bool) -> None:
        """Use a compact layout when there is little vertical space."""
        self._column.setSpacing(4 if low else 8)
        self._grid.setVerticalSpacing(4 if low else 8)

    def use_size(self, size: Size) -> None:
        """Relate the extension to an image of this (width, height) in pixels."""
        self._size = size
        self._show_settings()

    def show_margin_fields(self, wanted: bool) -> None:
        """Set whether edges can be dragged on the canvas; the margin fields are then shown."""
        self._is_extending = wanted
        self._show_settings()

    def show_requests(self, areas: int) -> None:
        """Show how many requests splitting would make; enable the choice only if there is one."""
        self.each.setEnabled(areas > 1 or self.each.isChecked())
        self.each.setText(f"One request for each area ({areas})" if areas > 1 else "One request for each area")

    def mark_seam(self, widest: int) -> None:
        """Warn of a seam wider than the painted areas have room for. widest: pixels, 0 if there are none."""
        too_wide = 0 < widest < self._settings.value.feather
        set_tone(self._feather_words, "caution" if too_wide else "muted")

    def _slider(
        self, grid: QGridLayout, row: int, word: str, tip: str, max_value: int, *, words_at: int
    ) -> tuple[QSlider, QLabel]:
        slider = QSlider(Qt.Orientation.Horizontal)
        slider.setRange(0, max_value)
        slider.setToolTip(tip)
        slider.setAccessibleName(word)
        words = plain_label("", "muted")
        words.setFixedWidth(words.fontMetrics().horizontalAdvance("1024 px") + 4)
        grid.addWidget(plain_label(word, "faint"), row, 0)
        # The last column holds a check box in some rows, the value in others.
        grid.addWidget(slider, row, 1, 1, words_at - 1)
        grid.addWidget(words, row, words_at)
        return slider, words

    def _extend(self) -> QVBoxLayout:
        column = QVBoxLayout()
        column.setSpacing(6)
        row = QHBoxLayout()
        row.setSpacing(10)
        row.addWidget(SectionLabel("Extend"))
        self.ratio = combo_box("Extend to a ratio")
        self.ratio.setToolTip("The smallest margins that give the image this ratio")
        self.ratio.addItem("To a ratio…")
        self.ratio.addItems(_RATIOS)
        row.addWidget(self.ratio, 1)
        self._clear = button("Reset", lambda: self._settings.edit_margins(Margins()), kind="link")
        row.addWidget(self._clear)
        retain_size(self._clear)
        column.addLayout(row)
        self.sides: dict[str, QSpinBox] = {}
        self._fields = QWidget()
        fields = QGridLayout(self._fields)
        fields.setContentsMargins(0, 0, 0, 0)
        fields.setSpacing(6)
        for number, (name, arrow) in enumerate(_SIDES):
            self.sides[name] = _pixel_field(arrow, f"Extend to the {name}", MAX_MARGIN)
            fields.addWidget(self.sides[name], number // 2, number % 2)
        self.overlap = _pixel_field("Overlap", "Overlap into the image", MAX_FEATHER)
        self.overlap.setSpecialValueText("No overlap")
        self.overlap.setToolTip("Repaints a strip of the image along the new area, so that the join fades")
        fields.addWidget(self.overlap, 2, 0, 1, 2)
        self._changes = plain_label("", "caution", wrap=True)
        fields.addWidget(self._changes, 3, 0, 1, 2)
        column.addWidget(self._fields)
        return column

    def _connect(self) -> None:
        self.mode.changed.connect(self._edit)
        self.context.valueChanged.connect(self._use_context)
        self.auto_context.toggled.connect(self._edit)
        self.feather.valueChanged.connect(self._edit)
        self.tone.toggled.connect(self._edit)
        self.each.toggled.connect(self._edit)
        self.overlap.valueChanged.connect(self._edit)
        self.ratio.activated.connect(self._use_ratio)
        for name, field in self.sides.items():
            field.valueChanged.connect(partial(self._edit_side, name))
        self._settings.changed.connect(self._show_settings)

    # From the controls to the settings

    def _edit(self) -> None:
        self._take_over("")

    def _edit_side(self, name: str, _value: int) -> None:
        self._take_over(name)

    def _take_over(self, gesture: str) -> None:
        if not self._is_showing:
            self._settings.edit(self._entered(), gesture)

    def _entered(self) -> InpaintSettings:
        """Return the settings as the controls show them."""
        return InpaintSettings(
            mode=SendMode(self.mode.value()),
            context=None if self.auto_context.isChecked() else self.context.value() * CONTEXT_STEP,
            feather=self.feather.value(),
            tone_match=self.tone.isChecked(),
            each_island=self.each.isChecked(),
            margins=Margins(*(self.sides[name].value() for name, _ in _SIDES)),
            overlap=self.overlap.value(),
        )

    def _use_context(self) -> None:
        if self._is_showing:
            return
        if self.auto_context.isChecked():
            # This takes over the new value as well.
            self.auto_context.setChecked(False)
        else:
            self._edit()

    def _use_ratio(self, index: int) -> None:
        if index > 0:
            width, height = (int(part) for part in self.ratio.itemText(index).split(":"))
            self._settings.edit_margins(margins_for_ratio(self._size, (width, height)))
            # An image that already has the ratio keeps its margins, so nothing else resets the box.
            self._show_settings()

    # From the settings to the controls

    def _show_settings(self) -> None:
        settings = self._settings.value
        self._is_showing = True
        self.mode.set_value(settings.mode.value)
        if settings.context is not None:
            self.context.setValue(settings.context // CONTEXT_STEP)
        self.auto_context.setChecked(settings.context is None)
        self.feather.setValue(settings.feather)
        self.tone.setChecked(settings.tone_match)
        self.each.setChecked(settings.each_island)
        fields = (*(self.sides[name] for name, _ in _SIDES), self.overlap)
        for field, value in zip(fields, (*settings.margins, settings.overlap), strict=True):
            # Setting the value that is being typed would rewrite its text, such as “0” to “No overlap”.
            if field.value() != value:
                field.setValue(value)
        self.ratio.setCurrentIndex(self._ratio_of(settings.margins))
        self._is_showing = False
        self._show_texts(settings)

    def _show_texts(self, settings: InpaintSettings) -> None:
        context = settings.context
        self._context_label.setText("" if context is None else f"{context} px")
        self._context_label.setVisible(context is not None)
        self._feather_words.setText(f"{settings.feather} px" if settings.feather else "Hard")
        partly = settings.mode is SendMode.ONLY_MASKED or settings.each_island
        # Moving the slider right grows the box; the automatic setting has no place on that scale.
        self.context.setEnabled(partly and context is not None)
        self._clear.setVisible(any(settings.margins))
        self._fields.setVisible(any(settings.margins) or self._is_extending)
        self._changes.setVisible(settings.overlap > 0)
        self._changes.setText(f"Changes {settings.overlap} px of the image along each side that grows.")

    def _ratio_of(self, margins: Margins) -> int:
        """Return the index of the ratio in the box that gives these margins; 0 for none."""
        if any(margins):
            for index, ratio in enumerate(_RATIOS, start=1):
                width, height = (int(part) for part in ratio.split(":"))
                if margins_for_ratio(self._size, (width, height)) == margins:
                    return index
        return 0


def _pixel_field(prefix: str, name: str, max_value: int) -> QSpinBox:
    field = QSpinBox()
    field.setRange(0, max_value)
    field.setSingleStep(8)
    field.setPrefix(f"{prefix} ")
    field.setSuffix(" px")
    field.setAccessibleName(name)
    field.setProperty("kind", "small")
    return field
