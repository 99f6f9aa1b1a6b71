"""The wheel built for users contains everything that the program looks for."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from tests.once import made_once

ROOT = Path(__file__).resolve().parents[2]

ASK = """
import sys
sys.path.insert(0, sys.argv[1])
if len(sys.argv) > 2:
    sys._MEIPASS = sys.argv[2]
from imagineart_desktop.resources import resource_path
print(resource_path("icons", "app.svg"))
"""


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the unpacked wheel, as in site-packages."""
    built = tmp_path_factory.mktemp("built")

    def unpack(target: Path) -> None:
        build = [sys.executable, "-m", "build", "--no-isolation", "--wheel", "--outdir", str(built), str(ROOT)]
        done = subprocess.run(build, cwd=built, capture_output=True, text=True, check=False)  # noqa: S603 - our own build
        assert done.returncode == 0, done.stdout + done.stderr
        (wheel,) = built.glob("*.whl")
        with zipfile.ZipFile(wheel) as archive:
            archive.extractall(target)

    return made_once(tmp_path_factory, "site packages", unpack)


def ask(*arguments: Path) -> Path:
    # -S: without site-packages, and so without its link to the checkout.
    command = [sys.executable, "-S", "-P", "-c", ASK, *map(str, arguments)]
    done = subprocess.run(command, cwd=arguments[0], capture_output=True, text=True, check=True)  # noqa: S603
    return Path(done.stdout.strip())


def test_an_installed_wheel_finds_its_icons_in_itself(installed: Path) -> None:
    found = ask(installed)
    assert found == installed / "imagineart_desktop" / "_resources" / "icons" / "app.svg"
    assert found.read_bytes() == (ROOT / "resources" / "icons" / "app.svg").read_bytes()


def test_a_checkout_finds_its_icons_in_itself() -> None:
    assert ask(ROOT) == ROOT / "resources" / "icons" / "app.svg"


def test_a_frozen_build_finds_the_icons_that_were_frozen_with_it(installed: Path, tmp_path: Path) -> None:
    icon = tmp_path / "resources" / "icons" / "app.svg"
    icon.parent.mkdir(parents=True)
    icon.touch()
    assert ask(installed, tmp_path) == icon


def test_the_wheel_carries_every_resource_with_its_licence_and_no_tests(installed: Path) -> None:
    here = {path.relative_to(ROOT / "resources") for path in (ROOT / "resources").rglob("*") if path.is_file()}
    carried = installed / "imagineart_desktop" / "_resources"
    there = {path.relative_to(carried) for path in carried.rglob("*") if path.is_file()}
    assert there == here
    assert {"fonts/LICENSE.txt", "icons/LICENSE", "photos/README.md"} <= {path.as_posix() for path in there}
    assert {path.name for path in installed.iterdir() if not path.name.endswith(".dist-info")} == {"imagineart_desktop"}


def test_the_wheel_brings_the_command_and_the_licence(installed: Path) -> None:
    (about,) = installed.glob("*.dist-info")
    assert "imagineart-desktop = imagineart_desktop.cli:main" in (about / "entry_points.txt").read_text("utf-8")
    assert (about / "licenses" / "LICENSE").is_file()
