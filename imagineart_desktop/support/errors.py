"""The base of every error that is shown to the user."""

from __future__ import annotations

from imagineart_desktop.support.messages import Message


class UserError(Exception):
    """An error whose text is a sentence for the user.

    message: the sentence as a code with parameters. One that may be stored, as with a job or in a recipe, has a code of
    its own in `message_table`. A place that only shows what went wrong catches this; one that reacts to a certain error
    catches its class.
    """

    def __init__(self, message: Message | str = "") -> None:
        self.message = Message.of(message)
        super().__init__(self.message)

    def __str__(self) -> str:
        """Return the sentence."""
        return str(self.message)
