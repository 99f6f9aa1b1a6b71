#!/usr/bin/env python3
"""Set up and use a checkout: ``python3 packaging/dev.py run`` and ``python3 packaging/dev.py test``.

Needs Python 3.11 to 3.13 and nothing else. Makes ``.venv`` in the checkout, installs exactly what the lock file
names, adds the system libraries that Qt wants where it may, and says what it does.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
LOCK = ROOT / "packaging" / "requirements-dev.lock"
STAMP = VENV / "installed"
OLDEST, NEWEST = (3, 11), (3, 13)

OFFSCREEN_LIBRARIES = (
    "libegl1",
    "libgl1",
    "libglib2.0-0",
    "libfontconfig1",
    "libfreetype6",
    "libdbus-1-3",
    "libxkbcommon0",
    "libx11-6",
)
SCREEN_LIBRARIES = (
    "libx11-xcb1",
    "libxcb-cursor0",
    "libxcb-icccm4",
    "libxcb-image0",
    "libxcb-keysyms1",
    "libxcb-randr0",
    "libxcb-render-util0",
    "libxcb-shape0",
    "libxcb-xkb1",
    "libxkbcommon-x11-0",
)

USAGE = """usage: python3 packaging/dev.py COMMAND [arguments]

  run [arguments]     start the program; arguments go to it
  test [arguments]    format, lint, types, import contracts and all tests; with arguments only pytest, with them
  bench [arguments]   measure, each figure beside a floor taken in the same run
  setup               only make the environment
  lock                resolve the dependencies anew and write the lock file
"""


def say(text: str) -> None:
    print(f"· {text}", flush=True)


def fail(text: str) -> None:
    print(f"✗ {text}", file=sys.stderr, flush=True)
    raise SystemExit(1)


def main() -> int:
    command, arguments = (sys.argv[1], sys.argv[2:]) if len(sys.argv) > 1 else ("", [])
    if command not in {"run", "test", "bench", "setup", "lock"}:
        print(USAGE, file=sys.stderr)
        return 0 if command in {"-h", "--help", "help"} else 2
    use_a_fitting_python()
    if command == "run":
        return run(arguments)
    if command == "test":
        return test(arguments)
    if command == "bench":
        set_up(OFFSCREEN_LIBRARIES)
        return call([venv_python(), "-m", "tests.benchmarks", *arguments], offscreen=True)
    if command == "lock":
        return lock()
    set_up(OFFSCREEN_LIBRARIES + SCREEN_LIBRARIES)
    return 0


def run(arguments: list[str]) -> int:
    set_up(OFFSCREEN_LIBRARIES + SCREEN_LIBRARIES)
    program = [venv_python(), "-m", "imagineart_desktop"]
    if not arguments and not has_display():
        out = ROOT / "out" / "tour"
        say(f"There is no display here, so the tour runs without one and leaves its pictures in {out}.")
        return call([*program, "tour", "--out", str(out)], offscreen=True)
    return call([*program, *arguments])


def test(arguments: list[str]) -> int:
    set_up(OFFSCREEN_LIBRARIES)
    pytest = [venv_python(), "-m", "pytest", *arguments]
    if arguments:
        return call(pytest, offscreen=True)
    tool = VENV / ("Scripts" if os.name == "nt" else "bin")
    steps = (
        ("Format", [venv_python(), "-m", "ruff", "format", "--check", "."]),
        ("Lint", [venv_python(), "-m", "ruff", "check", "."]),
        ("Types", [venv_python(), "-m", "mypy"]),
        ("Import contracts", [str(tool / "lint-imports")]),
        ("Tests", pytest),
    )
    for title, step in steps:
        say(title)
        code = call(step, offscreen=True)
        if code:
            print(f"✗ {title}: failed", file=sys.stderr, flush=True)
            return code
    return 0


def lock() -> int:
    set_up(())
    call([venv_python(), "-m", "pip", "install", "--quiet", "uv"])
    uv = [venv_python(), "-m", "uv", "pip", "compile", "pyproject.toml", "--group", "dev", "--universal"]
    options = [
        "--python-version",
        "3.11",
        "--generate-hashes",
        "--no-header",
        "--no-annotate",
        "--no-emit-index-url",
    ]
    return call([*uv, *options, "--upgrade", "--quiet", "-o", str(LOCK)])


def set_up(libraries: tuple[str, ...]) -> None:
    """The environment as the lock file wants it, and the system libraries."""
    if sys.platform == "linux":
        install_system_libraries(libraries)
    wanted = fingerprint()
    if STAMP.is_file() and STAMP.read_text(encoding="utf-8") == wanted:
        return
    make_environment()
    say("Installing what the lock file names (a few minutes the first time) …")
    pip = [venv_python(), "-m", "pip", "--disable-pip-version-check"]
    if call([*pip, "install", "--quiet", "--require-hashes", "-r", str(LOCK)]):
        fail("The packages could not be installed. Check the network, then run the same command again.")
    site_packages = subprocess.run(  # noqa: S603 - our own interpreter
        [venv_python(), "-c", "import sysconfig; print(sysconfig.get_path('purelib'))"],
        check=True,
        capture_output=True,
        text=True,
    ).stdout.strip()
    Path(site_packages, "imagineart_desktop_checkout.pth").write_text(f"{ROOT}\n", encoding="utf-8")
    STAMP.write_text(wanted, encoding="utf-8")
    say("The environment is ready.")


def fingerprint() -> str:
    return f"{hashlib.sha256(LOCK.read_bytes()).hexdigest()} {sys.version_info[:2]} {ROOT}"


def make_environment() -> None:
    """A new .venv; what an interrupted set-up left is removed first."""
    if VENV.exists():
        say("Making the environment anew …")
        shutil.rmtree(VENV)
    else:
        say(f"Making the environment in {VENV} …")
    made = subprocess.run(  # noqa: S603 - our own interpreter
        [sys.executable, "-m", "venv", str(VENV)], check=False, capture_output=True, text=True
    )
    if made.returncode == 0:
        return
    shutil.rmtree(VENV, ignore_errors=True)
    if shutil.which("apt-get"):
        install_packages([f"python{sys.version_info[0]}.{sys.version_info[1]}-venv"])
        if call([sys.executable, "-m", "venv", str(VENV)]) == 0:
            return
    fail(f"Python could not make a virtual environment: {made.stderr.strip() or made.stdout.strip()}")


def use_a_fitting_python() -> None:
    """Goes on under another interpreter of this machine when this one is too old or too new."""
    if OLDEST <= sys.version_info[:2] <= NEWEST:
        return
    mine = f"{sys.version_info[0]}.{sys.version_info[1]}"
    for minor in range(NEWEST[1], OLDEST[1] - 1, -1):
        other = shutil.which(f"python3.{minor}")
        if other:
            say(f"Python {mine} does not fit; going on with {other}.")
            raise SystemExit(call([other, str(Path(__file__).resolve()), *sys.argv[1:]]))
    fail(f"Python 3.11, 3.12 or 3.13 is needed, this is {mine}. Install one of them and run the command with it.")


def has_display() -> bool:
    if sys.platform != "linux":
        return True
    return bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


def install_system_libraries(names: tuple[str, ...]) -> None:
    """Qt's system libraries on Debian and Ubuntu; elsewhere they come with the desktop."""
    if not names or not shutil.which("dpkg-query"):
        return
    missing = [name for name in names if not (is_installed(name) or is_installed(f"{name}t64"))]
    if missing:
        say(f"Qt needs system libraries that are missing here: {' '.join(missing)}")
        install_packages(missing)


def is_installed(name: str) -> bool:
    query = ["dpkg-query", "--show", "--showformat=${db:Status-Status}", name]
    return "installed" in output(query).split()


def install_packages(names: list[str]) -> None:
    """With apt-get, as root or through sudo without a password; else names the one command and stops."""
    rights: list[str] = []
    if os.geteuid() != 0:
        sudo = shutil.which("sudo")
        if sudo is None or subprocess.run([sudo, "-n", "true"], check=False, capture_output=True).returncode:  # noqa: S603
            fail(f"Please run this once, then the same command again:\n  sudo apt-get install -y {' '.join(names)}")
        rights = [str(sudo), "-n"]
    say("Installing them with apt-get …")
    apt = [*rights, "env", "DEBIAN_FRONTEND=noninteractive", "apt-get"]
    call([*apt, "update", "-qq"])
    names = [f"{name}t64" if output(["apt-cache", "show", f"{name}t64"]) else name for name in names]
    if call([*apt, "install", "-y", "-qq", "--no-install-recommends", *names], quiet=True):
        fail(f"apt-get could not install them. Please run:\n  sudo apt-get install -y {' '.join(names)}")


def venv_python() -> str:
    return str(VENV / "Scripts" / "python.exe" if os.name == "nt" else VENV / "bin" / "python")


def call(command: list[str], *, offscreen: bool = False, quiet: bool = False) -> int:
    """Runs a command from the checkout's root; its exit code. Ctrl+C is the child's to handle."""
    environment = dict(os.environ)
    if offscreen:
        environment["QT_QPA_PLATFORM"] = "offscreen"
    process = subprocess.Popen(  # noqa: S603 - commands of this file
        command, cwd=ROOT, env=environment, stdout=subprocess.DEVNULL if quiet else None
    )
    while True:
        try:
            return process.wait()
        except KeyboardInterrupt:
            continue


def output(command: list[str]) -> str:
    return subprocess.run(command, check=False, capture_output=True, text=True).stdout.strip()  # noqa: S603


if __name__ == "__main__":
    sys.exit(main())
