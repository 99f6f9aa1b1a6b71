"""The program through fal's own published proxy package, running in node on this machine."""

from __future__ import annotations

import asyncio
import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import Any

from pydantic import SecretStr

from imagineart_desktop.demo import FAST_TIMING, DemoServer
from imagineart_desktop.fal import FalClient, Hosts, InvalidKeyError, Service, ServiceKind
from imagineart_desktop.imaging import encode_png, export_mask, new_mask
from imagineart_desktop.jobs import InputImage, JobState, Worker
from imagineart_desktop.library import Library
from imagineart_desktop.models import IDEOGRAM_V2_EDIT, IMAGINEART_20
from tests.fal.proxy_fixture import REAL, TOKEN
from tests.jobs.job_fixtures import HASTY, SMALL, outcome

PACKAGE = "@fal-ai/server-proxy@1.2.1"
_SCRIPT = Path(__file__).with_name("published_proxy.cjs")


def through_it() -> dict[str, Any]:
    """jobs: how many went through; done: how many ended well; refused: whether a wrong token is rejected.

    Empty with a reason under `skipped` if the package can't be installed.
    """
    npm, node = shutil.which("npm"), shutil.which("node")
    if npm is None or node is None:
        return {"skipped": "there is no npm here"}
    with tempfile.TemporaryDirectory(prefix="proxy-") as folder:
        install = [npm, "install", "--silent", "--no-audit", "--no-fund", "--prefix", folder, PACKAGE]
        if subprocess.run(install, check=False, capture_output=True, timeout=180).returncode:  # noqa: S603 - npm
            return {"skipped": f"npm could not install {PACKAGE}"}
        with DemoServer(Path(folder) / "demo", pace=FAST_TIMING) as server:
            package = str(Path(folder) / "node_modules" / "@fal-ai" / "server-proxy")
            base = server.hosts.run.removesuffix("/run")
            command = [node, str(_SCRIPT), package, base, server.key, TOKEN]
            proxy = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)  # noqa: S603 - node
            try:
                assert proxy.stdout is not None
                url = f"http://127.0.0.1:{int(proxy.stdout.readline())}/api/fal/proxy"
                return asyncio.run(_work(Path(folder) / "library", server, url))
            finally:
                proxy.terminate()
                proxy.wait()


async def _work(root: Path, server: DemoServer, url: str) -> dict[str, Any]:
    hosts = Hosts(REAL["run"], REAL["queue"], REAL["rest"], server.hosts.cdn, "https://api.fal.ai")
    refused = False
    async with FalClient(Service(ServiceKind.LIVE, hosts, SecretStr("wrong"), url)) as client:
        try:
            await client.test()
        except InvalidKeyError:
            refused = True
    library = Library(root)
    worker = Worker(library, rules=HASTY)
    await worker.connect(Service(ServiceKind.LIVE, hosts, SecretStr(TOKEN), url))
    mask = new_mask((64, 48))
    mask[10:20, 10:30] = 255
    pixels = mask[:, :, None].repeat(3, axis=2)
    sent = {"image_url": [InputImage(encode_png(pixels))], "mask_url": [InputImage(export_mask(mask, 0))]}
    jobs = await worker.add(IDEOGRAM_V2_EDIT, ServiceKind.LIVE, {"prompt": "a pot"}, sent)
    jobs += await worker.add(IMAGINEART_20, ServiceKind.LIVE, SMALL, seeds=(1, 2, 3))
    ended = await asyncio.gather(*(outcome(worker, job) for job in jobs))
    await worker.stop()
    library.close()
    return {
        "jobs": len(jobs),
        "done": sum(event.job.state is JobState.DONE for event in ended),
        "refused": refused,
        "submissions": server.counts["submissions"],
    }
