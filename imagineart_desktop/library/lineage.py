"""Lineage of a picture: a bounded part of the graph of its ancestors and descendants."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from imagineart_desktop.library.files.files import Files
from imagineart_desktop.library.files.recipe import Recipe
from imagineart_desktop.library.library import Library
from imagineart_desktop.library.store import pictures as rows
from imagineart_desktop.library.store.records import PictureSummary
from imagineart_desktop.library.store.stored_specs import StoredSpecs

MOST_DEPTH = 6
"""Maximum number of generations in each direction."""

MAX_PICTURES = 40
"""Maximum number of pictures in each direction."""

_UP = """
    WITH RECURSIVE line (id, depth) AS (
        VALUES (?, 0)
        UNION
        SELECT parents.parent_id, line.depth + 1 FROM line JOIN parents ON parents.picture_id = line.id
        WHERE parents.parent_id IS NOT NULL AND line.depth < ?
        LIMIT ?
    ) SELECT id, MAX(depth) AS depth FROM line GROUP BY id
"""
_DOWN = """
    WITH RECURSIVE line (id, depth) AS (
        VALUES (?, 0)
        UNION
        SELECT parents.picture_id, line.depth + 1 FROM line JOIN parents ON parents.parent_id = line.id
        WHERE line.depth < ?
        LIMIT ?
    ) SELECT id, MAX(depth) AS depth FROM line GROUP BY id
"""


class Presence(StrEnum):
    """Whether the image of a node still exists."""

    PRESENT = "here"
    TRASHED = "in the trash"
    OUTSIDE = "from outside"
    GONE = "gone"


@dataclass(frozen=True, slots=True)
class Node:
    """A node of the graph: a picture of the library, or an input that one was made from.

    generation: negative for ancestors, 0 for the picture itself. picture: None if it isn't a picture of the
    library. kept: path of the input that was sent, if it's still stored.
    """

    key: str
    generation: int
    presence: Presence
    picture: PictureSummary | None = None
    kept: Path | None = None


@dataclass(frozen=True, slots=True)
class LineageEdge:
    """An edge from a parent to an image made from it, by node key. role: picture, pictures, mask or result."""

    parent: str
    child: str
    role: str


@dataclass(frozen=True, slots=True)
class Lineage:
    """The graph around a picture.

    more_above, more_below: picture id → number of its parents or children that aren't among the nodes.
    """

    number: int
    nodes: tuple[Node, ...]
    edges: tuple[LineageEdge, ...]
    hidden_parents: dict[int, int]
    more_below: dict[int, int]


async def lineage_of(
    library: Library, number: int, *, depth: int = MOST_DEPTH, most: int = MAX_PICTURES
) -> Lineage | None:
    """Return a picture's ancestors and descendants, or None if the picture doesn't exist. Raises LibraryError.

    depth: maximum generations in each direction; most: maximum pictures in each direction.
    """
    return await library.database.read(
        lambda connection: _Walk(connection, library.files, library.specs).lineage(number, depth, most)
    )


def key_of(number: int) -> str:
    """Return the node key of a picture of the library."""
    return f"picture {number}"


class _Walk:
    def __init__(self, connection: sqlite3.Connection, files: Files, specs: StoredSpecs) -> None:
        self._connection = connection
        self._files = files
        self._specs = specs

    def lineage(self, number: int, depth: int, most: int) -> Lineage | None:
        above = self._line(_UP, number, depth, most)
        below = self._line(_DOWN, number, depth, most)
        generations = {n: -d for n, d in above.items()} | {n: d for n, d in below.items() if n not in above}
        generations[number] = 0
        known = {
            summary.id: summary
            for summary in rows.summaries(self._connection, list(generations), self._files, self._specs)
        }
        if number not in known:
            return None
        trashed = self._trashed(known)
        nodes: dict[str, Node] = {}
        for n, summary in known.items():
            presence = Presence.TRASHED if n in trashed else Presence.PRESENT
            nodes[key_of(n)] = Node(key_of(n), generations[n], presence, summary)
        edges: dict[LineageEdge, None] = {}
        for child, role, sha256, parent in self._parents(known):
            if parent in known:
                edges[LineageEdge(key_of(parent), key_of(child), role)] = None
            elif child in above and not self._exists(parent):
                node = self._input(sha256, parent, generations[child] - 1)
                nodes.setdefault(node.key, node)
                edges[LineageEdge(node.key, key_of(child), role)] = None
        return Lineage(
            number,
            tuple(sorted(nodes.values(), key=lambda node: (node.generation, node.key))),
            tuple(edges),
            self._unseen("picture_id", "parent_id", above, known),
            self._unseen("parent_id", "picture_id", below, known),
        )

    def _line(self, sql: str, number: int, depth: int, most: int) -> dict[int, int]:
        return {row["id"]: row["depth"] for row in self._connection.execute(sql, (number, depth, most + 1))}

    def _trashed(self, numbers: Iterable[int]) -> set[int]:
        found = list(numbers)
        sql = f"SELECT id FROM pictures WHERE trashed_ms IS NOT NULL AND id IN ({_marks(found)})"  # noqa: S608
        return {row["id"] for row in self._connection.execute(sql, found)}

    def _parents(self, numbers: Iterable[int]) -> list[tuple[int, str, str, int | None]]:
        """Return (picture id, role, SHA-256, parent id) for each parent.

        For an inpaint, these are the complete source and mask, not the crops of them that were sent.
        """
        found = list(numbers)
        sql = (
            "SELECT picture_id, role, sha256, parent_id, recipe FROM parents JOIN pictures ON pictures.id = picture_id"  # noqa: S608
            f" WHERE picture_id IN ({_marks(found)}) ORDER BY picture_id, parents.position"
        )
        parents = []
        for row in self._connection.execute(sql, found):
            sha256 = row["sha256"]
            if row["role"] in ("picture", "mask") and '"plan":{' in row["recipe"]:
                plan = Recipe.model_validate_json(row["recipe"]).plan
                if plan is not None:
                    sha256 = plan.source if row["role"] == "picture" else plan.mask
            parents.append((row["picture_id"], row["role"], sha256, row["parent_id"]))
        return parents

    def _exists(self, number: int | None) -> bool:
        sql = "SELECT 1 FROM pictures WHERE id = ?"
        return number is not None and self._connection.execute(sql, (number,)).fetchone() is not None

    def _input(self, sha256: str, number: int | None, generation: int) -> Node:
        row = self._connection.execute("SELECT file FROM inputs WHERE sha256 = ?", (sha256,)).fetchone()
        path = self._files.absolute(row["file"]) if row is not None else None
        kept = path if path is not None and path.is_file() else None
        presence = Presence.GONE if kept is None or number is not None else Presence.OUTSIDE
        return Node(f"input {sha256}", generation, presence, kept=kept)

    def _unseen(self, of: str, what: str, line: Iterable[int], known: Iterable[int]) -> dict[int, int]:
        """Return id → number of its parents or children that exist as pictures but aren't among `known`."""
        found, seen = list(line), list(known)
        sql = (
            f"SELECT {of} AS of, COUNT(DISTINCT {what}) AS count FROM parents JOIN pictures ON pictures.id = {what}"  # noqa: S608
            f" WHERE {of} IN ({_marks(found)}) AND {what} NOT IN ({_marks(seen)}) GROUP BY {of}"
        )
        return {row["of"]: row["count"] for row in self._connection.execute(sql, found + seen)}


def _marks(values: list[int]) -> str:
    return ",".join("?" * len(values))
