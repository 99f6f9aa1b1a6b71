"""Models from fal's OpenAPI documents: reads a document, and proposes the model that it describes."""

from imagineart_desktop.models.openapi.bounded import MAX_BYTES
from imagineart_desktop.models.openapi.document import EndpointDocument, read_document
from imagineart_desktop.models.openapi.errors import OpenApiError
from imagineart_desktop.models.openapi.proposal import ModelProposal, propose
from imagineart_desktop.models.openapi.roles import Roles

__all__ = [
    "MAX_BYTES",
    "EndpointDocument",
    "ModelProposal",
    "OpenApiError",
    "Roles",
    "propose",
    "read_document",
]
