"""The units that the service says it billed are used only if they can be a number of units."""

from __future__ import annotations

from decimal import Decimal

import pytest

from imagineart_desktop.fal import FalClient
from imagineart_desktop.models import parse_units
from tests.fal.test_client import http, rogue

ODD: list[object] = [
    "1e999",
    "-1e999",
    "NaN",
    "sNaN",
    "Infinity",
    "-1",
    "-0",
    "1e-999",
    "1" * 10_000,
    "0." + "1" * 10_000,
    "",
    " ",
    "\u0661\u0662",
    "1_000",
    "1,5",
    "0x10",
    "1e12",
    "one",
    "\x00",
    '"',
    None,
    [],
]


@pytest.mark.parametrize(
    ("told", "units"), [("1", "1"), ("1.50", "1.50"), ("0", "0"), (" 2 ", "2"), ("5e-05", "0.00005"), ("+3", "3")]
)
@pytest.mark.asyncio
async def test_units_are_kept_as_plain_numbers(told: str, units: str) -> None:
    answer = http("200 OK", '{"images": []}', f"x-fal-billable-units: {told}")
    async with rogue(answer) as (service, _), FalClient(service) as client:
        assert (await client.result(f"{service.hosts.queue}/a")).billable_units == units


@pytest.mark.parametrize("told", [word for word in ODD if isinstance(word, str) and "\x00" not in word])
@pytest.mark.asyncio
async def test_units_that_can_be_none_cost_no_result(told: str) -> None:
    answer = http("200 OK", '{"images": []}', f"x-fal-billable-units: {told}")
    async with rogue(answer) as (service, _), FalClient(service) as client:
        result = await client.result(f"{service.hosts.queue}/a")
    assert result.billable_units is None
    assert result.raw == '{"images": []}'


@pytest.mark.parametrize("value", ODD)
def test_what_can_be_no_units_is_none(value: object) -> None:
    assert parse_units(value) is None


def test_units_in_quotes_are_read_as_an_earlier_version_kept_them() -> None:
    assert parse_units('"1.5"') == Decimal("1.5")
