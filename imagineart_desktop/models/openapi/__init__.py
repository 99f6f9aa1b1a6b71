"""Models from fal's OpenAPI documents: reads a document, and proposes the model that it describes."""

from imagineart_desktop.models.openapi.document import EndpointDocument, read_document
from imagineart_desktop.models.openapi.errors import OpenApiError

__all__ = ["EndpointDocument", "OpenApiError", "read_document"]
