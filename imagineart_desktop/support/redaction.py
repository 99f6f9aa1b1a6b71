"""Redaction of secrets in text. A last line of defense: no secret should get here in the first place."""

from __future__ import annotations

import re
from pathlib import Path

HIDDEN = "[hidden]"
_MIN_SECRET_LENGTH = 6
"""Minimum length of a secret, in characters; redacting a shorter one would hide everyday words."""

_PATTERNS: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(r"(?i)\b(authorization['\"]?\s*[:=]\s*['\"]?)(key|bearer|basic)\s+[^\s'\",}]+"), rf"\1\2 {HIDDEN}"),
    (re.compile(r"\b(Key|Bearer)\s+[A-Za-z0-9_\-.:=+/]{16,}"), rf"\1 {HIDDEN}"),
    (re.compile(r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}:[0-9a-fA-F]{16,}"), HIDDEN),
    (re.compile(r"(?i)\b(FAL_KEY\s*=\s*)\S+"), rf"\1{HIDDEN}"),
    (re.compile(r"(?i)([?&][^=&\s]*(?:sign|token|key|secret|credential)[^=&\s]*=)[^&\s'\"]+"), rf"\1{HIDDEN}"),
    (re.compile(r"\b(https?://)[^/\s:@]+:[^/\s@]+@"), rf"\1{HIDDEN}@"),
    (re.compile(r"\bdata:[a-z]+/[a-z0-9.+-]+;base64,[A-Za-z0-9+/=]+"), "data:[an image]"),
)

_protected: tuple[str, ...] = ()
"""Longest first, so that a secret containing another is hidden as a whole.

Replaced, never modified, because the log reads it in its own thread.
"""


def register_secret(secret: str) -> None:
    """Redact this text from now on, and also the secret half of an `id:secret`."""
    global _protected
    parts = {part for part in (secret, secret.rpartition(":")[2]) if len(part) >= _MIN_SECRET_LENGTH}
    _protected = tuple(sorted(parts.union(_protected), key=len, reverse=True))


def redact(text: str) -> str:
    """Return the text with secrets hidden and the user's home folder as ~."""
    for secret in _protected:
        text = text.replace(secret, HIDDEN)
    for pattern, instead in _PATTERNS:
        text = pattern.sub(instead, text)
    try:
        home = str(Path.home())
    except RuntimeError:
        # HOME isn't set, and the user isn't in the password database.
        return text
    return text.replace(home, "~") if len(home) > 1 else text
