"""The API key and the token of a team's proxy, from the environment or the system's keychain and nowhere else.

A keychain may be missing, locked, misconfigured, or stuck in a prompt. It never stops the program: an exception from it
counts as an empty keychain. Its calls may block as long as a prompt is open, so make them with `support.run_detached`.
"""

from __future__ import annotations

import logging
import os
import re
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum, StrEnum
from types import ModuleType
from typing import TypeVar

from pydantic import SecretStr

from imagineart_desktop.support.errors import UserError

log = logging.getLogger(__name__)

T = TypeVar("T")

ENVIRONMENT_NAME = "FAL_KEY"
_SERVICE = "ImagineArt Desktop"
_KEY = re.compile(r"[^\s:]+:\S+")

_NOT_A_KEY = f"{ENVIRONMENT_NAME} is not a fal.ai key, which looks like id:secret. Set it again, or unset it."
_KEPT_IS_NO_KEY = "The key in the system’s keychain is not a fal.ai key. Enter it again in Settings → Account."
KEYCHAIN_TIMEOUT = "The system’s keychain doesn’t answer. Unlock it to use your fal.ai key; until then, this is Demo."


class Secret(Enum):
    """A stored secret; the value is the name of its account in the keychain."""

    KEY = "fal.ai"
    PROXY_TOKEN = "team proxy"  # noqa: S105 - the name of an account


_UNUSABLE_KEYCHAIN = {
    Secret.KEY: "The system’s keychain cannot be used. Set FAL_KEY, or enter the key in Settings → Account.",
    Secret.PROXY_TOKEN: "The system’s keychain cannot be used. Enter the proxy’s token again in Settings → Account.",
}


class KeySource(StrEnum):
    """Where the key comes from. PROXY: a team's proxy holds it."""

    NONE = "none"
    ENVIRONMENT = "environment"
    KEYCHAIN = "keychain"
    SESSION = "session"
    PROXY = "proxy"


class UnusableKeyError(UserError, ValueError):
    """FAL_KEY is set to something other than a key. The message doesn't quote it."""


class _KeychainError(Exception):
    """The keychain can't be used. Not raised on a system without one."""


@dataclass(frozen=True, slots=True)
class FoundSecret:
    """A key or token with its source. finding: a sentence about what can't be used; empty if all is well."""

    value: SecretStr | None
    source: KeySource = KeySource.NONE
    finding: str = ""


def is_header_safe(secret: str) -> bool:
    """Return whether an HTTP header can carry the secret."""
    return secret.isascii() and secret.isprintable()


def is_key(text: str) -> bool:
    """Return whether the text has the form of a fal.ai key: `id:secret`, in characters that a header can carry."""
    return is_header_safe(text) and _KEY.fullmatch(text) is not None


def environment_key() -> SecretStr | None:
    """Read FAL_KEY; None if it's unset or blank. Raises UnusableKeyError."""
    key = os.environ.get(ENVIRONMENT_NAME, "").strip()
    if not key:
        return None
    if not is_key(key):
        raise UnusableKeyError(_NOT_A_KEY)
    return SecretStr(key)


def read_key() -> FoundSecret:
    """Read the key from the environment, else from the keychain. May block: see the module.

    An unusable FAL_KEY yields no key at all: the one in the keychain may belong to another account, which would be
    billed.
    """
    try:
        key = environment_key()
    except UnusableKeyError as error:
        return FoundSecret(None, finding=str(error))
    if key is not None:
        return FoundSecret(key, KeySource.ENVIRONMENT)
    kept = read_secret(Secret.KEY)
    if kept.value is not None and not is_key(kept.value.get_secret_value()):
        return FoundSecret(None, finding=_KEPT_IS_NO_KEY)
    return kept


def read_secret(secret: Secret) -> FoundSecret:
    """Read a secret from the keychain. May block: see the module."""
    try:
        kept = _call_keychain(lambda keychain: keychain.get_password(_SERVICE, secret.value))
    except _KeychainError:
        return FoundSecret(None, finding=_UNUSABLE_KEYCHAIN[secret])
    return FoundSecret(SecretStr(kept), KeySource.KEYCHAIN) if kept else FoundSecret(None)


def save_secret(secret: Secret, value: SecretStr) -> bool:
    """Save a secret in the keychain. Returns whether it's there now. May block: see the module."""
    text = value.get_secret_value()

    def save(keychain: ModuleType) -> bool:
        keychain.set_password(_SERVICE, secret.value, text)
        return bool(keychain.get_password(_SERVICE, secret.value) == text)

    try:
        return bool(_call_keychain(save))
    except _KeychainError:
        return False


def delete_secret(secret: Secret) -> None:
    """Remove a secret from the keychain. May block: see the module."""

    def remove(keychain: ModuleType) -> None:
        if keychain.get_password(_SERVICE, secret.value) is not None:
            keychain.delete_password(_SERVICE, secret.value)

    try:
        _call_keychain(remove)
    except _KeychainError:
        return


def _call_keychain(work: Callable[[ModuleType], T]) -> T | None:
    """Call the keychain library; None if the system has no keychain. Raises _KeychainError for everything else.

    Importing the library scans all installed packages, so it's deferred until a key is needed. The import may fail too:
    it loads the backend that PYTHON_KEYRING_BACKEND names.
    """
    try:
        import keyring
        from keyring.errors import NoKeyringError
    except Exception as error:
        raise _keychain_error(error) from None
    try:
        return work(keyring)
    except NoKeyringError:
        return None
    except Exception as error:
        raise _keychain_error(error) from None


def _keychain_error(error: Exception) -> _KeychainError:
    # A backend's message may quote its arguments, so only the type is logged.
    log.warning("the keychain cannot be used: %s", type(error).__name__)
    return _KeychainError(type(error).__name__)
