"""Keeps up with what the service says of the models: its prices once it's connected, everything else when asked."""

from __future__ import annotations

import asyncio
import logging
from datetime import date

from PySide6.QtCore import QObject

from imagineart_desktop import fal
from imagineart_desktop.fal import FalError, Service, ServiceKind
from imagineart_desktop.jobs import ServiceConnection
from imagineart_desktop.workspace.added_models import AddedModelError
from imagineart_desktop.workspace.background import spawn_owned
from imagineart_desktop.workspace.model_check import CheckedModel, check_models, with_unit_price
from imagineart_desktop.workspace.model_list import ModelList

log = logging.getLogger(__name__)


class ModelUpdates(QObject):
    """Asks the service that receives new jobs. What Demo says is told, but not kept: its prices aren't charged."""

    def __init__(self, models: ModelList, account: ServiceConnection) -> None:
        super().__init__(models)
        self.models = models
        self._account = account
        self._asked: Service | None = None
        """The service whose prices were read last."""

    def follow(self) -> None:
        """Read the prices now and whenever the program goes live."""
        self._account.subscribe(self._read_once)
        self._read_once()

    def _read_once(self) -> None:
        service = self._account.service
        if service is not None and service.kind is ServiceKind.LIVE and service != self._asked:
            self._asked = service
            spawn_owned(self, self._read_prices(service))

    async def _read_prices(self, service: Service) -> None:
        """Read the prices of units. If they can't be had, those that are known stay."""
        models, today = list(self.models.models), date.today()
        try:
            async with fal.FalClient(service, environment=await asyncio.to_thread(fal.prepare, service)) as client:
                units = await client.unit_prices([model.endpoint for model in models])
            facts = self.models.models.facts
            await self.models.keep_facts(
                {
                    model.endpoint: with_unit_price(model, facts(model.endpoint), unit, today)
                    for model in models
                    if (unit := units.get(model.endpoint)) is not None
                }
            )
        except (FalError, AddedModelError) as error:
            log.info("prices not read: %s", error)

    async def check(self) -> list[CheckedModel]:
        """Compare all models with what the service publishes about them, and keep their prices. Raises UserError."""
        await self._account.settled.wait()
        service = self._account.service
        models = self.models.models
        if service is None:
            raise AddedModelError("This window isn’t connected to fal.ai. Use the window that has the library open.")
        pages = fal.PublicPages(service.hosts.home, service.hosts.api, service.kind)
        async with fal.FalClient(service, environment=await asyncio.to_thread(fal.prepare, service)) as client:
            checked = await check_models(models, list(models), pages, client, date.today())
        if service.kind is ServiceKind.LIVE:
            await self.models.keep_facts({each.model.endpoint: each.facts for each in checked if not each.problem})
        return checked
