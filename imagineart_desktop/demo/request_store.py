"""Store for accepted requests and files, on disk, so that they survive a restart.

No URL is stored: the server has a new port each time, so URLs are built on request.
"""

from __future__ import annotations

import json
import re
import secrets
import shutil
import threading
import time
from collections import Counter
from dataclasses import asdict, dataclass, field
from pathlib import Path

from imagineart_desktop.demo.bodies import private_file
from imagineart_desktop.support.json_types import JsonObject

KEPT_SECONDS = 2 * 24 * 3600
"""How long requests and files are kept."""

_NAME = re.compile(r"[A-Za-z0-9_-]{22}\.[a-z]{3,4}")
"""The form of the names that `new_name` generates."""


@dataclass(slots=True)
class StoredRequest:
    """One accepted request. output: names of its image files on the CDN, or inline data; error: status and body.

    low: waits behind requests of normal priority. start_timeout: seconds after acceptance until it's dropped if work
    hasn't started.
    """

    request_id: str
    endpoint: str
    body: JsonObject
    accepted_at: float
    state: str = "IN_QUEUE"
    logs: list[dict[str, str]] = field(default_factory=list)
    seconds: float | None = None
    output: JsonObject | None = None
    error_status: int | None = None
    error_body: JsonObject | None = None
    cancelled: bool = False
    low: bool = False
    start_timeout: float | None = None


class DemoStore:
    """Requests as small JSON files, image files next to them, and event counts since the start."""

    def __init__(self, folder: Path) -> None:
        self._requests = folder / "requests"
        self._files = folder / "files"
        self._parts = folder / "parts"
        shutil.rmtree(self._parts, ignore_errors=True)
        for place in (folder, self._requests, self._files, self._parts):
            place.mkdir(parents=True, exist_ok=True)
            place.chmod(0o700)
        self._delete_expired()
        self._entries = {entry.request_id: entry for entry in self._read_all()}
        self.counts: Counter[str] = Counter()
        self._lock = threading.Lock()

    def accept(
        self, endpoint: str, body: JsonObject, *, low: bool = False, start_timeout: float | None = None
    ) -> StoredRequest:
        """Create a request and write it to disk, before the client gets a response."""
        entry = StoredRequest(str(_new_id()), endpoint, body, time.time(), low=low, start_timeout=start_timeout)
        self._entries[entry.request_id] = entry
        self.write(entry)
        self.count("submissions", f"submissions:{endpoint}")
        return entry

    def find(self, request_id: str) -> StoredRequest | None:
        """Return the request with this id, or None."""
        return self._entries.get(request_id)

    def unfinished(self) -> list[StoredRequest]:
        """Return queued and interrupted requests, oldest first."""
        return [entry for entry in self.entries() if entry.state != "COMPLETED"]

    def write(self, entry: StoredRequest) -> None:
        """Write the request's current state to disk."""
        _write_private(self._requests / f"{entry.request_id}.json", json.dumps(asdict(entry)).encode())

    def store_file(self, data: bytes, extension: str) -> str:
        """Store an image. Returns the name under which the CDN serves it."""
        name = self.new_name(extension)
        _write_private(self.place(name), data)
        return name

    def new_name(self, extension: str) -> str:
        """Generate a file name that nobody can guess."""
        return f"{secrets.token_urlsafe(16)}.{extension}"

    def place(self, name: str) -> Path:
        """Return the path for a name from `new_name`, whether the file exists yet or not."""
        return self._files / name

    def new_folder(self) -> Path:
        """Create an empty folder for the parts of a file; it's removed at the next start."""
        folder = self._parts / secrets.token_hex(8)
        folder.mkdir(mode=0o700)
        return folder

    def file(self, name: str) -> Path | None:
        """Return the path of an existing file, or None. Never returns one outside the folder."""
        path = self._files / name if _NAME.fullmatch(name) else None
        return path if path is not None and path.is_file() else None

    def count(self, *kinds: str, amount: int = 1) -> None:
        """Add the amount to the count of each kind."""
        with self._lock:
            self.counts.update(dict.fromkeys(kinds, amount))

    def entries(self) -> list[StoredRequest]:
        """Return all known requests, oldest first."""
        return sorted(self._entries.values(), key=lambda entry: entry.accepted_at)

    def _read_all(self) -> list[StoredRequest]:
        found = []
        for path in self._requests.glob("*.json"):
            try:
                entry = StoredRequest(**json.loads(path.read_bytes()))
            except (ValueError, TypeError, RecursionError):
                path.unlink()
                continue
            if entry.state == "IN_PROGRESS":
                entry.state = "IN_QUEUE"
            found.append(entry)
        return found

    def _delete_expired(self) -> None:
        limit = time.time() - KEPT_SECONDS
        for place in (self._requests, self._files):
            for path in place.iterdir():
                if path.stat().st_mtime < limit:
                    path.unlink()


def _new_id() -> str:
    digits = secrets.token_hex(16)
    return "-".join((digits[:8], digits[8:12], digits[12:16], digits[16:20], digits[20:]))


def _write_private(path: Path, data: bytes) -> None:
    temporary = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    with private_file(temporary) as file:
        file.write(data)
    temporary.replace(path)
