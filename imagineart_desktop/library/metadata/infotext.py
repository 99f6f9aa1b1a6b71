"""Parser for AUTOMATIC1111's generation parameters: prompt, negative prompt, and one line of settings.

Forge, SD.Next and ComfyUI's Civitai saver write the same format. See `create_infotext` in AUTOMATIC1111's
modules/processing.py, and `quote` in modules/infotext_utils.py.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field

_NEGATIVE = "Negative prompt:"
_TEMPLATES = ("Template:", "Negative Template:")
"""Lines that the Dynamic Prompts extension adds after the settings."""

_KEY = re.compile(r"\s*([A-Za-z][\w .\-/()]{0,60}?)\s*:(?:\s|$)\s*")
_FIRST_KEY = "Steps"
_MIN_SETTINGS = 3
_MAX_SETTINGS = 200
_CLOSING = {"{": "}", "[": "]"}


@dataclass(frozen=True, slots=True)
class Infotext:
    """Parsed parameters. settings: name → value, without quotes. The first value of a repeated name counts."""

    prompt: str
    negative: str = ""
    settings: dict[str, str] = field(default_factory=dict)


def parse_infotext(text: str) -> Infotext | None:
    """Parse generation parameters. Returns None if the text is something else."""
    lines = text.replace("\r\n", "\n").strip().split("\n")
    at = _settings_line(lines)
    if at is None:
        if not any(line.startswith(_NEGATIVE) for line in lines):
            return None
        return Infotext(*_prompts(lines))
    settings = parse_settings(lines[at])
    for name, value in _templates(lines[at + 1 :]).items():
        settings.setdefault(name, value)
    return Infotext(*_prompts(lines[:at]), settings)


def parse_settings(line: str) -> dict[str, str]:
    """Parse `Name: value, Name: value`. A value is plain up to the next comma, a JSON string, or a JSON object or list.

    Text after a comma that is not a name and a value is part of the previous value.
    """
    settings: dict[str, str] = {}
    name, at = "", 0
    while at < len(line) and len(settings) < _MAX_SETTINGS:
        key = _KEY.match(line, at)
        if key is None:
            end = _plain_end(line, at)
            if name:
                settings[name] = f"{settings[name]},{line[at:end]}".rstrip()
        else:
            value, end = _value(line, key.end())
            name = key[1] if key[1] not in settings else ""
            if name:
                settings[name] = value
        at = end + 1
    return settings


def _settings_line(lines: list[str]) -> int | None:
    """Return the index of the last line that starts with “Steps: number”, otherwise of the last line with settings."""
    for index in range(len(lines) - 1, -1, -1):
        key = _KEY.match(lines[index])
        if key is not None and key[1] == _FIRST_KEY and lines[index][key.end() : key.end() + 1].isdigit():
            return index
    last = len(lines) - 1
    while last > 0 and lines[last].startswith(_TEMPLATES):
        last -= 1
    # A negative prompt may read like settings, but it isn't.
    if lines[last].startswith(_NEGATIVE):
        return None
    return last if len(parse_settings(lines[last])) >= _MIN_SETTINGS else None


def _prompts(lines: list[str]) -> tuple[str, str]:
    """Return (prompt, negative prompt)."""
    for index, line in enumerate(lines):
        if line.startswith(_NEGATIVE):
            negative = [line.removeprefix(_NEGATIVE), *lines[index + 1 :]]
            return "\n".join(lines[:index]).strip(), "\n".join(negative).strip()
    return "\n".join(lines).strip(), ""


def _templates(lines: list[str]) -> dict[str, str]:
    """Read the templates after the settings; each may have several lines."""
    found: dict[str, str] = {}
    name = ""
    for line in lines:
        key = next((prefix for prefix in _TEMPLATES if line.startswith(prefix)), None)
        if key is not None:
            name = key.removesuffix(":")
            found[name] = line.removeprefix(key).strip()
        elif name:
            found[name] += f"\n{line}"
    return found


def _value(line: str, at: int) -> tuple[str, int]:
    """Return the value at `at` and the index of the comma after it, or the end of the line."""
    if line.startswith('"', at):
        end = _quoted_end(line, at)
        if end is not None:
            return _unquoted(line[at:end]), _plain_end(line, end)
    if line[at : at + 1] in _CLOSING:
        end = _nested_end(line, at)
        if end is not None:
            return line[at:end], _plain_end(line, end)
    end = _plain_end(line, at)
    return line[at:end].strip(), end


def _plain_end(line: str, at: int) -> int:
    comma = line.find(",", at)
    return len(line) if comma < 0 else comma


def _quoted_end(line: str, at: int) -> int | None:
    """Return the index after the closing quotation mark; None if there is none."""
    index = at + 1
    while index < len(line):
        if line[index] == "\\":
            index += 1
        elif line[index] == '"':
            return index + 1
        index += 1
    return None


def _nested_end(line: str, at: int) -> int | None:
    """Return the index after the matching closing bracket; None if there is none."""
    open_brackets: list[str] = []
    index = at
    while index < len(line):
        sign = line[index]
        if sign == '"':
            end = _quoted_end(line, index)
            if end is None:
                return None
            index = end
            continue
        if sign in _CLOSING:
            open_brackets.append(_CLOSING[sign])
        elif open_brackets and sign == open_brackets[-1]:
            open_brackets.pop()
            if not open_brackets:
                return index + 1
        index += 1
    return None


def _unquoted(text: str) -> str:
    try:
        return str(json.loads(text))
    except ValueError:
        return text[1:-1]
