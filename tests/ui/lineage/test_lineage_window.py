"""The lineage graph in the real window: opened from the details, navigated by keys and mouse, deleted images named."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QPushButton

from imagineart_desktop.library import import_pictures
from imagineart_desktop.library.lineage import Lineage, LineageEdge, Node, Presence, key_of, lineage_of
from imagineart_desktop.ui.lineage.graph import LineageGraph
from imagineart_desktop.ui.lineage.items import WIDTH, NodeItem
from imagineart_desktop.ui.lineage.window import LineageWindow
from imagineart_desktop.ui.theme import Theme
from imagineart_desktop.workspace.mime import ImageSource
from tests.ui.window_driver import Driver, opened, settle

LEFT = Qt.MouseButton.LeftButton


async def family(at: Driver, photos: Path) -> tuple[int, int]:
    """Create an image edited from two external ones, and one edited from it."""
    at.window.go_to("edit")
    page = at.window.edit
    at.drop(page.references.slots[0], [photos / "coffee.png", photos / "chelsea.png"])
    await at.until(lambda: len(page.references.list.sizes) == 2)
    at.type(page.form.prompt.editor, "the cat beside the cup")
    at.click(page.form.go)
    (first,) = await at.pictures(1)
    page.references.clear()
    page.add([ImageSource(picture_id=first)])
    await at.until(lambda: len(page.references.list.sizes) == 1)
    at.type(page.form.prompt.editor, "in the evening")
    page.form._submit_guard.stop()
    at.click(page.form.go)
    return first, (await at.pictures(2))[1]


async def lineage(at: Driver, number: int) -> LineageWindow:
    at.window.commands.run("image.lineage", [number])
    window = at.window.windows.lineage_window
    assert window is not None
    await at.until(lambda: key_of(number) in window.graph.nodes and window.graph.nodes[key_of(number)].has_image)
    return window


def place_of(graph: LineageGraph, item: NodeItem) -> QPoint:
    return graph.mapFromScene(item.sceneBoundingRect().center())


def chosen(graph: LineageGraph) -> str:
    item = graph.current()
    assert item is not None
    return item.label


async def test_it_is_walked_by_keys_and_mouse_and_opens_pictures(tmp_path: Path, theme: Theme, photos: Path) -> None:
    async with opened(tmp_path, theme) as at:
        first, second = await family(at, photos)
        at.window.go_to("gallery")
        await at.until(lambda: at.window.gallery.model.rowCount() == 2)
        at.window.gallery.show_picture(first)

        def button() -> QPushButton | None:
            made = at.window.gallery.details.findChildren(QPushButton)
            return next((one for one in made if one.text() == "Lineage"), None)

        await at.until(lambda: button() is not None)
        there = button()
        assert there is not None
        at.click(there)
        window = at.window.windows.lineage_window
        assert window is not None
        graph = window.graph
        await at.until(lambda: len(graph.nodes) == 4 and all(node.has_image for node in graph.nodes.values()))
        assert [edge.role for edge in graph.edges] == ["reference"] * 3
        assert chosen(graph) == "the cat beside the cup"
        QTest.keyClick(graph, Qt.Key.Key_Left)
        assert chosen(graph) == "Imported reference"
        assert not window.open_button.isEnabled()
        QTest.keyClick(graph, Qt.Key.Key_Right)
        QTest.keyClick(graph, Qt.Key.Key_Right)
        assert chosen(graph) == "in the evening"
        assert "in the evening" in window.words.text()
        QTest.mouseClick(graph.viewport(), LEFT, pos=place_of(graph, graph.nodes[key_of(first)]))
        assert chosen(graph) == "the cat beside the cup"
        QTest.mouseClick(graph.viewport(), LEFT, pos=QPoint(3, 3))
        assert chosen(graph) == "the cat beside the cup"
        QTest.mouseDClick(graph.viewport(), LEFT, pos=place_of(graph, graph.nodes[key_of(first)]))
        loupe = at.window.gallery.loupe
        await at.until(lambda: loupe.current is not None and loupe.current.id == first)
        assert loupe.isVisible()
        assert second != first


async def test_a_parent_that_is_gone_or_in_the_trash_says_so(tmp_path: Path, theme: Theme, photos: Path) -> None:
    async with opened(tmp_path, theme) as at:
        first, second = await family(at, photos)
        await at.parts.library.trash.put([first])
        found = await at.parts.library.details(first)
        assert found is not None
        for parent in found.parents[:1]:
            assert parent.path is not None
            parent.path.unlink()
        window = await lineage(at, second)
        notes = {node.label: node.note for node in window.graph.nodes.values()}
        assert notes["the cat beside the cup"] == "in the trash"
        assert notes["Gone"] == "not in the library"
        assert notes["Imported reference"] == "sent with the request"
        assert notes["in the evening"] == "this image"


async def test_an_inpaint_leads_to_its_whole_source_and_its_mask(tmp_path: Path, theme: Theme, photos: Path) -> None:
    async with opened(tmp_path, theme, at_once=("inpaint",)) as at:
        canvas = await at.on_canvas(photos / "coffee.png")
        at.drag(canvas, [(200, 200), (300, 200)])
        at.type(at.window.inpaint.form.prompt.editor, "a copper pot")
        at.click(at.window.inpaint.form.go)
        (number,) = await at.pictures(1)
        details = await at.parts.library.details(number)
        assert details is not None
        plan = details.recipe.plan
        assert plan is not None
        window = await lineage(at, number)
        assert set(window.graph.nodes) == {key_of(number), f"input {plan.source}", f"input {plan.mask}"}
        assert sorted(edge.role for edge in window.graph.edges) == ["mask", "picture"]


async def test_further_pictures_are_one_node_that_leads_on(tmp_path: Path, theme: Theme, photos: Path) -> None:
    async with opened(tmp_path, theme) as at:
        first, second = await family(at, photos)
        window = await lineage(at, second)
        near = await lineage_of(at.parts.library, second, depth=0)
        assert near is not None
        window.graph.show_lineage(near)
        QTest.keyClick(window.graph, Qt.Key.Key_Left)
        assert (chosen(window.graph), window.words.text()) == ("more…", "more… · 1 further image")
        QTest.keyClick(window.graph, Qt.Key.Key_Return)
        await at.until(lambda: key_of(first) in window.graph.nodes)


async def test_a_mask_is_said_to_be_painted_here(tmp_path: Path, theme: Theme) -> None:
    del theme
    kept = tmp_path / "mask.png"
    nodes = (
        Node(key_of(1), 0, Presence.GONE),
        Node("input a", -1, Presence.OUTSIDE, kept=kept),
        Node("input b", -1, Presence.OUTSIDE, kept=kept),
        Node("input c", -1, Presence.GONE, kept=kept),
    )
    edges = tuple(LineageEdge(f"input {name}", key_of(1), role) for name, role in zip("abc", _ROLES, strict=True))
    graph = LineageGraph()
    graph.show_lineage(Lineage(1, nodes, edges, {}, {}))
    assert [graph.nodes[f"input {name}"].label for name in "abc"] == ["Imported reference", "Painted mask", "Gone"]
    metrics = graph.fontMetrics()
    assert all(metrics.horizontalAdvance(item.note) <= WIDTH - 16 for item in graph.nodes.values())


_ROLES = ("picture", "mask", "picture")


def test_a_graph_opens_fitted_until_the_user_zooms(theme: Theme) -> None:
    nodes = [Node(key_of(number), number, Presence.GONE) for number in range(5)]
    edges = [LineageEdge(key_of(number), key_of(number + 1), "picture") for number in range(4)]
    graph = LineageGraph()
    graph.resize(700, 300)
    graph.show()
    graph.show_lineage(Lineage(2, tuple(nodes), tuple(edges), {}, {}))
    settle()

    def all_seen() -> bool:
        view = graph.viewport().rect()
        return all(
            view.contains(graph.mapFromScene(node.sceneBoundingRect()).boundingRect()) for node in graph.nodes.values()
        )

    assert all_seen()
    graph.resize(500, 300)
    settle()
    assert all_seen()
    QTest.keyClick(graph, Qt.Key.Key_1)
    graph.resize(520, 300)
    settle()
    assert graph.transform().m11() == 1
    QTest.keyClick(graph, Qt.Key.Key_0)
    assert all_seen()


async def test_what_is_said_of_a_lineage_moves_nothing(tmp_path: Path, theme: Theme, photos: Path) -> None:
    async with opened(tmp_path, theme, at_once=("edit",)) as at:
        first, _ = await family(at, photos)
        window = await lineage(at, first)
        settle()
        before = window.graph.mapTo(window, QPoint()), window.graph.size(), window.open_button.pos()
        window.message.say("This image is no longer in the library.")
        settle()
        assert window.message.isVisible()
        assert (window.graph.mapTo(window, QPoint()), window.graph.size(), window.open_button.pos()) == before


async def test_an_imported_image_is_not_said_to_be_made(tmp_path: Path, theme: Theme, photos: Path) -> None:
    async with opened(tmp_path, theme) as at:
        report = await import_pictures(at.parts.library, [photos / "coffee.png"])
        window = await lineage(at, report.added[0])
        await at.until(window.message.text)
        assert window.message.text() == "This image was imported, and nothing was made from it yet."
