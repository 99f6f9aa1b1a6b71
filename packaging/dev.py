#!/usr/bin/env python3
"""Set up and use a checkout: ``python3 packaging/dev.py run`` and ``python3 packaging/dev.py test``.

Needs only Python 3.11 to 3.13. Creates ``.venv`` in the checkout, installs exactly what a lock file names, adds the
system libraries that Qt needs if it's allowed to, and reports its progress on stderr: stdout is the program's. Older
Pythons must be able to parse this file, to reject them with a message, so its syntax is that of Python 3.7.
"""

from __future__ import annotations

import ctypes
import hashlib
import importlib.util
import os
import platform
import re
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import NoReturn

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
STAMP = VENV / "installed"
"""The lock files that are completely installed in the environment, one per line. Written last, deleted first."""

MOST_BESIDE = 6
TEST_ENVIRONMENT = {
    # glibc's arenas, eight per core by default, each keep what its threads freed.
    "MALLOC_ARENA_MAX": "2",
    # Larger blocks go back to the system as soon as they are freed, and leave no gaps in the heap.
    "MALLOC_MMAP_THRESHOLD_": str(2 * 2**20),
    # Tests start the program hundreds of times: each module is compiled only once, and the checkout stays clean.
    "PYTHONPYCACHEPREFIX": str(VENV / "bytecode"),
}
"""Variables of the processes that run tests."""

RUN_LOCK = ROOT / "packaging" / "requirements.lock"
DEV_LOCK = ROOT / "packaging" / "requirements-dev.lock"
"""Everything in `RUN_LOCK`, and what the tests need in addition."""

OLDEST, NEWEST = (3, 11), (3, 13)
LINUX = platform.system() == "Linux"

# Libraries that Qt's libraries link to, and their Debian packages: for drawing into memory, and for a screen.
OFFSCREEN_LIBRARIES = {
    "libEGL.so.1": "libegl1",
    "libGL.so.1": "libgl1",
    "libglib-2.0.so.0": "libglib2.0-0",
    "libfontconfig.so.1": "libfontconfig1",
    "libfreetype.so.6": "libfreetype6",
    "libdbus-1.so.3": "libdbus-1-3",
    "libxkbcommon.so.0": "libxkbcommon0",
    "libX11.so.6": "libx11-6",
}
SCREEN_LIBRARIES = {
    **OFFSCREEN_LIBRARIES,
    "libX11-xcb.so.1": "libx11-xcb1",
    "libxcb-cursor.so.0": "libxcb-cursor0",
    "libxcb-icccm.so.4": "libxcb-icccm4",
    "libxcb-image.so.0": "libxcb-image0",
    "libxcb-keysyms.so.1": "libxcb-keysyms1",
    "libxcb-randr.so.0": "libxcb-randr0",
    "libxcb-render-util.so.0": "libxcb-render-util0",
    "libxcb-shape.so.0": "libxcb-shape0",
    "libxcb-xkb.so.1": "libxcb-xkb1",
    "libxkbcommon-x11.so.0": "libxkbcommon-x11-0",
}

WINDOWLESS = {"generate", "edit", "inpaint", "resume", "tour", "demo-server", "-h", "--help", "--version"}
"""Arguments of the program with which it doesn't open a window."""

USAGE = """usage: python3 packaging/dev.py COMMAND [arguments]

  run [arguments]     start the program; arguments go to it
  test [arguments]    format, lint, types, import contracts and all tests; with arguments only pytest, with them
  battery [sections]  the reliability battery; writes docs/reliability.md
  bench [arguments]   measure, each figure beside a floor taken in the same run
  setup               only make the environment, with all that run and test want
  lock [arguments]    resolve the dependencies and write the lock files; arguments go to uv, e.g. --upgrade
"""


def main() -> int:
    command, arguments = (sys.argv[1], sys.argv[2:]) if len(sys.argv) > 1 else ("", [])
    if command == "run":
        return run(arguments)
    if command == "test":
        return test(arguments)
    if command == "bench":
        set_up(DEV_LOCK, OFFSCREEN_LIBRARIES)
        return call([venv_python(), str(ROOT / "tests" / "benchmarks" / "run.py"), *arguments], offscreen=True)
    if command == "battery":
        set_up(DEV_LOCK, OFFSCREEN_LIBRARIES)
        prepare_for_tests()
        return call([venv_python(), "-m", "tests.reliability.battery", *arguments], offscreen=True, cwd=ROOT)
    if command == "setup":
        set_up(DEV_LOCK, SCREEN_LIBRARIES)
        return 0
    if command == "lock":
        return lock(arguments)
    asked = command in {"-h", "--help", "help"}
    print(USAGE, end="", file=sys.stdout if asked else sys.stderr)
    return 0 if asked else 2


def run(arguments: list[str]) -> int:
    wants_window = not WINDOWLESS.intersection(arguments)
    shows_window = wants_window and has_display()
    set_up(RUN_LOCK, SCREEN_LIBRARIES if shows_window else OFFSCREEN_LIBRARIES)
    # -P: don't import a file named like a library from the user's current folder.
    program = [venv_python(), "-P", "-m", "imagineart_desktop", *arguments]
    if shows_window or not wants_window:
        return call(program)
    out = ROOT / "out" / "tour"
    say(f"There is no display here, so the tour runs in place of the window and puts its pictures into {out}.")
    return call([*program, "tour", "--out", str(out)], offscreen=True)


def test(arguments: list[str]) -> int:
    set_up(DEV_LOCK, OFFSCREEN_LIBRARIES)
    python = venv_python()
    prepare_for_tests()
    # Three per core, since a test waits half of its time; only a few in total, since each has a window and a server.
    beside = workers(min(MOST_BESIDE, 3 * (os.cpu_count() or 1)))
    pytest = [python, "-m", "pytest", *(arguments or beside)]
    if not arguments:
        contracts = "from importlinter.cli import lint_imports_command; lint_imports_command()"
        checks = {
            "Format": [python, "-m", "ruff", "format", "--check", "."],
            "Lint": [python, "-m", "ruff", "check", "."],
            "Types": [python, "-m", "mypy", "--num-workers", str(min(4, os.cpu_count() or 1))],
            "Import contracts": [python, "-c", contracts],
        }
        with compiled_tests(python):
            for title, check in checks.items():
                head(title)
                code = call(check, offscreen=True, cwd=ROOT)
                if code:
                    print(f"{title}: failed, so nothing after it was run.", file=sys.stderr, flush=True)
                    return code
    head("Tests")
    return call(pytest, offscreen=True, cwd=ROOT)


@contextmanager
def compiled_tests(python: str) -> Iterator[None]:
    """Let pytest compile all tests while the block runs: otherwise each worker would compile all of them."""
    environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen"}
    process = subprocess.Popen(  # noqa: S603 - our own tests
        [python, "-m", "pytest", "--collect-only", "-qq"],
        cwd=ROOT,
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        yield
        process.wait()
    finally:
        process.kill()
        process.wait()


def prepare_for_tests() -> None:
    """Set the variables that all test processes inherit."""
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    os.environ.update(TEST_ENVIRONMENT)


def workers(count: int) -> list[str]:
    """Return pytest's options for parallel workers, one of them in Turkish on a screen at 125 percent."""
    ordinary = [f"--tx={count - 1}*popen"] if count > 1 else []
    return [*ordinary, f"--tx=popen{foreign_environment()}"]


def foreign_environment() -> str:
    """Return execnet's options for the screen's scale, and for a locale if the system can compile one."""
    variables = {"QT_SCALE_FACTOR": "1.25"}
    locales, name = VENV / "locales", "tr_TR.UTF-8"
    # Without sources, localedef leaves an empty folder.
    compiled = locales / name / "LC_CTYPE"
    if shutil.which("localedef") and not compiled.exists():
        locales.mkdir(exist_ok=True)
        output(["localedef", "-i", "tr_TR", "-f", "UTF-8", str(locales / name)])
    if compiled.exists():
        variables.update({"LOCPATH": str(locales), "LC_ALL": name})
    return "".join(f"//env:{key}={value}" for key, value in variables.items())


def lock(arguments: list[str]) -> int:
    use_a_fitting_python()
    complete_system({}, makes_environment=True)
    with tempfile.TemporaryDirectory(prefix="imagineart-lock-") as folder:
        say("Fetching uv, which resolves for all systems at once ...")
        make_environment(Path(folder))
        python = venv_python(Path(folder))
        if call([python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "uv"], quiet=True):
            fail("uv could not be installed; pip's reason stands above.")
        compile_ = [python, "-m", "uv", "pip", "compile", "pyproject.toml", "--quiet", "--universal"]
        compile_ += ["--python-version", version_text(OLDEST), "--only-binary", ":all:", "--generate-hashes"]
        compile_ += ["--no-header", "--no-annotate", "--no-emit-index-url", "--no-emit-find-links"]
        for options in (
            ["--group", "dev", "-o", str(DEV_LOCK), *arguments],
            # Both files name the same versions: one is installed on top of the other.
            ["-c", str(DEV_LOCK), "-o", str(RUN_LOCK), "--upgrade"],
        ):
            say(f"Resolving {Path(options[options.index('-o') + 1]).name} ...")
            code = call([*compile_, *options], quiet=True, cwd=ROOT)
            if code:
                return code
    return 0


# ---- the environment


def set_up(lock_file: Path, libraries: dict[str, str]) -> None:
    """Set up the environment that a lock file describes, and the system libraries. Instant if all of it exists."""
    held = held_locks()
    usable = fingerprint(RUN_LOCK) in held
    if not usable:
        use_a_fitting_python()
    complete_system(libraries, makes_environment=not usable)
    if fingerprint(lock_file) in held:
        return
    if not usable:
        if VENV.exists():
            say(f"{VENV} is incomplete or out of date: making it again ...")
            remove_environment()
        else:
            say(f"Making an environment in {VENV} ...")
        make_environment(VENV)
    if STAMP.exists():
        STAMP.unlink()
    say(f"Installing what {lock_file.name} names; the first time this takes a minute or two ...")
    install(lock_file)
    put_checkout_on_path()
    STAMP.write_text("\n".join({fingerprint(RUN_LOCK), fingerprint(lock_file)}), encoding="utf-8")
    say("The environment is ready.")


def fingerprint(lock_file: Path) -> str:
    """Identify a lock file's content at this location: a moved environment has the old location in its scripts."""
    return f"{lock_file.name} {hashlib.sha256(lock_file.read_bytes()).hexdigest()} {ROOT}"


def held_locks() -> list[str]:
    # The interpreter is missing if the Python that created the environment was removed or replaced.
    if not STAMP.is_file() or not Path(venv_python()).exists():
        return []
    return STAMP.read_text(encoding="utf-8").split("\n")


def install(lock_file: Path) -> None:
    command = [venv_python(), "-m", "pip", "--disable-pip-version-check", "install", "--require-hashes"]
    command += ["--only-binary", ":all:", "--progress-bar", "off", "-r", str(lock_file)]
    # Without settings that would make pip refuse, or install elsewhere.
    environment = {
        key: value for key, value in os.environ.items() if key not in {"PIP_USER", "PIP_TARGET", "PIP_PREFIX"}
    }
    said = []
    with subprocess.Popen(  # noqa: S603 - our own interpreter
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, cwd=str(ROOT), env=environment
    ) as pip:
        for line in pip.stdout or ():
            said.append(line.decode(errors="replace").strip())
            large = re.match(r"Downloading (\S+) \(([\d.]+ MB)\)", said[-1])
            if large:
                say(f"  {large.group(1).rsplit('/', 1)[-1].split('-')[0]}, {large.group(2)}")
            elif "Retrying" in said[-1]:
                say("  the network does not answer; trying again ...")
    if pip.returncode:
        say("\n".join(said[-12:]))
        fail("Not everything could be installed; pip's reason stands above. Then run the same command again.")


def put_checkout_on_path() -> None:
    """Make the package importable from any folder."""
    ask = "import sysconfig; print(sysconfig.get_path('purelib'))"
    site_packages = Path(output([venv_python(), "-c", ask]))
    # A relative path is plain ASCII: Python versions read this file in different encodings.
    relative = os.path.relpath(ROOT, site_packages)
    (site_packages / "imagineart_desktop_checkout.pth").write_text(f"{relative}\n", encoding="ascii")


def make_environment(folder: Path) -> None:
    made = subprocess.run(  # noqa: S603 - our own interpreter
        [sys.executable, "-m", "venv", str(folder)], check=False, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    )
    if made.returncode:
        fail(f"Python could not make an environment in {folder}:\n{made.stdout.decode(errors='replace').strip()}")


def remove_environment() -> None:
    try:
        shutil.rmtree(VENV)
    except OSError as problem:
        fail(f"{VENV} could not be removed ({problem.strerror}). Close the program if it runs, then try again.")


def venv_python(folder: Path = VENV) -> str:
    return str(folder / "Scripts" / "python.exe" if os.name == "nt" else folder / "bin" / "python")


# ---- the interpreter


def use_a_fitting_python() -> None:
    """Continue under another interpreter on this machine if this one is too old or too new."""
    version = sys.version_info[:2]
    if OLDEST <= version <= NEWEST:
        return
    for other in other_pythons():
        say(f"Python {version_text(version)} does not fit; going on with {' '.join(other)}.")
        raise SystemExit(call([*other, str(Path(__file__).resolve()), *sys.argv[1:]]))
    fail(python_advice(version))


def python_advice(version: tuple[int, int]) -> str:
    """Return what is wrong with an unsuitable interpreter, and the one thing to do."""
    fault = "is too old" if version < OLDEST else "is newer than what the program runs with"
    if sys.platform == "darwin":
        remedy = "brew install python@3.13"
    elif sys.platform == "win32":
        remedy = "winget install Python.Python.3.13"
    else:
        remedy = "sudo apt-get install python3.11 python3.11-venv, or: uv python install 3.13"
    return (
        f"Python 3.11, 3.12 or 3.13 is needed, and this one, {version_text(version)}, {fault}. "
        f"Please install one of them, then run the same command again. For example: {remedy}"
    )


def other_pythons() -> list[list[str]]:
    """Return commands for this machine's suitable interpreters, newest first."""
    folders = [*os.environ.get("PATH", "").split(os.pathsep), "/opt/homebrew/bin", "/usr/local/bin", "/usr/bin"]
    found = []
    for minor in range(NEWEST[1], OLDEST[1] - 1, -1):
        commands = [[path] for path in (shutil.which(f"python3.{minor}", path=folder) for folder in folders) if path]
        if sys.platform == "win32":
            commands += [["py", f"-3.{minor}"]]
        # The name isn't enough: version managers put one there for each version they know of.
        ask = "import sys; print(sys.version_info[1])"
        found += [command for command in commands if output([*command, "-c", ask]) == str(minor)][:1]
    return found


def version_text(version: tuple[int, int]) -> str:
    return ".".join(map(str, version))


# ---- the system


def has_display() -> bool:
    return not LINUX or bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


def complete_system(libraries: dict[str, str], *, makes_environment: bool) -> None:
    """Install or request what Qt and an environment need from the system on Debian and Ubuntu; elsewhere, name it."""
    needed = {name: package for name, package in libraries.items() if LINUX and not can_be_loaded(name)}
    if makes_environment:
        # Debian and Ubuntu package these two separately from Python.
        lacking = [name for name in ("venv", "ensurepip") if importlib.util.find_spec(name) is None]
        package = f"python{version_text(sys.version_info[:2])}-venv"
        needed.update({f"Python's {name}": package for name in lacking})
    if not needed:
        return
    say(f"Missing on this system: {', '.join(needed)}.")
    if not shutil.which("apt-get"):
        fail("Please install what is missing with your package manager, then run the same command again.")
    install_packages(sorted(set(needed.values())))


def can_be_loaded(library: str) -> bool:
    try:
        ctypes.CDLL(library)
    except OSError:
        return False
    return True


def install_packages(names: list[str]) -> None:
    """Install with apt-get, as root or through sudo without a password; otherwise print the one command and exit."""
    sudo = shutil.which("sudo")
    if is_root():
        rights = []
    elif sudo and output([sudo, "-n", "echo", "allowed"]):
        rights = [sudo, "-n"]
    else:
        command = f"sudo apt-get update && sudo apt-get install -y {' '.join(present_names(names))}"
        fail(f"Please run this, then the same command again:\n\n  {command}\n")
    say(f"Installing {' '.join(names)} with apt-get ...")
    apt = [*rights, "env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "-qq", "-o", "DPkg::Lock::Timeout=300"]
    call([*apt, "update"], quiet=True)
    install_ = [*apt, "install", "-y", "--no-install-recommends", *present_names(names)]
    done = subprocess.run(install_, check=False, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)  # noqa: S603
    if done.returncode:
        lines = done.stdout.decode(errors="replace").strip().splitlines()
        fail("\n".join(["apt-get could not install them:", *lines[-12:]]))


def present_names(names: list[str]) -> list[str]:
    """Return the packages' current names: Ubuntu since 24.04 and Debian since 13 append t64 to some."""
    return [f"{name}t64" if output(["apt-cache", "show", f"{name}t64"]) else name for name in names]


def is_root() -> bool:
    return sys.platform != "win32" and os.geteuid() == 0


# ---- words and processes


def say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def head(title: str) -> None:
    print(f"\n==> {title}", flush=True)


def fail(text: str) -> NoReturn:
    say(text)
    raise SystemExit(1)


def call(command: list[str], *, offscreen: bool = False, quiet: bool = False, cwd: Path | None = None) -> int:
    """Run a command to its end and return its exit code, 128 + n after signal n. The child handles signals.

    quiet: its output goes to stderr.
    """
    environment = dict(os.environ)
    if offscreen:
        environment["QT_QPA_PLATFORM"] = "offscreen"
    process = subprocess.Popen(  # noqa: S603 - commands of this file
        command, cwd=cwd, env=environment, stdout=sys.stderr if quiet else None
    )

    def pass_on(_number: int, _frame: FrameType | None) -> None:
        process.terminate()

    before = signal.signal(signal.SIGTERM, pass_on)
    try:
        while True:
            try:
                code = process.wait()
            except KeyboardInterrupt:
                continue  # the terminal sent it to the child too
            return code if code >= 0 else 128 - code
    finally:
        signal.signal(signal.SIGTERM, before)


def output(command: list[str]) -> str:
    """Return a command's output; an empty text if it fails or doesn't exist."""
    try:
        done = subprocess.run(command, check=False, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)  # noqa: S603
    except OSError:
        return ""
    return "" if done.returncode else done.stdout.decode(errors="replace").strip()


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        say("Stopped.")
        sys.exit(130)
