"""What fal.ai publishes about a model: its OpenAPI document, its page as text, its entry in the list of models.

All of it is public: no key is sent.
"""

from __future__ import annotations

from dataclasses import dataclass

import httpx

from imagineart_desktop.fal.bounded_json import parse_off_thread
from imagineart_desktop.fal.errors import NoResponseError
from imagineart_desktop.fal.public_page import fetch_public_page
from imagineart_desktop.fal.responses import ListedModel, ModelListing
from imagineart_desktop.fal.service import HOME_PAGE, ServiceKind
from imagineart_desktop.support.messages import Message

_PATH = "/api/openapi/queue/openapi.json"
_MAX_LISTING = 2**20


@dataclass(frozen=True, slots=True)
class PublicPages:
    """Where the pages are. home: base URL of fal.ai's pages; api: of its platform API."""

    home: str
    api: str
    kind: ServiceKind = ServiceKind.LIVE

    async def model_page(self, endpoint: str, max_bytes: int) -> bytes:
        """Fetch the page of a model as text, of at most `max_bytes`. Raises FalError."""
        url = httpx.URL(f"{self.home}/models/{endpoint}/llms.txt")
        return await fetch_public_page(url, endpoint, max_bytes, self.kind)

    async def listed_model(self, endpoint: str) -> ListedModel | None:
        """Fetch a model's entry in the list of models; None if it isn't listed. Raises FalError."""
        url = httpx.URL(f"{self.api}/v1/models", params={"endpoint_id": endpoint})
        body = await fetch_public_page(url, endpoint, _MAX_LISTING, self.kind)
        try:
            listing = await parse_off_thread(ModelListing.read, body)
        except ValueError as error:
            raise NoResponseError(Message("fal.answer_unreadable")) from error
        return next((listed for listed in listing.models if listed.endpoint_id == endpoint), None)


async def fetch_model_document(endpoint: str, max_bytes: int, home: str = HOME_PAGE) -> bytes:
    """Fetch the document of an endpoint, of at most `max_bytes`. home: base URL. Raises FalError."""
    return await fetch_public_page(httpx.URL(f"{home}{_PATH}", params={"endpoint_id": endpoint}), endpoint, max_bytes)
