"""The API key: from the environment or the system's keychain, and nowhere else."""

from __future__ import annotations

import os
from enum import StrEnum

import keyring
from keyring.backends.fail import Keyring as NoKeyring
from keyring.errors import KeyringError
from pydantic import SecretStr

ENVIRONMENT_NAME = "FAL_KEY"
_SERVICE, _ACCOUNT = "ImagineArt Desktop", "fal.ai"


class KeySource(StrEnum):
    """Where the key in use comes from."""

    NONE = "none"
    ENVIRONMENT = "environment"
    KEYCHAIN = "keychain"
    SESSION = "session"


def read_key() -> tuple[SecretStr | None, KeySource]:
    """The key, if there is one. May ask the keychain, so it belongs off the window's thread."""
    from_environment = os.environ.get(ENVIRONMENT_NAME, "").strip()
    if from_environment:
        return SecretStr(from_environment), KeySource.ENVIRONMENT
    try:
        kept = keyring.get_password(_SERVICE, _ACCOUNT)
    except KeyringError:
        kept = None
    return (SecretStr(kept), KeySource.KEYCHAIN) if kept else (None, KeySource.NONE)


def has_keychain() -> bool:
    """Whether the system can keep a key."""
    return not isinstance(keyring.get_keyring(), NoKeyring)


def keep_key(key: SecretStr) -> bool:
    """Puts the key into the keychain; False where there is none that takes it."""
    try:
        keyring.set_password(_SERVICE, _ACCOUNT, key.get_secret_value())
    except KeyringError:
        return False
    return True


def forget_key() -> None:
    """Takes the key out of the keychain."""
    try:
        if keyring.get_password(_SERVICE, _ACCOUNT) is not None:
            keyring.delete_password(_SERVICE, _ACCOUNT)
    except KeyringError:
        return
