"""Where the library's files lie, and how they get there whole: written beside, synced, renamed.

```
root/library.sqlite     what is known
root/pictures/2026-11/  what was made, one folder a month
root/inputs/            what was sent, named by its content
root/thumbnails/        small copies, named by number and stamp; may be deleted at any time
root/trash/             what was deleted and can come back
root/raw/               results as the service sent them, where they were composited
root/incoming/          downloads under way
root/kept-aside/        the library as it was before it was brought back from a copy, one folder a time
root/paid.jsonl         what was paid for, once more
root/jobs.jsonl         every step of every job, once more
root/generation.json    which database was in use here last
root/restoring.txt      while files are brought back from a copy: where the replaced ones lie
root/rebuild.json       the database has to be made from the files: see `recovery.py`
root/outgoing.json      folders outside that are being written to: see `partial_files.py`
root/emptying.json      files of the trash that are on their way to the system's: see `emptying.py`
root/notices.jsonl      messages that the user has not seen yet: see `notices.py`
root/organising*        ratings, tags, collections … once more, for a library that is rebuilt
```
"""

from __future__ import annotations

import hashlib
import os
import shutil
import zlib
from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from itertools import count
from pathlib import Path

from imagineart_desktop.imaging import FORMATS, RESULT_FORMATS
from imagineart_desktop.library.errors import disk_error
from imagineart_desktop.library.files.database_files import with_companions
from imagineart_desktop.library.files.partial_files import partial_path, remove_partials, remove_partials_once

EXTENSIONS = {kind.name: kind.endings[0].removeprefix(".") for kind in FORMATS}
"""Of the formats as `PictureInfo` names them."""

Stamp = tuple[int, int]
"""A file's length in bytes and when it was last written, in nanoseconds since 1970."""

DATABASE = "library.sqlite"
REBUILD_MARK = "rebuild.json"

_ORGANISING, _LISTS, _PAID, _JOBS = "organising.jsonl", "organising-lists.json", "paid.jsonl", "jobs.jsonl"
_IDS = "ids.jsonl"
JOURNALS = (_ORGANISING, _LISTS, _PAID, _JOBS, _IDS)
"""Files beside the database that say again what it says."""

KEPT_ASIDE = "kept-aside"
_EMPTYING, _RESTORING = "emptying.json", "restoring.txt"
UNDER_WAY = (_EMPTYING, _RESTORING)
"""Files beside the database that say what the next start has to finish."""

_FOLDERS = ("pictures", "inputs", "thumbnails", "trash", "raw", "incoming")


class Files:
    """The folders below the library's root. All of them are readable by their owner alone."""

    def __init__(self, root: Path) -> None:
        self.root = root
        try:
            for path in (root, *(root / name for name in _FOLDERS)):
                path.mkdir(parents=True, exist_ok=True, mode=0o700)
        except OSError as error:
            raise disk_error(error, f"The library folder {root} cannot be used") from error

    @property
    def database(self) -> Path:
        """The database file."""
        return self.root / DATABASE

    @property
    def journal(self) -> Path:
        """What the user said of pictures, beside the database."""
        return self.root / _ORGANISING

    @property
    def paid(self) -> Path:
        """The journal of what was paid for, beside the database."""
        return self.root / _PAID

    @property
    def ids(self) -> Path:
        """The journal of the images' ids, beside the database."""
        return self.root / _IDS

    @property
    def job_journal(self) -> Path:
        """The journal of jobs, beside the database."""
        return self.root / _JOBS

    @property
    def generation(self) -> Path:
        """Which database was in use here last."""
        return self.root / "generation.json"

    @property
    def restoring(self) -> Path:
        """Says that files are being replaced by those of a copy, and where the replaced ones lie."""
        return self.root / _RESTORING

    @property
    def rebuild_mark(self) -> Path:
        """Says that the database has to be made from the files."""
        return self.root / REBUILD_MARK

    @property
    def outgoing(self) -> Path:
        """Folders outside the library that are being written to."""
        return self.root / "outgoing.json"

    @property
    def emptying(self) -> Path:
        """What is on its way to the system's trash."""
        return self.root / _EMPTYING

    @property
    def single_files(self) -> tuple[Path, ...]:
        """Everything that must be a file where there is anything of its name."""
        journals = (self.root / name for name in JOURNALS)
        return (*with_companions(self.database), *journals, self.generation, *self.marks_of_work)

    @property
    def marks_of_work(self) -> tuple[Path, ...]:
        """What says that something is under way."""
        return (self.rebuild_mark, self.outgoing, self.emptying, self.restoring)

    def incoming(self, name: str) -> Path:
        """A place for a download under way."""
        return self.root / "incoming" / f"{name}.part"

    def new_aside(self) -> Path:
        """A folder of its own for what is about to be replaced; it is not there yet."""
        return new_aside(self.root / KEPT_ASIDE)

    def input(self, sha256: str, extension: str) -> Path:
        """Where an input with this content lies."""
        return self.root / "inputs" / f"{sha256}.{extension}"

    def thumbnail(self, picture_id: int, stamp: str, edge: int) -> Path:
        """Where the small copy of a picture lies. stamp: see `PictureSummary`; edge: its longer edge in pixels."""
        return self._thumbnails_of(picture_id) / f"{picture_id}-{stamp}-{edge}.jpg"

    def _thumbnails_of(self, picture_id: int) -> Path:
        return self.root / "thumbnails" / f"n{picture_id // 1000}"

    def raw(self, job_id: str, position: int, extension: str) -> Path:
        """Where the service's own result lies when the kept picture was composited from it."""
        return self.root / "raw" / f"{job_id}-{position}.{extension}"

    def raw_of(self, job_id: str, position: int) -> Path | None:
        """The service's own result, or None where the kept picture is that itself."""
        places = (self.raw(job_id, position, name.lower()) for name in RESULT_FORMATS)
        return next((path for path in places if path.is_file()), None)

    def new_picture(self, month: str, stem: str, extension: str) -> Path:
        """A place for a picture. month: e.g. 2026-11."""
        folder = self.root / "pictures" / month
        folder.mkdir(mode=0o700, exist_ok=True)
        return folder / f"{stem}.{extension}"

    def free_place(self, month: str, stem: str, extension: str) -> Path:
        """The same where nothing lies yet."""
        place = self.new_picture(month, stem, extension)
        number = 1
        while place.exists():
            place = self.new_picture(month, f"{stem}-{number}", extension)
            number += 1
        return place

    def trashed(self, path: Path) -> Path:
        """Where a deleted picture waits, in place of no other."""
        folder = self.root / "trash"
        names = (path.name if n == 1 else f"{path.stem}-{n}{path.suffix}" for n in count(1))
        return next(place for name in names if not (place := folder / name).exists())

    def relative(self, path: Path) -> str:
        """As the database names it."""
        return path.relative_to(self.root).as_posix()

    def absolute(self, name: str) -> Path:
        """From the database's name."""
        return self.root / name

    def stamps(self, folder: Path | None = None) -> dict[str, Stamp]:
        """All pictures on the disk, also those in the trash, or those of one folder, as the database names them."""
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
        """Whether the file that the database names so lies in the trash."""
        return name.startswith("trash/")

    def clear_thumbnails(self, kept: Collection[int] = ()) -> None:
        """Forget the small copies, named by numbers that mean nothing any more, except those of the kept pictures."""
        if not kept:
            shutil.rmtree(self.root / "thumbnails", ignore_errors=True)
            (self.root / "thumbnails").mkdir(mode=0o700, exist_ok=True)
            return
        for path in (self.root / "thumbnails").rglob("*.jpg"):
            number = path.name.partition("-")[0]
            if not (number.isdecimal() and int(number) in kept):
                path.unlink(missing_ok=True)

    def remove_thumbnails(self, numbers: Iterable[int]) -> None:
        """Forgets the small copies of pictures that are gone."""
        for number in numbers:
            for path in self._thumbnails_of(number).glob(f"{number}-*.jpg"):
                path.unlink(missing_ok=True)

    def remove_old_thumbnails(self) -> None:
        """Those of earlier versions, which were named by the picture's number alone."""
        for folder in (self.root / "thumbnails").iterdir():
            if folder.name.isascii() and folder.name.isdecimal():
                shutil.rmtree(folder, ignore_errors=True)

    def remove_partials(self) -> None:
        """Removes what a killed program left half-written anywhere in the library."""
        remove_partials(self.root, deep=True, own=True)

    def clear_incoming(self) -> None:
        """Removes what interrupted downloads left."""
        shutil.rmtree(self.root / "incoming", ignore_errors=True)
        (self.root / "incoming").mkdir(mode=0o700, exist_ok=True)


def new_aside(folder: Path) -> Path:
    """A name with the time of now that nothing in the folder has."""
    stamp = f"{datetime.now():%Y-%m-%d %H.%M.%S}"
    places = (folder / (stamp if n == 1 else f"{stamp} {n}") for n in count(1))
    return next(place for place in places if not place.exists())


def write_whole(path: Path, data: bytes, *, replace: bool = True, private: bool = True) -> None:
    """Writes a file so that it is there whole or not at all, synced.

    replace: whether a file of that name may be overwritten; FileExistsError else. private: readable by its owner alone,
    else as the user's other files are.
    """
    with whole_file(path, replace=replace, private=private) as temporary:
        write_synced(temporary, data)


def write_synced(path: Path, data: bytes) -> None:
    """Write into a file that is there. Raises OSError."""
    with path.open("r+b") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


@contextmanager
def whole_file(path: Path, *, replace: bool = True, private: bool = True) -> Iterator[Path]:
    """An empty file beside `path` to write to, which takes its place when nothing failed. See `write_whole`."""
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
            _put_if_free(temporary, path)
        _sync_folder(path.parent)


def clear_way(path: Path, tell: Callable[[Path], object] = lambda _: None) -> None:
    """Rename what has the name of a file of the library but is no file, such as a folder. Raises OSError.

    tell: called with the new name, before it is renamed.
    """
    if path.is_file() or not os.path.lexists(path):
        return
    target = free_name(path)
    tell(target)
    path.rename(target)


def free_name(path: Path) -> Path:
    """A name like `path` with the time of now that nothing in its folder has."""
    stamp = f"{datetime.now():%Y-%m-%d %H.%M.%S}"
    names = (f"{path.name} {stamp}" if n == 1 else f"{path.name} {stamp} {n}" for n in count(1))
    return next(place for name in names if not os.path.lexists(place := path.with_name(name)))


def _put_if_free(temporary: Path, path: Path) -> None:
    """Gives a file its name, if no other has it. Raises FileExistsError."""
    if os.name == "nt":
        temporary.rename(path)
        return
    try:
        path.hardlink_to(temporary)
    except FileExistsError:
        raise
    except OSError:
        # Memory cards and some network disks know no second name for a file.
        if path.exists():
            raise FileExistsError(path) from None
        temporary.rename(path)


def _sync_folder(folder: Path) -> None:
    """Puts the name on the disk, too, where the system can do that."""
    if os.name == "posix":
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def stamp_of(path: Path) -> Stamp:
    """A file's stamp. Raises OSError."""
    state = path.stat()
    return state.st_size, state.st_mtime_ns


def file_stamp(job_id: str, position: int, length: int) -> str:
    """Stands for a picture's file: eight digits that differ for another picture under the same number."""
    return f"{zlib.crc32(f'{job_id} {position} {length}'.encode()):08x}"


def sha256_of(data: bytes) -> str:
    """64 hexadecimal digits."""
    return hashlib.sha256(data).hexdigest()


def sha256_of_file(path: Path) -> str:
    """The same of a file, which need not fit into memory. Raises OSError."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
