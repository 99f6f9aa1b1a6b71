"""Keeps up with what the service says of the models: its prices once it's connected, everything else when asked."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from datetime import date

from PySide6.QtCore import QObject
from PySide6.QtGui import QGuiApplication

from imagineart_desktop import fal
from imagineart_desktop.fal import FalError, Service, ServiceKind
from imagineart_desktop.jobs import ServiceConnection
from imagineart_desktop.workspace.added_models import AddedModelError
from imagineart_desktop.workspace.background import spawn_owned
from imagineart_desktop.workspace.model_check import CheckedModel, check_models, with_unit_price
from imagineart_desktop.workspace.model_list import ModelList

log = logging.getLogger(__name__)


class ModelUpdates(QObject):
    """Asks the service that receives new jobs. Demo's answers are displayed but not saved: its prices aren't charged.

    today: returns the day.
    """

    def __init__(self, models: ModelList, account: ServiceConnection, today: Callable[[], date] = date.today) -> None:
        super().__init__(models)
        self.models = models
        self._account = account
        self._today = today
        self._asked: tuple[Service, date] | None = None
        """The service whose prices were read last, and when."""

    def follow(self) -> None:
        """Read the prices now, whenever the program goes live, and once a day while it's used."""
        self._account.subscribe(self.read_if_due)
        if isinstance(application := QGuiApplication.instance(), QGuiApplication):
            application.applicationStateChanged.connect(self.read_if_due)
        self.read_if_due()

    def read_if_due(self) -> None:
        """Read the prices of the service unless that was done today."""
        service = self._account.service
        if service is not None and service.kind is ServiceKind.LIVE and self._asked != (service, self._today()):
            self._asked = service, self._today()
            spawn_owned(self, self._read_prices(service))

    async def _read_prices(self, service: Service) -> None:
        """Read the prices of units. If they can't be had, those that are known stay."""
        models, today = list(self.models.models), self._today()
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
            checked = await check_models(models, list(models), pages, client, self._today())
        if service.kind is ServiceKind.LIVE:
            await self.models.keep_facts({each.model.endpoint: each.facts for each in checked if not each.problem})
        return checked
