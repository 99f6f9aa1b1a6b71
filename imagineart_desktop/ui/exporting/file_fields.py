"""Settings of an exported file: format, quality, size, colors, recipe."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QStandardItemModel
from PySide6.QtWidgets import QCheckBox, QComboBox, QSlider, QWidget

from imagineart_desktop.imaging import MAX_PERCENT, ExportProfile, ExportSettings, FileFormat, SizeRule
from imagineart_desktop.ui.exporting.fields import hbox_row, labeled_combo_box, spin_box
from imagineart_desktop.ui.widgets import ElidedLabel, create_form, form_label, plain_label
from imagineart_desktop.workspace.export_defaults import ExportDefaults

UNCHANGED = "as it is"
_HINTS = {
    UNCHANGED: "The file is copied, byte for byte, with its recipe.",
    "PNG": "Lossless. Keeps transparency; 16 bits become 8.",
    "JPEG": "Transparent parts become white, 16 bits become 8.",
    "WebP": "Keeps transparency; 16 bits become 8.",
    "AVIF": "The smallest files. Keeps transparency; 16 bits become 8.",
    "TIFF": "Lossless, for print. Keeps transparency; 16 bits become 8.",
}
_KEPT_HINTS = _HINTS | {
    "PNG": "Lossless. Keeps 16 bits and transparency.",
    "TIFF": "Lossless, for print. Keeps 16 bits, transparency and CMYK.",
}
"""The hints if colors aren't converted to sRGB, which has 8 bits."""

_LARGEST_EDGE = 16_384


class FileSettingsForm(QWidget):
    """A form for the settings of exported files. changed: emitted whenever the resulting file would change."""

    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        form = create_form(self)
        self.format = self._formats()
        self._hint = ElidedLabel("", "faint")
        self._create_quality()
        self.rule = labeled_combo_box(
            "Size", {SizeRule.ORIGINAL: "Original", SizeRule.LONG_EDGE: "Long edge", SizeRule.PERCENT: "Percent"}
        )
        self.edge = spin_box("Pixels of the long edge", (1, _LARGEST_EDGE), 2048, " px")
        self.percent = spin_box("Percent of the size", (1, MAX_PERCENT), 50, "%")
        self.profile = labeled_combo_box(
            "Colors",
            {
                ExportProfile.SRGB: "sRGB, with its profile",
                ExportProfile.KEPT: "As they are, with their profile",
                ExportProfile.NONE: "sRGB, without a profile",
            },
        )
        self._default_profile = self.profile.currentData()
        self._is_preselecting = False
        self.recipe = QCheckBox("Embed prompt, model and seed")
        self.recipe.setChecked(True)
        form.addRow(form_label("&Format", self.format), self.format)
        form.addRow("", self._hint)
        form.addRow(form_label("&Quality", self.quality), hbox_row(self.quality, self._quality_shown))
        form.addRow(form_label("&Size", self.rule), hbox_row(self.rule, self.edge, self.percent))
        form.addRow(form_label("&Colors", self.profile), self.profile)
        form.addRow("", self.recipe)
        self.quality.valueChanged.connect(self._show_quality)
        self.profile.currentIndexChanged.connect(self._note_profile)
        for field in (self.format, self.rule, self.profile):
            field.currentIndexChanged.connect(self._follow)
        for amount in (self.edge, self.percent, self.quality):
            amount.valueChanged.connect(self.changed)
        self.recipe.toggled.connect(self.changed)
        self._follow()

    def _create_quality(self) -> None:
        self.quality = QSlider(Qt.Orientation.Horizontal)
        self.quality.setRange(1, 100)
        self.quality.setValue(90)
        self.quality.setAccessibleName("Quality")
        self._quality_shown = plain_label("90", "muted")
        self._quality_shown.setMinimumWidth(28)
        self._quality_shown.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)

    def _show_quality(self, value: int) -> None:
        self._quality_shown.setText(str(value))

    def settings(self) -> ExportSettings | None:
        """Return how to write the files; None to copy them unchanged."""
        if self.format.currentData() == UNCHANGED:
            return None
        rule = SizeRule(self.rule.currentData())
        return ExportSettings(
            FileFormat(self.format.currentData()),
            self.quality.value(),
            rule,
            self.percent.value() if rule is SizeRule.PERCENT else self.edge.value(),
            ExportProfile(self.profile.currentData()),
        )

    def preselect_profile(self, *, own_colours: bool) -> None:
        """Preselect the color profile: keep colors that sRGB can't represent, or else use the usual choice.

        own_colours: whether there are such colors. Not keeping them must be chosen again each time.
        """
        self._is_preselecting = True
        self.profile.setCurrentIndex(
            self.profile.findData(ExportProfile.KEPT.value if own_colours else self._default_profile)
        )
        self._is_preselecting = False

    def _note_profile(self) -> None:
        if not self._is_preselecting:
            self._default_profile = self.profile.currentData()

    def state(self) -> ExportDefaults:
        """Return the choices to save."""
        return ExportDefaults(
            format=self.format.currentData(),
            quality=self.quality.value(),
            rule=self.rule.currentData(),
            edge=self.edge.value(),
            percent=self.percent.value(),
            profile=self._default_profile,
            recipe=self.recipe.isChecked(),
        )

    def restore(self, state: ExportDefaults) -> None:
        """Restore saved choices, ignoring those that aren't offered."""
        for saved, field in ((state.format, self.format), (state.rule, self.rule), (state.profile, self.profile)):
            place = field.findData(saved)
            if place >= 0 and _is_offered(field, place):
                field.setCurrentIndex(place)
        for value, amount in (
            (state.quality, self.quality),
            (state.edge, self.edge),
            (state.percent, self.percent),
        ):
            if value is not None:
                amount.setValue(value)
        self.recipe.setChecked(state.recipe is not False)

    def _formats(self) -> QComboBox:
        box = labeled_combo_box("Format", {UNCHANGED: "As it is", **{kind.value: kind.value for kind in FileFormat}})
        for place, kind in enumerate(FileFormat, start=1):
            if not kind.is_available:
                box.setItemText(place, f"{kind.value}: cannot be written on this computer")
                _offer(box, place, offered=False)
        box.setCurrentIndex(1)
        return box

    def _follow(self) -> None:
        chosen = self.format.currentData()
        made = chosen != UNCHANGED
        hints = _KEPT_HINTS if self.profile.currentData() == ExportProfile.KEPT else _HINTS
        self._hint.setText(hints[chosen])
        lossy = made and FileFormat(chosen).has_quality
        self.quality.setEnabled(lossy)
        self._quality_shown.setEnabled(lossy)
        for field in (self.rule, self.profile, self.recipe):
            field.setEnabled(made)
        rule = self.rule.currentData()
        self.edge.setVisible(rule != SizeRule.PERCENT)
        self.percent.setVisible(rule == SizeRule.PERCENT)
        for amount in (self.edge, self.percent):
            amount.setEnabled(made and rule != SizeRule.ORIGINAL)
        self.changed.emit()


def _offer(box: QComboBox, place: int, *, offered: bool) -> None:
    model = box.model()
    if isinstance(model, QStandardItemModel):
        model.item(place).setEnabled(offered)


def _is_offered(box: QComboBox, place: int) -> bool:
    model = box.model()
    return not isinstance(model, QStandardItemModel) or model.item(place).isEnabled()
