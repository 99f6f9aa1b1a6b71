"""Damage that can happen to a library's files while the program isn't running."""

from __future__ import annotations

import random
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing, suppress
from pathlib import Path

_PAGE, _HEADER = 4096, 100
Damage = Callable[[Path, random.Random], None]


def _database(root: Path) -> Path:
    return root / "library.sqlite"


def _without_log(root: Path) -> Path:
    """Merge the write-ahead log into the database."""
    path = _database(root)
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    for suffix in ("-wal", "-shm"):
        Path(f"{path}{suffix}").unlink(missing_ok=True)
    return path


def _overwrite(path: Path, at: int, data: bytes) -> None:
    with path.open("r+b") as file:
        file.seek(at)
        file.write(data)


def deleted(root: Path, _chance: random.Random) -> None:
    for suffix in ("", "-wal", "-shm"):
        Path(f"{_database(root)}{suffix}").unlink(missing_ok=True)


def deleted_alone(root: Path, _chance: random.Random) -> None:
    _database(root).unlink()


def emptied(root: Path, _chance: random.Random) -> None:
    deleted(root, _chance)
    _database(root).touch()


def one_byte(root: Path, _chance: random.Random) -> None:
    deleted(root, _chance)
    _database(root).write_bytes(b"\x00")


def cut(root: Path, chance: random.Random) -> None:
    path = _without_log(root)
    size = path.stat().st_size
    with path.open("r+b") as file:
        file.truncate(chance.randrange(_PAGE, size))


def pages(root: Path, chance: random.Random) -> None:
    path = _without_log(root)
    count = path.stat().st_size // _PAGE
    for number in chance.sample(range(1, count), min(5, count - 1)):
        _overwrite(path, number * _PAGE, chance.randbytes(_PAGE))


def one_page(root: Path, chance: random.Random) -> None:
    path = _without_log(root)
    number = chance.randrange(1, path.stat().st_size // _PAGE)
    _overwrite(path, number * _PAGE + chance.randrange(_PAGE // 2), chance.randbytes(_PAGE // 2))


def header(root: Path, chance: random.Random) -> None:
    """Damage a byte that SQLite checks: magic, page size, payload fractions, schema format, text encoding."""
    at = chance.choice((0, 7, 16, 17, 18, 19, 21, 22, 23, 44, 47, 56, 59))
    path = _without_log(root)
    _overwrite(path, at, bytes([path.read_bytes()[at] ^ 0x55]))


def schema_lowered(root: Path, chance: random.Random) -> None:
    with closing(sqlite3.connect(_without_log(root))) as connection:
        version = connection.execute("PRAGMA user_version").fetchone()[0]
        connection.execute(f"PRAGMA user_version = {chance.randrange(version)}")


def lock_garbage(root: Path, chance: random.Random) -> None:
    (root / "in-use.lock").write_bytes(chance.randbytes(5))


def lock_folder(root: Path, _chance: random.Random) -> None:
    for path in root.glob("in-use.lock*"):
        path.unlink()
    (root / "in-use.lock").mkdir()


def journals_garbage(root: Path, chance: random.Random) -> None:
    """Append lines of garbage to the journals; leave the lists, which are one value, intact."""
    long_number, nested = b'{"position": 12345678901234567890123, "rating": 1e999}', b"[" * 100_000
    bad = [nested, long_number, b'"\xff\xfe\x00', b"null", b'{"job": null}', chance.randbytes(300), b'{"half']
    for path in root.glob("*.jsonl"):
        chance.shuffle(bad)
        with path.open("ab") as file:
            file.write(b"\n".join([b"", *bad]))


def journals_and_database(root: Path, chance: random.Random) -> None:
    journals_garbage(root, chance)
    deleted(root, chance)


DAMAGES: dict[str, Damage] = {
    "database deleted": deleted,
    "database deleted, its log left": deleted_alone,
    "database emptied": emptied,
    "database of one byte": one_byte,
    "database cut off": cut,
    "database pages overwritten": pages,
    "half a database page overwritten": one_page,
    "database header damaged": header,
    "schema number lowered": schema_lowered,
    "garbage in the lock": lock_garbage,
    "a folder in place of the lock": lock_folder,
    "garbage in the journals": journals_garbage,
    "garbage in the journals, database deleted": journals_and_database,
}

KEEPS_DATABASE = frozenset(
    {"schema number lowered", "garbage in the lock", "a folder in place of the lock", "garbage in the journals"}
)
"""Those that leave every row readable: nothing at all may be missing afterwards."""


def is_damaged(root: Path) -> bool:
    """Return whether SQLite finds damage. Bytes inside a value may differ without that."""
    try:
        with closing(sqlite3.connect(f"{_database(root).as_uri()}?mode=ro", uri=True)) as connection:
            tables = connection.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]
            said = connection.execute("PRAGMA integrity_check(1)").fetchone()[0]
    except sqlite3.Error:
        return True
    return not tables or said != "ok"


def put_back(root: Path, older: Path) -> None:
    """Put an older database in place of the current one, as a user or a sync program does."""
    deleted(root, random.Random(0))  # noqa: S311 - not used
    with suppress(FileNotFoundError):
        shutil.copyfile(older, _database(root))
