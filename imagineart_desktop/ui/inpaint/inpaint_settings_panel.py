"""Inpaint settings: what is sent, the seam, tone matching, and how much the image is extended."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

from pydantic import ValidationError
from PySide6.QtCore import Qt, Signal
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

_MAX_FEATHER = 128
_MAX_MARGIN = 8192
_LEAST_CONTEXT, _MOST_CONTEXT = 16, 1024
_CONTEXT_STEP = 16
_DEFAULT_CONTEXT = 64
_RATIOS = ("16:9", "3:2", "4:3", "1:1", "3:4", "2:3", "9:16", "21:9")
_SIDES = (("left", "←"), ("top", "↑"), ("right", "→"), ("bottom", "↓"))


class InpaintSettingsPanel(QWidget):
    """Inpaint settings. They apply from the next request on; seam and tone also to the result being viewed."""

    changed = Signal()
    seam_changed = Signal()
    extended = Signal(object, object, str)
    """`Margins` before and after a manual change, and its gesture; changes with the same gesture belong together."""

    def __init__(self) -> None:
        super().__init__()
        self._size: Size = (1, 1)
        self._quiet = self._is_extending = False
        self._margins = Margins()
        self._drags = 0
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
        self._show()

    def _sliders(self) -> QGridLayout:
        self._grid = grid = QGridLayout()
        grid.setHorizontalSpacing(8)
        grid.setColumnStretch(1, 1)
        self.context, self._context_label = self._slider(
            grid, 0, "Context", "How much around the painted area is sent", _MOST_CONTEXT // _CONTEXT_STEP, words_at=2
        )
        self.context.setMinimum(_LEAST_CONTEXT // _CONTEXT_STEP)
        self.context.setValue(_DEFAULT_CONTEXT // _CONTEXT_STEP)
        self.auto_context = CheckBox("Auto")
        self.auto_context.setToolTip("Half the length of the painted area, at least 64 px")
        self.auto_context.setAccessibleName("Context by the painted area’s size")
        self.auto_context.setChecked(True)
        never_elide(self.auto_context)
        grid.addWidget(self.auto_context, 0, 3)
        self.feather, self._feather_words = self._slider(
            grid, 1, "Seam", "How far the result fades in, inward from the mask edge", _MAX_FEATHER, words_at=3
        )
        return grid

    def set_low(self, low: bool) -> None:
        """Use a compact layout when there is little vertical space."""
        self._column.setSpacing(4 if low else 8)
        self._grid.setVerticalSpacing(4 if low else 8)

    def trip(self) -> InpaintSettings:
        """Return the current settings."""
        return InpaintSettings(
            mode=SendMode(self.mode.value()),
            context=self._context(),
            feather=self.feather.value(),
            tone_match=self.tone.isChecked(),
            each_island=self.each.isChecked(),
            margins=self.margins(),
            overlap=self.overlap.value(),
        )

    def set_settings(self, trip: InpaintSettings) -> None:
        """Show these settings."""
        self._quiet = True
        self.mode.set_value(trip.mode.value)
        if trip.context is not None:
            self.context.setValue(trip.context // _CONTEXT_STEP)
        self.auto_context.setChecked(trip.context is None)
        self.feather.setValue(trip.feather)
        self.tone.setChecked(trip.tone_match)
        self.each.setChecked(trip.each_island)
        self.overlap.setValue(trip.overlap)
        self._put_margins(trip.margins)
        self._quiet = False
        self._tell()

    def set_seam(self, feather: int, *, tone_match: bool) -> None:
        """Show the seam and tone with which the result is already being viewed."""
        self.set_settings(self.trip().model_copy(update={"feather": feather, "tone_match": tone_match}))

    def _context(self) -> int | None:
        """Return pixels, or None for a context that depends on the painted area."""
        return None if self.auto_context.isChecked() else self.context.value() * _CONTEXT_STEP

    def restore(self, state: object) -> None:
        """Restore the JSON of `trip`; invalid values change nothing."""
        if isinstance(state, Mapping) and state:
            try:
                self.set_settings(InpaintSettings.model_validate(dict[str, Any](state)))
            except ValidationError:
                return

    def margins(self) -> Margins:
        """Return how much the image is extended."""
        return Margins(*(self.sides[name].value() for name, _ in _SIDES))

    def set_margins(self, margins: Margins) -> None:
        """Set how much the image is extended."""
        self._quiet = True
        self._put_margins(margins)
        self._quiet = False
        self._tell()

    def drag_margins(self, margins: Margins) -> None:
        """Set margins while edges are dragged."""
        self._change_margins(margins, f"drag {self._drags}")

    def end_drag(self) -> None:
        """End the drag gesture."""
        self._drags += 1

    def _change_margins(self, margins: Margins, gesture: str = "") -> None:
        before = self._margins
        self.set_margins(margins)
        if margins != before:
            self.extended.emit(before, margins, gesture)

    def use_size(self, size: Size) -> None:
        """Reset the extension for another image. size: (width, height) in pixels."""
        self._size = size
        self.set_margins(Margins())

    def show_margin_fields(self, wanted: bool) -> None:
        """Set whether edges can be dragged on the canvas; the margin fields are then shown."""
        self._is_extending = wanted
        self._show()

    def show_requests(self, areas: int) -> None:
        """Show how many requests splitting would make; enable the choice only if there is one."""
        self.each.setEnabled(areas > 1 or self.each.isChecked())
        self.each.setText(f"One request for each area ({areas})" if areas > 1 else "One request for each area")

    def mark_seam(self, widest: int) -> None:
        """Warn of a seam wider than the painted areas have room for. widest: pixels, 0 if there are none."""
        too_wide = 0 < widest < self.feather.value()
        set_tone(self._feather_words, "caution" if too_wide else "muted")

    def _slider(
        self, grid: QGridLayout, row: int, word: str, tip: str, most: int, *, words_at: int
    ) -> tuple[QSlider, QLabel]:
        slider = QSlider(Qt.Orientation.Horizontal)
        slider.setRange(0, most)
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
        self._clear = button("Reset", lambda: self._change_margins(Margins()), kind="link")
        row.addWidget(self._clear)
        retain_size(self._clear)
        column.addLayout(row)
        self.sides: dict[str, QSpinBox] = {}
        self._fields = QWidget()
        fields = QGridLayout(self._fields)
        fields.setContentsMargins(0, 0, 0, 0)
        fields.setSpacing(6)
        for number, (name, arrow) in enumerate(_SIDES):
            self.sides[name] = _pixel_field(arrow, f"Extend to the {name}", _MAX_MARGIN)
            fields.addWidget(self.sides[name], number // 2, number % 2)
        self.overlap = _pixel_field("Overlap", "Overlap into the image", _MAX_FEATHER)
        self.overlap.setSpecialValueText("No overlap")
        self.overlap.setToolTip("Repaints a strip of the image along the new area, so that the join fades")
        fields.addWidget(self.overlap, 2, 0, 1, 2)
        self._changes = plain_label("", "caution", wrap=True)
        fields.addWidget(self._changes, 3, 0, 1, 2)
        column.addWidget(self._fields)
        return column

    def _connect(self) -> None:
        self.mode.changed.connect(self._tell)
        self.context.valueChanged.connect(self._use_context)
        self.auto_context.toggled.connect(self._tell)
        self.feather.valueChanged.connect(self._tell_seam)
        self.tone.toggled.connect(self._tell_seam)
        self.each.toggled.connect(self._tell)
        self.overlap.valueChanged.connect(self._tell)
        self.ratio.activated.connect(self._use_ratio)
        for name, field in self.sides.items():
            field.valueChanged.connect(partial(self._side_changed, name))

    def _side_changed(self, name: str, _value: int) -> None:
        if not self._quiet:
            self._change_margins(self.margins(), name)

    def _use_context(self) -> None:
        if self.auto_context.isChecked():
            # This reports the new value as well.
            self.auto_context.setChecked(False)
        else:
            self._tell()

    def _use_ratio(self, index: int) -> None:
        if index > 0:
            width, height = (int(part) for part in self.ratio.itemText(index).split(":"))
            self._change_margins(margins_for_ratio(self._size, (width, height)))

    def _put_margins(self, margins: Margins) -> None:
        for (name, _), value in zip(_SIDES, margins, strict=True):
            self.sides[name].setValue(value)
        self._margins = margins
        self.ratio.setCurrentIndex(self._ratio_of(margins))

    def _ratio_of(self, margins: Margins) -> int:
        """Return the index of the ratio in the box that gives these margins; 0 for none."""
        if any(margins):
            for index, ratio in enumerate(_RATIOS, start=1):
                width, height = (int(part) for part in ratio.split(":"))
                if margins_for_ratio(self._size, (width, height)) == margins:
                    return index
        return 0

    def _tell_seam(self) -> None:
        self._tell(seam=True)

    def _tell(self, *, seam: bool = False) -> None:
        if self._quiet:
            return
        self._show()
        self.changed.emit()
        if seam:
            self.seam_changed.emit()

    def _show(self) -> None:
        context = self._context()
        self._context_label.setText("" if context is None else f"{context} px")
        self._context_label.setVisible(context is not None)
        self._feather_words.setText(f"{self.feather.value()} px" if self.feather.value() else "Hard")
        partly = self.mode.value() == SendMode.ONLY_MASKED.value or self.each.isChecked()
        # Moving the slider right grows the box; the automatic setting has no place on that scale.
        self.context.setEnabled(partly and context is not None)
        self._clear.setVisible(any(self.margins()))
        self._fields.setVisible(any(self.margins()) or self._is_extending)
        overlap = self.overlap.value()
        self._changes.setVisible(overlap > 0)
        self._changes.setText(f"Changes {overlap} px of the image along each side that grows.")


def _pixel_field(prefix: str, name: str, most: int) -> QSpinBox:
    field = QSpinBox()
    field.setRange(0, most)
    field.setSingleStep(8)
    field.setPrefix(f"{prefix} ")
    field.setSuffix(" px")
    field.setAccessibleName(name)
    field.setProperty("kind", "small")
    return field
