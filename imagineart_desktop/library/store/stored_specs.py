"""The definitions of the models that jobs and images were made with, in files named by their content.

An image whose model is no longer offered, or has other fields by now, is described by the definition that it was made
with.
"""

from __future__ import annotations

from collections.abc import Callable

from imagineart_desktop.library.errors import disk_error
from imagineart_desktop.library.files.files import Files, Stamp, sha256_of, stamp_of, write_atomic
from imagineart_desktop.models import (
    MAX_SPEC_BYTES,
    InvalidSpecError,
    ModelRegistry,
    ModelSpec,
    NewerSpecError,
    spec_from_json,
    spec_to_json,
)
from imagineart_desktop.support.messages import Message


class StoredSpecs:
    """The stored definitions of one library, beside the models that the program offers.

    check_writable: called before anything is written; raises LibraryReadOnlyError.
    """

    def __init__(self, files: Files, models: ModelRegistry, check_writable: Callable[[], None]) -> None:
        self.models = models
        self._files = files
        self._check_writable = check_writable
        self._kept: dict[ModelSpec, str] = {}
        self._read: dict[str, tuple[Stamp, ModelSpec | InvalidSpecError]] = {}

    def keep(self, spec: ModelSpec) -> str:
        """Store a definition, once, and return its SHA-256. Raises LibraryError, InvalidSpecError.

        Blocks: called inside the transaction that writes the row of a job, so that actions on jobs keep their order.
        """
        self._check_writable()
        try:
            return self._keep(spec)
        except OSError as error:
            raise disk_error(error, Message("library.doing.save_step")) from error

    def _keep(self, spec: ModelSpec) -> str:
        known = self._kept.get(spec)
        if known is not None and self._files.spec(known).is_file():
            return known
        data = spec_to_json(spec).encode()
        sha256 = sha256_of(data)
        path = self._files.spec(sha256)
        if not path.is_file() or path.read_bytes() != data:
            write_atomic(path, data)
        self._kept[spec] = sha256
        return sha256

    def read(self, endpoint: str, sha256: str) -> ModelSpec:
        """Return the stored definition of the model at this endpoint. Raises InvalidSpecError."""
        found = self._stored(sha256)
        if isinstance(found, InvalidSpecError):
            raise found
        if found.endpoint != endpoint:
            raise InvalidSpecError(Message("spec.of_another_model"))
        return found

    def _stored(self, sha256: str) -> ModelSpec | InvalidSpecError:
        """Return the definition in a file, which is read again only if it has changed."""
        path = self._files.spec(sha256)
        try:
            stamp = stamp_of(path)
            known = self._read.get(sha256)
            if known is not None and known[0] == stamp:
                return known[1]
            with path.open("rb") as file:
                data = file.read(MAX_SPEC_BYTES + 1)
        except FileNotFoundError:
            return InvalidSpecError(Message("spec.missing"))
        except OSError as error:
            return InvalidSpecError(Message("spec.unreadable", problem=str(error.strerror)))
        found = _parsed(sha256, data)
        self._read[sha256] = (stamp, found)
        return found

    def damaged(self) -> list[str]:
        """Return the files that hold no definition, relative to the library; a newer one isn't damaged. Blocks."""
        paths = sorted(self._files.spec("*").parent.glob("*.json"))
        found = {self._files.relative(path): self._stored(path.stem) for path in paths}
        return [
            name
            for name, spec in found.items()
            if isinstance(spec, InvalidSpecError) and not isinstance(spec, NewerSpecError)
        ]

    def usable(self, endpoint: str, sha256: str | None) -> list[ModelSpec]:
        """Return what is known about the model at this endpoint: as it's offered now, then as it was stored."""
        offered = self.models.find(endpoint)
        found = [] if offered is None else [offered]
        if sha256:
            try:
                stored = self.read(endpoint, sha256)
            except InvalidSpecError:
                return found
            found += [stored] if stored != offered else []
        return found

    def find(self, endpoint: str, sha256: str | None) -> ModelSpec | None:
        """Return the model at this endpoint, as it's offered, or else as it was stored; None if it's unknown."""
        offered = self.models.find(endpoint)
        return offered if offered is not None else next(iter(self.usable(endpoint, sha256)), None)

    def problem(self, endpoint: str, sha256: str | None) -> str:
        """Return why a stored definition can't be used; empty if it can, or if there is none."""
        if not sha256:
            return ""
        try:
            self.read(endpoint, sha256)
        except InvalidSpecError as error:
            return str(error)
        return ""


def _parsed(sha256: str, data: bytes) -> ModelSpec | InvalidSpecError:
    if sha256_of(data) != sha256:
        return InvalidSpecError(Message("spec.damaged"))
    try:
        return spec_from_json(data)
    except InvalidSpecError as error:
        return error
