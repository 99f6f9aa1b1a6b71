"""Types of JSON values, for what is stored or sent as it is."""

from __future__ import annotations

from typing import TypeAlias

JsonValue: TypeAlias = dict[str, "JsonValue"] | list["JsonValue"] | str | int | float | bool | None
"""Whatever `json.loads` returns."""

JsonObject: TypeAlias = dict[str, JsonValue]
