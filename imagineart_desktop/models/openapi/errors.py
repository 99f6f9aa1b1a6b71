"""The error of documents that can't be used."""

from __future__ import annotations

from imagineart_desktop.support.errors import UserError


class OpenApiError(UserError):
    """The document of a model can't be used. The message is a sentence that says what's wrong in it, and where."""
