"""Prices come from the service once the program is live; Demo's answers are displayed but not saved."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from imagineart_desktop.demo import FAST_TIMING, DemoServer
from imagineart_desktop.fal import FAL_HOSTS, Hosts
from imagineart_desktop.models import BUILT_IN, IDEOGRAM_V2_EDIT, IMAGINEART_15_PRO, ModelRegistry, ModelSpec
from imagineart_desktop.models.added_models import load_models
from imagineart_desktop.models.facts import facts_file
from imagineart_desktop.models.price_rule import FixedPrice
from imagineart_desktop.places import AppPaths
from imagineart_desktop.studio import open_core
from imagineart_desktop.workspace.model_list import ModelList
from imagineart_desktop.workspace.model_updates import ModelUpdates
from tests.waiting import until

pytestmark = pytest.mark.asyncio

V2 = IDEOGRAM_V2_EDIT.endpoint


@pytest.fixture(autouse=True)
def no_key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "keyring.backends.null.Keyring")
    monkeypatch.delenv("FAL_KEY", raising=False)
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")


def dearer() -> ModelRegistry:
    values = {name: getattr(IDEOGRAM_V2_EDIT, name) for name in ModelSpec.model_fields}
    changed = ModelSpec(**{**values, "price_rule": FixedPrice(amount=Decimal("0.1"))})
    return ModelRegistry([changed if model.endpoint == V2 else model for model in BUILT_IN])


@asynccontextmanager
async def updating(places: AppPaths, hosts: Hosts = FAL_HOSTS) -> AsyncIterator[ModelUpdates]:
    async with open_core(places, live_hosts=hosts) as core:
        yield ModelUpdates(ModelList(core.library.models, places.models), core.account)


async def test_the_prices_of_the_service_are_read_once_it_is_connected_and_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    places = AppPaths.below(tmp_path)
    with DemoServer(tmp_path / "fal", pace=FAST_TIMING, models=dearer()) as fal:
        monkeypatch.setenv("FAL_KEY", fal.key)
        at = fal.hosts
        async with updating(places, Hosts(at.run, at.queue, at.rest, at.cdn, at.api, at.home)) as updates:
            models, changes = updates.models.models, []
            updates.models.changed.connect(lambda: changes.append(models.get(V2).price_read_on))
            updates.follow()
            await until(lambda: changes)
            assert changes == [date.today()]
            assert models.get(V2).price_rule == FixedPrice(amount=Decimal("0.1"))
            assert models.facts(V2).unit_price(date.today()) == Decimal("0.1")
            assert models.get(IMAGINEART_15_PRO.endpoint).price_rule == IMAGINEART_15_PRO.price_rule
            assert fal.counts["requests:facts"] == 1
            checked = await updates.check()
            assert {each.problem for each in checked} == {""}
            assert [each.model.endpoint for each in checked if each.changes] == []
            assert fal.counts["requests:facts"] == 2 + 2 * len(BUILT_IN)
    assert load_models(places.models).get(V2).price_read_on == date.today()


async def test_the_prices_are_read_once_a_day(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    places = AppPaths.below(tmp_path)
    days = [date(2026, 11, 28)]
    with DemoServer(tmp_path / "fal", pace=FAST_TIMING) as fal:
        monkeypatch.setenv("FAL_KEY", fal.key)
        at = fal.hosts
        hosts = Hosts(at.run, at.queue, at.rest, at.cdn, at.api, at.home)
        async with open_core(places, live_hosts=hosts) as core:
            updates = ModelUpdates(ModelList(core.library.models, places.models), core.account, lambda: days[-1])
            updates.follow()
            await until(lambda: core.library.models.get(V2).price_read_on == days[-1])
            updates.read_if_due()
            days.append(date(2026, 11, 29))
            updates.read_if_due()
            await until(lambda: core.library.models.get(V2).price_read_on == days[-1])
            assert fal.counts["requests:facts"] == 2
            (price,) = core.library.models.facts(V2).prices
            assert price.since == days[0]


async def test_what_the_demo_says_is_told_but_not_kept(tmp_path: Path) -> None:
    places = AppPaths.below(tmp_path)
    async with updating(places) as updates:
        updates.follow()
        checked = await updates.check()
        assert [(each.changes, each.problem) for each in checked] == [((), "")] * len(BUILT_IN)
        assert updates.models.models.get(V2).price_read_on is None
    assert not facts_file(places.models).exists()
