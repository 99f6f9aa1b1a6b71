"""A check compares the models with what the service publishes, over real connections, and changes none of them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from pydantic import SecretStr

from imagineart_desktop.demo import FAST_TIMING, DemoServer, Fault
from imagineart_desktop.fal import FalClient, Hosts, PublicPages, Service, ServiceKind
from imagineart_desktop.models import (
    BUILT_IN,
    IDEOGRAM_V2_EDIT,
    IDEOGRAM_V3,
    IMAGINEART_20,
    FieldKind,
    FieldSpec,
    ModelRegistry,
    ModelSpec,
)
from imagineart_desktop.models.facts import ModelFacts
from imagineart_desktop.models.price_rule import FixedPrice, OptionPrice
from imagineart_desktop.workspace.model_check import CheckedModel, check_models

pytestmark = pytest.mark.asyncio

TODAY = date(2026, 11, 28)


def altered(model: ModelSpec, **changes: object) -> ModelSpec:
    values = {name: getattr(model, name) for name in ModelSpec.model_fields}
    return ModelSpec(**{**values, **changes})


@contextmanager
def serving(folder: Path, *models: ModelSpec) -> Iterator[DemoServer]:
    """A server in place of fal.ai that serves these models."""
    with DemoServer(folder / "service", pace=FAST_TIMING, models=ModelRegistry(models)) as server:
        yield server


def pages_of(server: DemoServer) -> PublicPages:
    return PublicPages(server.hosts.home, server.hosts.api, ServiceKind.DEMO)


def client_of(server: DemoServer) -> FalClient:
    at = server.hosts
    hosts = Hosts(at.run, at.queue, at.rest, at.cdn, at.api, at.home)
    return FalClient(Service(ServiceKind.DEMO, hosts, SecretStr(server.key)))


async def checked(server: DemoServer, *models: ModelSpec, registry: ModelRegistry | None = None) -> list[CheckedModel]:
    return await check_models(registry or ModelRegistry(), models, pages_of(server), None, TODAY)


async def test_every_built_in_model_is_as_the_demo_publishes_it_and_no_key_is_sent(demo: DemoServer) -> None:
    found = await checked(demo, *BUILT_IN)
    assert [(each.problem, each.changes) for each in found] == [("", ())] * len(BUILT_IN)
    priced = [each for each in found if each.model.price_rule.range is not None]
    assert [each.facts.price_rule for each in priced] == [each.model.price_rule for each in priced]
    assert {each.facts.price_read_on for each in priced} == {TODAY}


async def test_changed_fields_prices_and_status_are_told_and_the_day_is_kept(tmp_path: Path) -> None:
    rule = OptionPrice(
        field="rendering_speed",
        amounts={"TURBO": Decimal("0.03"), "BALANCED": Decimal("0.06"), "QUALITY": Decimal("0.12")},
    )
    fields = (*IDEOGRAM_V3.fields, FieldSpec(name="glow", kind=FieldKind.SWITCH, label="Glow", default=False))
    with serving(tmp_path, altered(IDEOGRAM_V3, price_rule=rule, fields=fields)) as server:
        (found,) = await checked(server, IDEOGRAM_V3)
    assert found.changes == (
        "New field: glow.",
        "The price is now $0.03 Turbo, $0.06 Balanced, $0.12 Quality;"
        " it was $0.03 Turbo, $0.06 Balanced, $0.09 Quality.",
    )
    assert found.facts == ModelFacts(
        checked_on=TODAY,
        price_words="Your request will cost $0.03 with TURBO, $0.06 with BALANCED, and $0.12 with QUALITY.",
        updated_at="2026-11-01T00:00:00Z",
    ).with_price(rule, TODAY)


async def test_the_price_of_a_unit_is_asked_with_the_key_and_prevails(tmp_path: Path) -> None:
    price = FixedPrice(amount=Decimal("0.0875"))
    with serving(tmp_path, altered(IDEOGRAM_V2_EDIT, price_rule=price), IMAGINEART_20) as server:
        async with client_of(server) as client:
            models = (IDEOGRAM_V2_EDIT, IMAGINEART_20, IDEOGRAM_V3)
            edit, tiered, unknown = await check_models(ModelRegistry(), models, pages_of(server), client, TODAY)
    assert edit.facts.price_rule == price
    assert edit.facts.unit_price(TODAY) == Decimal("0.0875")
    assert tiered.facts.unit_price(TODAY) is None
    assert unknown.problem == "fal.ai has no model “fal-ai/ideogram/v3”."
    assert unknown.facts == ModelFacts()


async def test_a_check_without_permission_to_ask_for_prices_has_those_of_the_pages(demo: DemoServer) -> None:
    at = demo.hosts
    hosts = Hosts(at.run, at.queue, at.rest, at.cdn, at.api, at.home)
    async with FalClient(Service(ServiceKind.DEMO, hosts, SecretStr("not:known"))) as client:
        (found,) = await check_models(ModelRegistry(), (IMAGINEART_20,), pages_of(demo), client, TODAY)
    assert found.facts.price_rule == IMAGINEART_20.price_rule


async def test_a_page_that_cannot_be_had_is_a_problem_of_its_model_alone(demo: DemoServer) -> None:
    for trouble, said in (
        ("status:code=500:times=2", "The service failed"),
        ("huge:times=2", "The answer of 127.0.0.1"),
    ):
        demo.order(Fault.parse(f"facts:{trouble}"))
        found = await checked(demo, IMAGINEART_20)
        assert found[0].problem.startswith(said)
        assert found[0].facts == ModelFacts()
    assert (await checked(demo, IMAGINEART_20))[0].problem == ""


async def test_offline_the_check_ends_with_a_sentence() -> None:
    nowhere = PublicPages("http://127.0.0.1:9/home", "http://127.0.0.1:9/api", ServiceKind.DEMO)
    (found,) = await check_models(ModelRegistry(), (IMAGINEART_20,), nowhere, None, TODAY)
    assert found.problem == "127.0.0.1 cannot be reached."
