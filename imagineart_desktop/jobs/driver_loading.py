"""Loads what drives jobs, once a service is connected."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagineart_desktop.fal import Service

if TYPE_CHECKING:
    from imagineart_desktop.fal import NetworkSettings
    from imagineart_desktop.jobs.driver import Driver


def load_driver(service: Service) -> tuple[type[Driver], NetworkSettings]:
    """Import the HTTP client code and read the environment for a service. Blocks: call it in a thread.

    Imported here because neither the window nor most commands need it before they connect.
    """
    from imagineart_desktop.fal import prepare
    from imagineart_desktop.jobs.driver import Driver

    return Driver, prepare(service)
