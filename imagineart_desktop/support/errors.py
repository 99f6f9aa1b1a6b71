"""The base of every error that is shown to the user."""

from __future__ import annotations


class UserError(Exception):
    """An error whose text is a sentence for the user.

    A place that only shows what went wrong catches this; one that reacts to a certain error catches its class.
    """
