"""The command line where the environment of other programs is broken."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

BROKEN = {
    "SSL_CERT_FILE": "/nowhere/certificates.pem",
    "SSL_CERT_DIR": "/nowhere",
    "SSLKEYLOGFILE": "/nowhere/keys.log",
    "NO_PROXY": "[::1],[,fd00::/8",
    "HTTPS_PROXY": "http://me:hidden@[::",
    "ALL_PROXY": "socks://me:hidden@127.0.0.1:9",
    "HTTPX_LOG_LEVEL": "trace",
    "LC_ALL": "xx_YY.UTF-8",
    "PYTHON_KEYRING_BACKEND": "keyring.backends.null.Keyring",
}


def run(*arguments: str | Path, **variables: str) -> subprocess.CompletedProcess[str]:
    environment = {name: value for name, value in os.environ.items() if name != "FAL_KEY"} | BROKEN | variables
    command = [sys.executable, "-m", "imagineart_desktop", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, env=environment, check=False)  # noqa: S603


NAMED = ["LC_ALL", "HTTPS_PROXY", "NO_PROXY", "SSL_CERT_FILE", "SSL_CERT_DIR"]


def named(said: str) -> list[str]:
    """The variables that are named, one per line and before anything else."""
    words = [line.split(" ")[0] for line in said.splitlines()]
    return [word for word in words if word in BROKEN or word == "TZ"]


def test_the_demo_works_and_each_variable_is_named_once(tmp_path: Path) -> None:
    done = run(
        "generate", "--prompt", "a lake", "--resolution", "1K", "--aspect-ratio", "4:1",
        "--out", tmp_path / "out", "--data", tmp_path / "data", TZ="XYZ-25",
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["service"] == "demo"
    assert named(done.stderr) == ["TZ", *NAMED]
    # A busy machine may take more than a second to load the keychain, which is said then.
    said = [line.split(" ")[0] for line in done.stderr.splitlines() if "keychain" not in line]
    assert said[:6] == ["TZ", *NAMED]
    assert "hidden" not in done.stderr + done.stdout


def test_with_a_key_each_variable_is_named_once_and_no_password_shown(tmp_path: Path) -> None:
    done = run("resume", "--data", tmp_path / "data", FAL_KEY="id:secret")
    assert done.returncode == 0, done.stderr
    said = [line.split(" ")[0] for line in done.stderr.splitlines()]
    assert said == NAMED
    assert "hidden" not in done.stderr + done.stdout


@pytest.mark.parametrize("backend", ["nowhere.Keyring", "keyring.backends.SecretService.Keyring"])
def test_a_keychain_that_cannot_be_loaded_does_not_stop_the_demo(tmp_path: Path, backend: str) -> None:
    done = run(
        "resume", "--data", tmp_path / "data",
        PYTHON_KEYRING_BACKEND=backend, DBUS_SESSION_BUS_ADDRESS="unix:path=/nowhere",
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert "\nThe system’s keychain cannot be used." in done.stderr
