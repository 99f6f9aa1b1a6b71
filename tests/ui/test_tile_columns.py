"""The columns of a batch's tiles fit the space."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QSize, QSizeF
from PySide6.QtGui import QFont, QFontMetricsF

from imagineart_desktop.ui.results.tile_columns import best_columns
from imagineart_desktop.ui.theme import Theme
from imagineart_desktop.ui.widgets import elided_lines


@pytest.mark.parametrize(
    ("count", "room", "shape", "columns"),
    [
        (4, (300, 420), (1, 1), 2),
        (4, (900, 260), (1, 1), 4),
        (4, (260, 900), (1, 1), 1),
        (3, (800, 700), (16, 9), 1),
        (3, (800, 700), (9, 16), 3),
        (1, (50, 40), (1, 1), 1),
        # Not all of them fit: as many columns as there is room for.
        (100, (600, 400), (1, 1), 5),
    ],
)
def test_tiles_are_as_large_as_they_can_be(
    count: int, room: tuple[int, int], shape: tuple[int, int], columns: int
) -> None:
    assert best_columns(count, QSize(*room), 12, QSizeF(*shape)) == columns


def test_words_end_in_an_ellipsis_where_there_are_no_more_lines(theme: Theme) -> None:
    del theme
    font, words = QFont(), "The service did not answer and the request may have been charged"
    width = QFontMetricsF(font).horizontalAdvance("The service did not answer")
    assert elided_lines(words, font, 10 * width, 2) == [words]
    first, last = elided_lines(words, font, width, 2)
    assert (first, last[-1]) == ("The service did not answer", "…")
    assert elided_lines(words, font, width, 0) == []
