"""The base of rules that say, as data, what follows from the values of a request."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel, ConfigDict

Values = Mapping[str, Any]
"""Field → value of a request."""


class Rule(BaseModel):
    """A rule, JSON-able."""

    model_config = ConfigDict(frozen=True, extra="forbid")
