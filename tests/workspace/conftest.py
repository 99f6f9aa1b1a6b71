"""Fixtures for tests of the workspace: unmarked `async def` run in Qt's and asyncio's common loop, without a window."""

from __future__ import annotations

import gc
import inspect
import os

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
os.environ["PYTHON_KEYRING_BACKEND"] = "keyring.backends.null.Keyring"
os.environ.pop("FAL_KEY", None)

import pytest

from imagineart_desktop.app import make_application
from imagineart_desktop.workspace.event_loop import run


@pytest.hookimpl(tryfirst=True)
def pytest_pyfunc_call(pyfuncitem: pytest.Function) -> bool | None:
    if not inspect.iscoroutinefunction(pyfuncitem.obj) or pyfuncitem.get_closest_marker("asyncio"):
        return None
    arguments = {name: pyfuncitem.funcargs[name] for name in pyfuncitem._fixtureinfo.argnames}

    async def main() -> int:
        await pyfuncitem.obj(**arguments)
        # Sessions are full of cycles. Collected later, maybe in a worker thread, their timers would crash the process.
        gc.collect()
        return 0

    # Nothing here needs more than a QCoreApplication, but tests of the window may follow in this process.
    run(make_application(), main())
    return True
