"""Models are dragged to another place in their table."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QMimeData, QPointF, Qt
from PySide6.QtGui import QDropEvent

from imagineart_desktop.models import ModelRegistry
from imagineart_desktop.ui.models.table import ModelTable
from imagineart_desktop.ui.theme import Theme
from imagineart_desktop.workspace.model_list import ModelRow


@pytest.mark.parametrize(("row", "part", "before"), [(0, 0.2, 0), (0, 0.8, 1), (3, 0.2, 3), (3, 0.8, 4), (-1, 3, 15)])
def test_a_drop_names_the_row_before_which_the_model_goes(theme: Theme, row: int, part: float, before: int) -> None:
    models = list(ModelRegistry())
    table = ModelTable()
    table.resize(800, 900)
    table.show()
    table.show_rows([ModelRow(model, False, False, False) for model in models])
    table.choose(models[2].endpoint)
    told: list[tuple[str, int]] = []
    table.dropped.connect(lambda endpoint, place: told.append((endpoint, place)))
    item = table.topLevelItem(row % len(models))
    assert item is not None
    rect = table.visualItemRect(item)
    point = QPointF(rect.left() + 5, rect.top() + part * rect.height())
    mime = QMimeData()
    event = QDropEvent(point, Qt.DropAction.MoveAction, mime, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier)
    table.dropEvent(event)
    assert told == [(models[2].endpoint, before)]
    # Qt would remove the row of a drag that ends as a move.
    action = event.dropAction()
    assert action is Qt.DropAction.IgnoreAction
    assert table.topLevelItemCount() == len(models)
