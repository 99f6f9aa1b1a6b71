"""The API key and the token of a team's proxy: from the environment or the system's keychain, and nowhere else.

The keychain's library looks through all that is installed when it is imported, so that is left until a key is wanted.
"""

from __future__ import annotations

import logging
import os
from enum import Enum, StrEnum

from pydantic import SecretStr

log = logging.getLogger(__name__)

ENVIRONMENT_NAME = "FAL_KEY"
_SERVICE = "ImagineArt Desktop"


class Secret(Enum):
    """What is kept; the value is its account in the keychain."""

    KEY = "fal.ai"
    PROXY_TOKEN = "team proxy"  # noqa: S105 - the name of an account


class KeySource(StrEnum):
    """What lets the program in."""

    NONE = "none"
    ENVIRONMENT = "environment"
    KEYCHAIN = "keychain"
    SESSION = "session"
    PROXY = "proxy"


class UnusableKeyError(ValueError):
    """The environment variable holds what cannot be a key; the text is a sentence that does not show it."""


def environment_key() -> SecretStr | None:
    """The key in the environment, if there is one. Raises UnusableKeyError for what no header can carry."""
    key = os.environ.get(ENVIRONMENT_NAME, "").strip()
    if not key:
        return None
    if not (key.isascii() and key.isprintable()):
        raise UnusableKeyError(f"{ENVIRONMENT_NAME} holds characters that no key has. Set it again.")
    return SecretStr(key)


def read_key() -> tuple[SecretStr | None, KeySource]:
    """The key, if there is one. May ask the keychain, so it belongs off the window's thread."""
    try:
        from_environment = environment_key()
    except UnusableKeyError as error:
        log.warning("%s", error)
        from_environment = None
    if from_environment is not None:
        return from_environment, KeySource.ENVIRONMENT
    kept = read_secret(Secret.KEY)
    return kept, KeySource.NONE if kept is None else KeySource.KEYCHAIN


def read_secret(secret: Secret) -> SecretStr | None:
    """What the keychain holds under this name."""
    import keyring.errors

    try:
        kept = keyring.get_password(_SERVICE, secret.value)
    except keyring.errors.KeyringError:
        return None
    return SecretStr(kept) if kept else None


def keep_secret(secret: Secret, value: SecretStr) -> bool:
    """Puts it into the keychain; False where there is none that takes it."""
    import keyring.errors

    try:
        keyring.set_password(_SERVICE, secret.value, value.get_secret_value())
        return keyring.get_password(_SERVICE, secret.value) == value.get_secret_value()
    except keyring.errors.KeyringError:
        return False


def forget_secret(secret: Secret) -> None:
    """Takes it out of the keychain."""
    import keyring.errors

    try:
        if keyring.get_password(_SERVICE, secret.value) is not None:
            keyring.delete_password(_SERVICE, secret.value)
    except keyring.errors.KeyringError:
        return
