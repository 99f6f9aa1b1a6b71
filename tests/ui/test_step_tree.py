"""The steps of a session as a tree, which changes only where the steps did."""

from __future__ import annotations

from PySide6.QtGui import QImage
from PySide6.QtWidgets import QTreeWidgetItem

from imagineart_desktop.ui.inpaint.step_tree import StepTree
from imagineart_desktop.ui.theme import Theme
from imagineart_desktop.workspace.inpaint.history import SessionHistory


def tops(tree: StepTree) -> list[QTreeWidgetItem]:
    return [item for row in range(tree.topLevelItemCount()) if (item := tree.topLevelItem(row)) is not None]


def names(tree: StepTree) -> list[str]:
    return [item.text(0) for item in tops(tree)]


def test_a_new_step_leaves_the_others_as_they_are(theme: Theme) -> None:
    steps, tree = SessionHistory(), StepTree()
    tree.resize(300, 400)
    first = steps.start("a", None, "coffee")
    steps.start("b", None, "rocket")
    tree.show_steps(steps)
    before = tops(tree)
    before[1].setSelected(True)
    steps.go_to(first.id)
    child = steps.add_child("c", None, "moka")
    tree.show_steps(steps)
    assert tops(tree) == before
    assert before[0].child(0).text(0) == "3\u00a0·\u00a0moka"
    assert before[0].isExpanded()
    assert tree.currentItem() is before[0].child(0)
    first.label, child.fresh = "a cup", 2
    tree.show_steps(steps)
    assert tops(tree) == before
    assert names(tree) == ["1\u00a0·\u00a0a cup", "2\u00a0·\u00a0rocket"]
    assert "2 new results" in before[0].child(0).toolTip(0)


def test_the_image_of_a_step_has_a_badge_while_results_are_new(theme: Theme) -> None:
    steps, tree = SessionHistory(), StepTree()
    tree.resize(300, 400)
    tree.show()
    step = steps.start("a", None, "coffee")
    tree.show_steps(steps)
    (item,) = tops(tree)
    assert item.icon(0).isNull()
    image = QImage(34, 26, QImage.Format.Format_RGB32)
    image.fill(0xFF808080)
    tree.set_picture(step.id, image)

    def drawn() -> QImage:
        return item.icon(0).pixmap(34, 26).toImage()

    plain = drawn()
    step.fresh = 1
    tree.show_steps(steps)
    badged = drawn()
    assert badged != plain
    step.fresh = 0
    tree.show_steps(steps)
    assert drawn() == plain


def test_closed_and_restored_steps_are_where_they_belong(theme: Theme) -> None:
    steps, tree = SessionHistory(), StepTree()
    first = steps.start("a", None, "coffee")
    steps.start("b", None, "rocket")
    tree.show_steps(steps)
    assert steps.close(first)
    tree.show_steps(steps)
    assert names(tree) == ["2\u00a0·\u00a0rocket"]
    steps.go_to(first.id)
    tree.show_steps(steps)
    assert len(names(tree)) == 2
    other = SessionHistory()
    other.start("d", None, "cat")
    other.add_child("e", None, "hat")
    tree.show_steps(other)
    assert names(tree) == ["1\u00a0·\u00a0cat"]
    assert tops(tree)[0].child(0).text(0) == "2\u00a0·\u00a0hat"
