"""Partial files left by killed programs are deleted, and nothing else is."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from imagineart_desktop.library import ExportOptions, Library, export_pictures, write_atomic
from imagineart_desktop.library.files.partial_files import partial_path, remove_partials
from tests.library.test_library import keep, recipe

_dead: list[str] = []


def left_by_a_dead_program(folder: Path) -> str:
    """Create a partial file the way a killed program leaves one; return its name."""
    if not _dead:
        script = (
            "import os; from pathlib import Path\n"
            "from imagineart_desktop.library.files.partial_files import partial_path\n"
            "with partial_path(Path('x')) as path: print(path.name, flush=True); os._exit(0)"
        )
        command = [sys.executable, "-c", script]
        done = subprocess.run(command, check=True, capture_output=True, text=True)  # noqa: S603 - our own script
        _dead.append(done.stdout.strip())
    (folder / _dead[0]).write_text("half")
    return _dead[0]


FOREIGN = ("a.part", ".0123456789ab.part", ".imagineart.part", "movie.mp4.part", ".imagineart-1-2-3.part")


def test_only_files_of_dead_programs_of_ours_are_removed(tmp_path: Path) -> None:
    for name in FOREIGN:
        (tmp_path / name).write_text("somebody's")
    dead = left_by_a_dead_program(tmp_path)
    other_computer = dead.replace(dead.split("-")[1], "00000000")
    for name in (other_computer, f"{dead}-journal", dead.replace(dead.split("-")[2], str(os.getppid()))):
        (tmp_path / name).write_text("half")
    with partial_path(tmp_path / "x") as own:
        own.write_text("being written")
        assert remove_partials(tmp_path) == 2
        assert own.exists()
    left = {path.name for path in tmp_path.iterdir()}
    assert left == {*FOREIGN, other_computer, dead.replace(dead.split("-")[2], str(os.getppid()))}


@pytest.mark.asyncio
async def test_the_next_start_tidies_the_library_and_the_folders_that_were_written_to(tmp_path: Path) -> None:
    library, out = Library(tmp_path / "library"), tmp_path / "out"
    await library.start()
    await keep(library, recipe(1))
    out.mkdir()
    async with library.track_outgoing_folder(out, deep=True):
        (out / "below").mkdir()
        noted = library.files.outgoing.read_bytes()
    assert not library.files.outgoing.exists()
    library.close()
    library.files.outgoing.write_bytes(noted)
    for folder in (out, out / "below", library.files.root, library.files.root / "pictures" / "2026-11"):
        left_by_a_dead_program(folder)
        (folder / "somebody's.part").write_text("kept")
    (library.files.root / "inputs" / ".0123456789ab.part").write_text("of an earlier version")
    library = Library(library.files.root)
    await library.start()
    await library.run_background_checks()
    library.close()
    assert {path.name for path in tmp_path.rglob("*.part")} == {"somebody's.part"}
    assert len(list(tmp_path.rglob("*.part"))) == 4
    assert not library.files.outgoing.exists()


@pytest.mark.asyncio
async def test_exporting_to_a_folder_removes_what_an_export_left_there(tmp_path: Path) -> None:
    library, out = Library(tmp_path / "library"), tmp_path / "out"
    kept = await keep(library, recipe(1))
    out.mkdir()
    left_by_a_dead_program(out)
    await export_pictures(library, [kept.id], ExportOptions(out))
    assert [path.suffix for path in out.iterdir()] == [".png"]
    library.close()


def test_a_file_that_could_not_be_written_leaves_nothing(tmp_path: Path) -> None:
    (tmp_path / "there").write_text("kept")
    with pytest.raises(FileExistsError):
        write_atomic(tmp_path / "there", b"new", replace=False)
    with pytest.raises(TypeError):
        write_atomic(tmp_path / "new", "no bytes")  # type: ignore[arg-type] # that is the point
    assert [path.name for path in tmp_path.iterdir()] == ["there"]
