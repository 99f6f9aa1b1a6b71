"""glibc locales for tests, compiled once for all of them beside the environment's libraries."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from contextlib import suppress
from pathlib import Path

FOLDER = Path(sys.prefix) / "locales"
"""For LOCPATH. `packaging/dev.py` puts the locale of a worker there as well."""

NAMES = ("tr_TR", "az_AZ", "ar_EG", "de_DE")


def compile_locales(names: tuple[str, ...] = NAMES) -> list[str]:
    """Compile the missing locales; return those that can be used, as `NAME.UTF-8`."""
    localedef = shutil.which("localedef")
    wanted = [f"{name}.UTF-8" for name in names]
    missing = [name for name in wanted if not _is_compiled(FOLDER / name)]
    if localedef is not None and missing:
        FOLDER.mkdir(exist_ok=True)
        with tempfile.TemporaryDirectory(dir=FOLDER, prefix=".making-") as made:
            commands = [[localedef, "-i", name[:5], "-f", "UTF-8", str(Path(made) / name)] for name in missing]
            running = [subprocess.Popen(command, stderr=subprocess.DEVNULL) for command in commands]  # noqa: S603
            for process in running:
                process.wait()
            for path in filter(_is_compiled, Path(made).iterdir()):
                # Another worker may have been faster.
                with suppress(OSError):
                    path.rename(FOLDER / path.name)
    return [name for name in wanted if _is_compiled(FOLDER / name)]


def _is_compiled(folder: Path) -> bool:
    """Return whether the locale is compiled: without sources, localedef leaves an empty folder."""
    return (folder / "LC_CTYPE").is_file()


def variables_of(name: str) -> dict[str, str]:
    """Return the environment variables that select a compiled locale, such as `tr_TR.UTF-8`."""
    return {"LOCPATH": os.fspath(FOLDER), "LC_ALL": name, "LANG": name, "LANGUAGE": name[:2]}
