"""Paths of the library's files, and atomic writes: write to a temporary file, sync, rename.

```
root/library.sqlite     the database
root/pictures/2026-11/  images, one folder per month
root/inputs/            uploaded inputs, named by content hash
root/thumbnails/        thumbnails, named by picture id and stamp; may be deleted at any time
root/trash/             deleted images that can be restored
root/models/            definitions of the models used, named by content hash
root/wildcards/         text files of the user, one entry per line, if there are any
root/raw/               results as the service sent them, if they were composited
root/incoming/          downloads in progress
root/kept-aside/        the library as it was before a restore from a backup, one folder per restore
root/paid.jsonl         journal of what was paid for
root/jobs.jsonl         journal of every step of every job
root/batches.jsonl      journal of batches
root/generation.json    which database was last in use here
root/restoring.txt      present during a restore from a backup: where the replaced files are
root/rebuild.json       the database must be rebuilt from the files: see `database_recovery.py`
root/outgoing.json      folders outside the library that are being written to: see `partial_files.py`
root/emptying.json      trashed files being moved to the system's trash: see `empty_trash.py`
root/notices.jsonl      messages that the user hasn't seen yet: see `notices.py`
root/organising*        journal of ratings, tags, collections …, used to rebuild the library
root/prompts.json       favorites among the prompts, and templates
```
"""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import zlib
from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from itertools import count
from pathlib import Path

from imagineart_desktop.imaging import FORMATS, RESULT_FORMATS
from imagineart_desktop.library.errors import LibraryError, disk_error
from imagineart_desktop.library.files.database_files import with_companions
from imagineart_desktop.library.files.own_changes import OwnChanges
from imagineart_desktop.library.files.partial_files import partial_path, remove_partials, remove_partials_once
from imagineart_desktop.support.messages import Message

EXTENSIONS = {kind.name: kind.extensions[0].removeprefix(".") for kind in FORMATS}
"""Format, as `PictureInfo` names it → file extension."""

_SHA256 = re.compile(r"[0-9a-f]{64}")

Stamp = tuple[int, int]
"""(file size in bytes, modification time in nanoseconds since 1970)."""

DATABASE = "library.sqlite"
REBUILD_MARK = "rebuild.json"

_ORGANISING, _LISTS, _PAID, _JOBS = "organising.jsonl", "organising-lists.json", "paid.jsonl", "jobs.jsonl"
_IDS, _BATCHES = "ids.jsonl", "batches.jsonl"
PROMPTS = "prompts.json"
JOURNALS = (_ORGANISING, _LISTS, _PAID, _JOBS, _BATCHES, _IDS, PROMPTS)
"""Files next to the database that survive it: they duplicate part of its content, or have what it hasn't."""

WILDCARDS = "wildcards"
"""Folder of the user's text files, one entry per line, which prompts can name."""

SET_ASIDE_DIR = "kept-aside"
_EMPTYING, _RESTORING = "emptying.json", "restoring.txt"
IN_PROGRESS_FILES = (_EMPTYING, _RESTORING)
"""Files next to the database that record what the next start must complete."""

_FOLDERS = ("pictures", "inputs", "models", "thumbnails", "trash", "raw", "incoming")


class Files:
    """The folders below the library's root. All of them are readable only by their owner."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.own_changes = OwnChanges()
        for path in (root, *(root / name for name in _FOLDERS)):
            try:
                path.mkdir(parents=True, exist_ok=True, mode=0o700)
            except (FileExistsError, NotADirectoryError) as error:
                # A broken link may lead to a disk that isn't connected, so nothing is renamed.
                message = Message("library.not_a_folder", path=str(path))
                raise LibraryError(message, Message("library.advice.move_or_connect")) from error
            except OSError as error:
                raise disk_error(error, Message("library.doing.use_folder", folder=str(root))) from error

    @property
    def database(self) -> Path:
        """The database file."""
        return self.root / DATABASE

    @property
    def journal(self) -> Path:
        """The journal of the user's annotations."""
        return self.root / _ORGANISING

    @property
    def paid(self) -> Path:
        """The journal of payments."""
        return self.root / _PAID

    @property
    def ids(self) -> Path:
        """The journal of picture ids."""
        return self.root / _IDS

    @property
    def prompts(self) -> Path:
        """The file of what the user keeps of prompts."""
        return self.root / PROMPTS

    @property
    def job_journal(self) -> Path:
        """The journal of jobs."""
        return self.root / _JOBS

    @property
    def batch_journal(self) -> Path:
        """The journal of batches."""
        return self.root / _BATCHES

    @property
    def generation(self) -> Path:
        """The file that records which database was last in use here."""
        return self.root / "generation.json"

    @property
    def restoring(self) -> Path:
        """The file that marks a restore from a backup in progress, and records where the replaced files are."""
        return self.root / _RESTORING

    @property
    def rebuild_mark(self) -> Path:
        """The file that says that the database must be rebuilt from the image files."""
        return self.root / REBUILD_MARK

    @property
    def outgoing(self) -> Path:
        """The file that lists folders outside the library that are being written to."""
        return self.root / "outgoing.json"

    @property
    def emptying(self) -> Path:
        """The file that lists files being moved to the system's trash."""
        return self.root / _EMPTYING

    @property
    def single_files(self) -> tuple[Path, ...]:
        """All paths that must be regular files if they exist."""
        journals = (self.root / name for name in JOURNALS)
        return (*with_companions(self.database), *journals, self.generation, *self.in_progress_markers)

    @property
    def in_progress_markers(self) -> tuple[Path, ...]:
        """The files that mark an operation in progress."""
        return (self.rebuild_mark, self.outgoing, self.emptying, self.restoring)

    def incoming(self, name: str) -> Path:
        """Return the path for a download in progress.

        Its folder is made again if it was deleted meanwhile, but not the library. Raises OSError.
        """
        folder = self.root / "incoming"
        folder.mkdir(mode=0o700, exist_ok=True)
        return folder / f"{name}.part"

    def new_aside(self) -> Path:
        """Return a new folder path for files about to be replaced; it isn't created."""
        return new_set_aside_dir(self.root / SET_ASIDE_DIR)

    def input(self, sha256: str, extension: str) -> Path:
        """Return the path of an input with this content."""
        return self.root / "inputs" / f"{sha256}.{extension}"

    def spec(self, sha256: str) -> Path:
        """Return the path of the model definition with this content."""
        return self.root / "models" / f"{sha256}.json"

    def thumbnail(self, picture_id: int, stamp: str, edge: int) -> Path:
        """Return the path of a thumbnail. stamp: see `PictureSummary`; edge: its longer edge in pixels."""
        return self._thumbnails_of(picture_id) / f"{picture_id}-{stamp}-{edge}.jpg"

    def _thumbnails_of(self, picture_id: int) -> Path:
        return self.root / "thumbnails" / f"n{picture_id // 1000}"

    def raw(self, job_id: str, position: int, extension: str) -> Path:
        """Return the path for the service's original result, kept if the library's image was composited from it."""
        return self.root / "raw" / f"{job_id}-{position}.{extension}"

    def find_raw(self, job_id: str, position: int) -> Path | None:
        """Return the service's original result, or None if the image in the library is that result."""
        places = (self.raw(job_id, position, name.lower()) for name in RESULT_FORMATS)
        return next((path for path in places if path.is_file()), None)

    def new_picture(self, month: str, stem: str, extension: str) -> Path:
        """Return the path for an image, creating its folder. month: e.g. 2026-11."""
        folder = self.root / "pictures" / month
        folder.mkdir(mode=0o700, exist_ok=True)
        return folder / f"{stem}.{extension}"

    def free_path(self, month: str, stem: str, extension: str) -> Path:
        """Like `new_picture`, but with a number added if the path is taken."""
        place = self.new_picture(month, stem, extension)
        number = 1
        while place.exists():
            place = self.new_picture(month, f"{stem}-{number}", extension)
            number += 1
        return place

    def trashed(self, path: Path) -> Path:
        """Return a free path in the trash for a deleted image."""
        folder = self.root / "trash"
        names = (path.name if n == 1 else f"{path.stem}-{n}{path.suffix}" for n in count(1))
        return next(place for name in names if not (place := folder / name).exists())

    def relative(self, path: Path) -> str:
        """Return the path as the database stores it, relative to the root."""
        return path.relative_to(self.root).as_posix()

    def absolute(self, name: str) -> Path:
        """Return the path for a name stored in the database."""
        return self.root / name

    def stamps(self, folder: Path | None = None) -> dict[str, Stamp]:
        """Return name → stamp for all images on disk, including the trash, or only those in `folder`."""
        waiting = [self.root / "pictures", self.root / "trash"] if folder is None else [folder]
        found: dict[str, Stamp] = {}
        while waiting:
            place = waiting.pop()
            within = self.relative(place)
            with suppress(FileNotFoundError, NotADirectoryError), os.scandir(place) as entries:
                for entry in entries:
                    if entry.is_dir(follow_symlinks=False):
                        waiting.append(Path(entry.path))
                    elif not entry.name.endswith((".part", ".json")) and entry.is_file():
                        state = entry.stat()
                        found[f"{within}/{entry.name}"] = (state.st_size, state.st_mtime_ns)
        return found

    def is_trash(self, name: str) -> bool:
        """Return whether a name stored in the database is in the trash."""
        return name.startswith("trash/")

    def clear_thumbnails(self, kept: Collection[int] = ()) -> None:
        """Delete the thumbnails, since their picture ids may have new meanings, except those of the given pictures."""
        if not kept:
            shutil.rmtree(self.root / "thumbnails", ignore_errors=True)
            (self.root / "thumbnails").mkdir(mode=0o700, exist_ok=True)
            return
        for path in (self.root / "thumbnails").rglob("*.jpg"):
            number = path.name.partition("-")[0]
            if not (number.isdecimal() and int(number) in kept):
                path.unlink(missing_ok=True)

    def remove_thumbnails(self, numbers: Iterable[int]) -> None:
        """Delete the thumbnails of deleted pictures."""
        for number in numbers:
            for path in self._thumbnails_of(number).glob(f"{number}-*.jpg"):
                path.unlink(missing_ok=True)

    def remove_old_thumbnails(self) -> None:
        """Delete thumbnails of earlier versions, which were named by picture id alone."""
        for folder in (self.root / "thumbnails").iterdir():
            if folder.name.isascii() and folder.name.isdecimal():
                shutil.rmtree(folder, ignore_errors=True)

    def remove_partials(self) -> None:
        """Delete the partial files that a crash left anywhere in the library."""
        remove_partials(self.root, deep=True, own=True)

    def clear_incoming(self) -> None:
        """Delete what interrupted downloads left."""
        shutil.rmtree(self.root / "incoming", ignore_errors=True)
        (self.root / "incoming").mkdir(mode=0o700, exist_ok=True)


def new_set_aside_dir(folder: Path) -> Path:
    """Return an unused path in the folder, named after the current time."""
    stamp = f"{datetime.now():%Y-%m-%d %H.%M.%S}"
    places = (folder / (stamp if n == 1 else f"{stamp} {n}") for n in count(1))
    return next(place for place in places if not place.exists())


def write_atomic(path: Path, data: bytes, *, replace: bool = True, private: bool = True) -> None:
    """Write a file atomically and sync it.

    replace: whether to overwrite an existing file; if not, it raises FileExistsError. private: readable only by its
    owner, otherwise with the user's default permissions.
    """
    with whole_file(path, replace=replace, private=private) as temporary:
        write_synced(temporary, data)


def write_synced(path: Path, data: bytes) -> None:
    """Write to an existing file and sync it. Raises OSError."""
    with path.open("r+b") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


@contextmanager
def whole_file(path: Path, *, replace: bool = True, private: bool = True) -> Iterator[Path]:
    """Yield an empty temporary file that replaces `path` if the block succeeds. See `write_atomic`."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700 if private else 0o777)
    if not private:
        remove_partials_once(path.parent)
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL
    with partial_path(path) as temporary:
        os.close(os.open(temporary, flags, 0o600 if private else 0o666))
        yield temporary
        if replace:
            temporary.replace(path)
        else:
            _rename_if_free(temporary, path)
        _sync_folder(path.parent)


def move_obstruction_aside(path: Path, tell: Callable[[Path], object] = lambda _: None) -> None:
    """Rename anything that isn't a file, such as a folder, but has the name of a library file. Raises OSError.

    tell: called with the new name, before the rename.
    """
    if path.is_file() or not os.path.lexists(path):
        return
    target = free_name(path)
    tell(target)
    path.rename(target)


def free_name(path: Path) -> Path:
    """Return `path` with the current time added to its name, unused in its folder."""
    stamp = f"{datetime.now():%Y-%m-%d %H.%M.%S}"
    names = (f"{path.name} {stamp}" if n == 1 else f"{path.name} {stamp} {n}" for n in count(1))
    return next(place for name in names if not os.path.lexists(place := path.with_name(name)))


def _rename_if_free(temporary: Path, path: Path) -> None:
    """Move a file to `path` unless that exists. Raises FileExistsError."""
    if os.name == "nt":
        temporary.rename(path)
        return
    try:
        path.hardlink_to(temporary)
    except FileExistsError:
        raise
    except OSError:
        # Memory cards and some network drives don't support hard links.
        if path.exists():
            raise FileExistsError(path) from None
        temporary.rename(path)


def _sync_folder(folder: Path) -> None:
    """Sync the folder's entries to disk as well, if the system supports that."""
    if os.name == "posix":
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def stamp_of(path: Path) -> Stamp:
    """Return a file's stamp. Raises OSError."""
    state = path.stat()
    return state.st_size, state.st_mtime_ns


def file_stamp(job_id: str, position: int, length: int) -> str:
    """Return eight hex digits that identify an image's file; they differ if another image gets the same id."""
    return f"{zlib.crc32(f'{job_id} {position} {length}'.encode()):08x}"


def is_sha256(value: object) -> bool:
    """Return whether the value is a SHA-256 as 64 hexadecimal digits."""
    return isinstance(value, str) and _SHA256.fullmatch(value) is not None


def sha256_of(data: bytes) -> str:
    """Return the SHA-256 as 64 hexadecimal digits."""
    return hashlib.sha256(data).hexdigest()


def sha256_of_file(path: Path) -> str:
    """Return the SHA-256 of a file, without loading all of it into memory. Raises OSError."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
