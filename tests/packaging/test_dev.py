"""Setup and start of a checkout, with small checkouts that need nothing from the network."""

from __future__ import annotations

import importlib.util
import json
import os
import shutil
import signal
import subprocess
import sys
import venv
from pathlib import Path
from types import ModuleType

import pytest

from tests.once import made_once

ROOT = Path(__file__).resolve().parents[2]

PROGRAM = """
import json, os, sys, time
from pathlib import Path
seen = {"arguments": sys.argv[1:], "folder": os.getcwd(), "qt": os.environ.get("QT_QPA_PLATFORM")}
print(json.dumps(seen), flush=True)
if "wait" in sys.argv:
    time.sleep(60)
sys.exit(7 if "fail" in sys.argv else 0)
"""


class Checkout:
    """A checkout of a program that prints how it was started."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.script = folder / "packaging" / "dev.py"

    @classmethod
    def made(cls, folder: Path) -> Checkout:
        checkout = cls(folder)
        checkout.script.parent.mkdir(parents=True)
        shutil.copy(ROOT / "packaging" / "dev.py", checkout.script)
        for name in ("requirements.lock", "requirements-dev.lock"):
            (folder / "packaging" / name).write_text("# nothing\n")
        package = folder / "imagineart_desktop"
        package.mkdir()
        (package / "__init__.py").touch()
        (package / "__main__.py").write_text(PROGRAM)
        return checkout

    def command(self, *arguments: str) -> list[str]:
        return [sys.executable, str(self.script), *arguments]

    def run(self, *arguments: str, cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
        return subprocess.run(  # noqa: S603 - our own script
            self.command("run", *arguments),
            cwd=cwd,
            env=without_display(),
            capture_output=True,
            text=True,
            encoding="utf-8",
            check=False,
        )


def without_display() -> dict[str, str]:
    hidden = {"DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"}
    return {name: value for name, value in os.environ.items() if name not in hidden} | {"PYTHONUTF8": "1"}


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Checkout:
    """A checkout that is already set up, in a folder with spaces and non-ASCII characters in its name."""
    name = "Büro & 図"

    def set_up(folder: Path) -> None:
        first = Checkout.made(folder / name).run("generate")
        assert first.returncode == 0, first.stderr
        assert "Making an environment" in first.stderr

    return Checkout(made_once(tmp_path_factory, "check out", set_up) / name)


@pytest.fixture
def dev() -> ModuleType:
    return module_of(ROOT / "packaging" / "dev.py")


def module_of(script: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location("dev_under_test", script)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_arguments_reach_the_program_untouched_and_only_it_writes_to_stdout(checkout: Checkout, tmp_path: Path) -> None:
    arguments = ["generate", "a fox; $HOME 'in' \"snow\"", "--out", "my pictures"]
    done = checkout.run(*arguments, cwd=tmp_path)
    assert json.loads(done.stdout) == {"arguments": arguments, "folder": str(tmp_path), "qt": None}


def test_a_file_in_the_users_folder_is_not_taken_for_a_library(checkout: Checkout, tmp_path: Path) -> None:
    (tmp_path / "json.py").write_text("raise SystemExit('the wrong one')")
    assert checkout.run("generate", cwd=tmp_path).returncode == 0


def test_the_programs_exit_code_is_handed_on(checkout: Checkout) -> None:
    assert checkout.run("generate", "fail").returncode == 7


def test_the_second_start_sets_nothing_up(checkout: Checkout) -> None:
    assert checkout.run("generate").stderr == ""


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere there is always a display")
@pytest.mark.parametrize("arguments", [[], ["--data", "elsewhere"]])
def test_without_a_display_it_says_so_in_one_sentence_and_takes_the_tour(
    checkout: Checkout, tmp_path: Path, arguments: list[str]
) -> None:
    done = checkout.run(*arguments, cwd=tmp_path)
    out = checkout.folder / "out" / "tour"
    assert json.loads(done.stdout)["arguments"] == [*arguments, "tour", "--out", str(out)]
    assert json.loads(done.stdout)["qt"] == "offscreen"
    (sentence,) = done.stderr.splitlines()
    assert "no display" in sentence
    assert str(out) in sentence


@pytest.mark.parametrize("question", ["--help", "--version"])
def test_a_question_needs_no_display(checkout: Checkout, question: str) -> None:
    assert json.loads(checkout.run(question).stdout)["arguments"] == [question]


@pytest.mark.skipif(sys.platform == "win32", reason="Windows ends processes without asking them")
def test_ending_the_script_ends_the_program(checkout: Checkout) -> None:
    with subprocess.Popen(  # noqa: S603 - our own script
        checkout.command("run", "generate", "wait"), env=without_display(), stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        process.stdout.readline()
        process.terminate()
        # The pipe closes when the program, which holds its other end, has ended.
        assert process.stdout.read() == ""
        assert process.wait() == 128 + signal.SIGTERM


def test_a_changed_lock_and_an_interrupted_set_up_are_installed_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """In this process and without pip, which takes most of the time; `checkout` covers pip."""
    changed = Checkout.made(tmp_path / "changed")
    dev, installed = module_of(changed.script), []
    monkeypatch.setattr(dev, "make_environment", lambda folder: venv.create(folder, symlinks=os.name != "nt"))
    monkeypatch.setattr(dev, "install", lambda lock_file: installed.append(lock_file.read_text()))
    environment = changed.folder / ".venv"
    left_over = environment / "left over"
    (environment / "bin").mkdir(parents=True)  # as far as it got before the interruption
    left_over.touch()
    dev.set_up(dev.RUN_LOCK, {})
    assert "making it again" in capsys.readouterr().err
    assert not left_over.exists()
    assert installed == ["# nothing\n"]

    left_over.touch()
    dev.set_up(dev.RUN_LOCK, {})
    assert capsys.readouterr().err == ""
    dev.RUN_LOCK.write_text("# something else\n")
    dev.set_up(dev.RUN_LOCK, {})
    assert "making it again" in capsys.readouterr().err
    assert not left_over.exists()
    assert installed == ["# nothing\n", "# something else\n"]

    def interrupted(_lock_file: Path) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(dev, "install", interrupted)
        dev.RUN_LOCK.write_text("# a third\n")
        with pytest.raises(KeyboardInterrupt):
            dev.set_up(dev.RUN_LOCK, {})
    dev.set_up(dev.RUN_LOCK, {})
    assert installed[2:] == ["# a third\n"]


def test_one_worker_of_the_tests_is_in_turkish_on_a_scaled_screen(
    dev: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dev, "VENV", tmp_path)
    made = tmp_path / "locales" / "tr_TR.UTF-8"
    has_sources = False

    def localedef(command: list[str]) -> str:
        assert command == ["localedef", "-i", "tr_TR", "-f", "UTF-8", str(made)]
        made.mkdir(exist_ok=True)
        if has_sources:
            (made / "LC_CTYPE").touch()
        return ""

    monkeypatch.setattr(dev, "output", localedef)
    monkeypatch.setattr(dev.shutil, "which", lambda name: None)
    assert dev.workers(1) == ["--tx=popen//env:QT_SCALE_FACTOR=1.25"]
    monkeypatch.setattr(dev.shutil, "which", lambda name: f"/usr/bin/{name}")
    assert dev.workers(1) == ["--tx=popen//env:QT_SCALE_FACTOR=1.25"]
    has_sources = True
    for count, ordinary in ((1, []), (3, ["--tx=2*popen"])):
        *others, foreign = dev.workers(count)
        assert others == ordinary
        assert foreign.startswith("--tx=popen//env:QT_SCALE_FACTOR=1.25")
        assert foreign.endswith(f"//env:LOCPATH={made.parent}//env:LC_ALL=tr_TR.UTF-8")


@pytest.mark.parametrize(("version", "fault"), [((3, 10), "too old"), ((3, 14), "newer than")])
def test_a_python_that_does_not_fit_is_answered_with_what_to_do(
    dev: ModuleType, version: tuple[int, int], fault: str
) -> None:
    advice = dev.python_advice(version)
    assert "Python 3.11, 3.12 or 3.13 is needed" in advice
    assert f"this one, {version[0]}.{version[1]}, is {fault}" in advice
    assert "Please install one" in advice


@pytest.mark.skipif(sys.platform == "win32", reason="the names are shell scripts")
def test_another_python_is_taken_only_if_it_is_what_its_name_says(
    dev: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shims, real = tmp_path / "shims", tmp_path / "real"
    for folder, name, script in ((shims, "python3.12", "exit 127"), (real, "python3.12", "echo 12")):
        folder.mkdir()
        (folder / name).write_text(f"#!/bin/sh\n{script}\n")
        (folder / name).chmod(0o755)
    monkeypatch.setenv("PATH", os.pathsep.join([str(shims), str(real)]))
    commands = dev.other_pythons()
    assert [str(real / "python3.12")] in commands
    assert [str(shims / "python3.12")] not in commands


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere Qt brings all it needs")
def test_all_that_the_system_lacks_is_named_with_one_command_to_install_it(
    dev: ModuleType, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(dev, "is_root", lambda: False)
    # As if apt knew no other names for these packages.
    monkeypatch.setattr(dev, "output", lambda command: "")
    monkeypatch.setattr(dev.shutil, "which", lambda name: None if name == "sudo" else f"/usr/bin/{name}")
    monkeypatch.setattr(dev.importlib.util, "find_spec", lambda name: None)
    libraries = {"libnot-there.so.9": "libnot-there9", "libc.so.6": "libc6"}
    with pytest.raises(SystemExit) as stopped:
        dev.complete_system(libraries, makes_environment=True)
    assert stopped.value.code == 1
    told = capsys.readouterr().err
    assert "libnot-there.so.9" in told
    venv = f"python3.{sys.version_info[1]}-venv"
    assert f"sudo apt-get update && sudo apt-get install -y libnot-there9 {venv}\n" in told
