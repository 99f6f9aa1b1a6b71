"""fal's own clients against the demo server, side by side: the published JavaScript one in node, the Python one."""

from __future__ import annotations

import asyncio
import json
import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import Any

import fal_client

from imagineart_desktop.demo import CONTENT_POLICY, SLOW, DemoServer
from tests.reliability.python_client import ENDPOINT, INPUT, PACE, Side, inputs, pointed_at, tried

PACKAGE = "@fal-ai/client@1.10.1"
_SCRIPT = Path(__file__).with_suffix(".cjs")
_SECONDS = 600


def beside_fals_clients() -> dict[str, Any]:
    """clients: each one's features, `ok` or what differs; skipped: why the JavaScript client didn't run."""
    with (
        tempfile.TemporaryDirectory(prefix="clients-") as folder,
        DemoServer(Path(folder) / "demo", pace=PACE) as server,
    ):
        package, reason = _installed(Path(folder) / "node")
        clients = {"JavaScript": in_node(package, server)} if package is not None else {}
        with pointed_at(server):
            clients["Python"] = asyncio.run(tried(Side(fal_client.SyncClient(key=server.key), server)))
            clients["Python, asyncio"] = asyncio.run(tried(Side(fal_client.AsyncClient(key=server.key), server)))
    return {"clients": clients} | ({"skipped": reason} if reason else {})


def in_node(package: Path, server: DemoServer) -> dict[str, str]:
    """Return the JavaScript client's features, each `ok` or what differs."""
    base = server.hosts.run.removesuffix("/run")
    bodies = inputs() | {ENDPOINT: INPUT}
    words = {"inputs": bodies, "endpoint": ENDPOINT, "slow": SLOW, "refused": CONTENT_POLICY}
    done = subprocess.run(  # noqa: S603 - our own script
        [str(shutil.which("node")), str(_SCRIPT), str(package), base, server.key],
        check=False,
        input=json.dumps(words),
        capture_output=True,
        text=True,
        timeout=_SECONDS,
    )
    if done.returncode:
        return {"the script": done.stderr[-300:]}
    found: dict[str, str] = json.loads(done.stdout)
    return found


def _installed(folder: Path) -> tuple[Path | None, str]:
    """Return (the package's folder, why there is none)."""
    npm = shutil.which("npm")
    if npm is None or shutil.which("node") is None:
        return None, "there is no npm here"
    install = [npm, "install", "--silent", "--no-audit", "--no-fund", "--prefix", str(folder), PACKAGE]
    if subprocess.run(install, check=False, capture_output=True, timeout=180).returncode:  # noqa: S603 - npm
        return None, f"npm could not install {PACKAGE}"
    return folder / "node_modules" / "@fal-ai" / "client", ""
