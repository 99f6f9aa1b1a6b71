"""Closed, broken, full and stuck output streams never stop work."""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from imagineart_desktop.cli.exit_codes import ExitCode

pytestmark = pytest.mark.skipif(os.name != "posix", reason="needs a POSIX shell")

SWIFT = Path(__file__).with_name("swift.py")
ENVIRONMENT = {name: value for name, value in os.environ.items() if name != "FAL_KEY"} | {
    "PYTHON_KEYRING_BACKEND": "keyring.backends.null.Keyring",
    "PYTHONPATH": os.pathsep.join(sys.path),
}


def shell(line: str) -> subprocess.CompletedProcess[str]:
    """Run a shell command, with the interpreter for `@python`."""
    line = line.replace("@python", shlex.quote(sys.executable))
    return subprocess.run(  # noqa: S603
        ["/bin/sh", "-c", line], capture_output=True, text=True, env=ENVIRONMENT
    )


@pytest.mark.parametrize(
    ("streams", "code"),
    [(">/dev/full 2>&-", ExitCode.NO_OUTPUT), (">&- 2>/dev/full", ExitCode.NO_OUTPUT)],
)
def test_the_work_is_done_whatever_happens_to_its_outputs(tmp_path: Path, streams: str, code: int) -> None:
    words = "generate --prompt x --resolution 1K --aspect-ratio 4:1"
    done = shell(f"@python {SWIFT} {words} --out {tmp_path}/out --data {tmp_path}/data {streams}")
    assert done.returncode == code
    assert len(list((tmp_path / "out").iterdir())) == 1


def test_a_reader_that_goes_away_does_not_stop_it(tmp_path: Path) -> None:
    words = ["generate", "--prompt", "x", "--resolution", "1K", "--aspect-ratio", "4:1"]
    words += ["--out", str(tmp_path / "out"), "--data", str(tmp_path / "data")]
    left = subprocess.Popen(  # noqa: S603
        [sys.executable, str(SWIFT), *words], stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, env=ENVIRONMENT
    )
    assert left.stderr is not None
    left.stderr.readline()
    left.stderr.close()
    assert left.wait() == ExitCode.OK
    assert len(list((tmp_path / "out").iterdir())) == 1


@pytest.mark.parametrize("streams", [">/dev/full", ">&-"])
@pytest.mark.parametrize("words", ["--help", "--version", "generate --help"])
def test_help_that_cannot_be_written_is_an_error_and_said(words: str, streams: str) -> None:
    done = shell(f"@python -m imagineart_desktop {words} {streams}")
    assert done.returncode == ExitCode.NO_OUTPUT
    assert done.stderr.count("\n") == 1
    assert " to standard output: " in done.stderr


def test_the_exit_code_needs_no_outputs() -> None:
    assert shell("@python -m imagineart_desktop generate >/dev/full 2>&-").returncode == ExitCode.WRONG_REQUEST
    assert shell("@python -m imagineart_desktop --help >&- 2>&-").returncode == ExitCode.NO_OUTPUT


def test_notices_to_a_pipe_that_nobody_reads_are_not_waited_for() -> None:
    """A pipe holds 64 KB; after that a write would block forever."""
    script = (
        "from imagineart_desktop.support import flush_notices, print_notice\n"
        "for _ in range(300): print_notice('x' * 1000)\n"
        "flush_notices()\n"
    )
    stuck = subprocess.Popen([sys.executable, "-c", script], stderr=subprocess.PIPE, env=ENVIRONMENT)  # noqa: S603
    assert stuck.wait() == 0
    assert stuck.stderr is not None
    stuck.stderr.close()


def test_text_that_an_output_cannot_encode_is_written_all_the_same() -> None:
    script = "from imagineart_desktop.support import flush_notices, print_notice, write_stdout\n"
    script += "print_notice('ä\\U0001f600\\udcff'); flush_notices(); print(write_stdout('ä\\udcff'))\n"
    written = shell(f"PYTHONIOENCODING=ascii:strict @python -c {shlex.quote(script)}")
    assert (written.stdout, written.stderr) == ("\\xe4\\udcffNone\n", "\\xe4\\U0001f600\\udcff\n")
