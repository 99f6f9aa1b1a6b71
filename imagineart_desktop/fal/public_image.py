"""Download of an image from a public address that the user entered."""

from __future__ import annotations

import asyncio
import tempfile
from pathlib import Path
from urllib.parse import unquote, urlsplit

from imagineart_desktop.fal.download import Downloader
from imagineart_desktop.fal.http_client import prepare
from imagineart_desktop.fal.service import FAL_HOSTS, Service, ServiceKind

_LONGEST_NAME = 80


async def fetch_public_image(url: str) -> bytes:
    """Download an image from a public http(s) address, without sending a key. Raises FalError, OSError."""
    service = Service(ServiceKind.LIVE, FAL_HOSTS, None)
    downloader = Downloader(service, environment=await asyncio.to_thread(prepare, service))
    try:
        with tempfile.TemporaryDirectory() as folder:
            target = Path(folder) / "image"
            await downloader.fetch_public(url, target)
            return await asyncio.to_thread(target.read_bytes)
    finally:
        await downloader.aclose()


def name_from_url(url: str) -> str:
    """Return a name for the image at an address: the last part of its path, or its host."""
    try:
        parts = urlsplit(url)
        return (unquote(parts.path).rpartition("/")[2] or parts.hostname or "Image")[:_LONGEST_NAME]
    except ValueError:
        return "Image"
