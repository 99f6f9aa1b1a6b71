"""The key: stored in the keychain or the environment, sent to few hosts, shown to nobody."""

from __future__ import annotations

import asyncio
import threading
import traceback
from collections.abc import Iterable, Iterator
from pathlib import Path

import keyring
import pytest
from keyring.backend import KeyringBackend
from keyring.backends import fail, null
from keyring.errors import KeyringLocked
from pydantic import SecretStr

from imagineart_desktop.demo import DemoServer, Fault
from imagineart_desktop.fal import (
    FAL_HOSTS,
    FalClient,
    FalError,
    Hosts,
    NetworkSettings,
    Service,
    ServiceKind,
    UnsafeUrlError,
)
from imagineart_desktop.fal.key_store import (
    FoundSecret,
    KeySource,
    Secret,
    delete_secret,
    read_key,
    read_secret,
    save_secret,
)
from imagineart_desktop.jobs import ServiceConnection, Worker
from imagineart_desktop.library import Library
from imagineart_desktop.models import IMAGINEART_20
from imagineart_desktop.places import AppPaths
from imagineart_desktop.studio import open_core
from imagineart_desktop.support import start_logging, stop_logging
from tests.jobs.job_fixtures import SMALL, at_work, outcome
from tests.waiting import until

CANARY = "canary-id:9f8e7d6c5b4a39281706f5e4d3c2b1a0"


class Kept(KeyringBackend):
    """A keychain in memory."""

    priority = 1

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.held: dict[tuple[str, str], str] = {}

    def get_password(self, service: str, username: str) -> str | None:
        return self.held.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        self.held[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        del self.held[service, username]


class Failing(KeyringBackend):
    """A keychain whose calls raise."""

    priority = 1

    def __init__(self, error: Exception) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.error = error

    def get_password(self, service: str, username: str) -> str | None:
        raise self.error

    def set_password(self, service: str, username: str, password: str) -> None:
        raise self.error


class Stuck(KeyringBackend):
    """A keychain that waits for a prompt."""

    priority = 1

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.go_on = threading.Event()
        self.held: str | None = None

    def get_password(self, service: str, username: str) -> str | None:
        self.go_on.wait()
        return self.held

    def set_password(self, service: str, username: str, password: str) -> None:
        self.go_on.wait()


def join_all(threads: Iterable[threading.Thread]) -> None:
    for thread in threads:
        thread.join()


async def started(root: Path, demo: DemoServer) -> ServiceConnection:
    """Return the connection as it is after the program has started."""
    library = Library(root / "library")
    try:
        worker = Worker(library)
        account = ServiceConnection(worker, root / "demo", demo=demo)
        await account.start()
        return account
    finally:
        await worker.stop()
        library.close()


@pytest.fixture
def keychain(monkeypatch: pytest.MonkeyPatch) -> Iterator[Kept]:
    monkeypatch.delenv("FAL_KEY", raising=False)
    before = keyring.get_keyring()
    kept = Kept()
    keyring.set_keyring(kept)
    yield kept
    keyring.set_keyring(before)


def test_it_lies_in_the_keychain_and_nowhere_else(keychain: Kept, monkeypatch: pytest.MonkeyPatch) -> None:
    assert read_key() == FoundSecret(None)
    assert save_secret(Secret.KEY, SecretStr(CANARY))
    assert save_secret(Secret.PROXY_TOKEN, SecretStr("a-token"))
    assert list(keychain.held.values()) == [CANARY, "a-token"]
    found = read_key()
    assert found == FoundSecret(SecretStr(CANARY), KeySource.KEYCHAIN)
    assert CANARY not in f"{found!r} {found}"
    delete_secret(Secret.KEY)
    assert read_key() == FoundSecret(None)
    assert read_secret(Secret.PROXY_TOKEN).value == SecretStr("a-token")
    monkeypatch.setenv("FAL_KEY", f" {CANARY} ")
    assert read_key() == FoundSecret(SecretStr(CANARY), KeySource.ENVIRONMENT)


@pytest.mark.parametrize("backend", [fail.Keyring, null.Keyring])
def test_a_system_without_a_keychain_says_so(keychain: Kept, backend: type[KeyringBackend]) -> None:
    keyring.set_keyring(backend())
    assert not save_secret(Secret.KEY, SecretStr(CANARY))
    assert read_key() == FoundSecret(None)
    delete_secret(Secret.KEY)


@pytest.mark.parametrize("error", [RuntimeError("no D-Bus"), KeyringLocked("locked"), OSError(5, "I/O"), KeyError("x")])
def test_a_keychain_that_fails_counts_as_empty_and_is_named(keychain: Kept, error: Exception) -> None:
    keyring.set_keyring(Failing(error))
    found = read_key()
    assert found.value is None
    assert "keychain cannot be used" in found.finding
    assert not save_secret(Secret.KEY, SecretStr(CANARY))
    delete_secret(Secret.KEY)


@pytest.mark.asyncio
@pytest.mark.parametrize(
    "key", ["hidden", "hidden:", ":hidden", "hidden:two words", "ключ:hidden", "first\nhidden:line"]
)
async def test_with_an_unusable_variable_no_other_key_is_used(
    tmp_path: Path, demo: DemoServer, keychain: Kept, monkeypatch: pytest.MonkeyPatch, key: str
) -> None:
    save_secret(Secret.KEY, SecretStr(CANARY))
    monkeypatch.setenv("FAL_KEY", key)
    account = await started(tmp_path, demo)
    assert (account.kind, account.key_source) == (ServiceKind.DEMO, KeySource.NONE)
    (sentence,) = account.findings
    assert sentence.startswith("FAL_KEY is not a fal.ai key")
    assert "hidden" not in sentence


@pytest.mark.asyncio
async def test_a_kept_key_without_the_form_of_one_is_named_and_not_used(
    tmp_path: Path, demo: DemoServer, keychain: Kept
) -> None:
    save_secret(Secret.KEY, SecretStr("not a key"))
    account = await started(tmp_path, demo)
    assert account.kind is ServiceKind.DEMO
    assert "not a key" not in account.key_finding
    assert "keychain is not a fal.ai key" in account.key_finding


@pytest.mark.asyncio
@pytest.mark.parametrize("chosen", [False, True])
async def test_demo_does_not_wait_for_a_keychain_that_does_not_answer_and_live_works_once_it_does(
    tmp_path: Path, demo: DemoServer, keychain: Kept, monkeypatch: pytest.MonkeyPatch, chosen: bool
) -> None:
    """chosen: the user made another choice meanwhile, which a late key doesn't override."""
    stuck = Stuck()
    stuck.held = "late:key"
    keyring.set_keyring(stuck)
    at = demo.hosts
    hosts = Hosts(at.run, at.queue, at.rest, at.cdn, at.api)
    try:
        async with open_core(AppPaths.below(tmp_path), demo=demo, live_hosts=hosts, key_wait=0.0) as parts:
            account = parts.account
            assert account.kind is ServiceKind.DEMO
            (finding,) = account.findings
            assert "keychain doesn’t answer" in finding
            assert len(await parts.worker.add(IMAGINEART_20, account.kind, {"prompt": "a cup"}, None, [1])) == 1
            told: list[ServiceKind] = []
            account.subscribe(lambda: told.append(account.kind))
            if chosen:
                monkeypatch.setattr("imagineart_desktop.jobs.connection._KEYCHAIN_SECONDS", 0.05)
                await account.leave()
            stuck.go_on.set()
            late = [thread for thread in threading.enumerate() if thread.name == "keychain"]
            await asyncio.to_thread(join_all, late)
            await asyncio.sleep(0)
            if chosen:
                assert account.kind is ServiceKind.DEMO
            else:
                await until(lambda: told)
                assert (account.kind, account.key_source) == (ServiceKind.LIVE, KeySource.KEYCHAIN)
            assert account.findings == ()
    finally:
        stuck.go_on.set()


@pytest.mark.asyncio
@pytest.mark.parametrize("kept", ["late", None])
async def test_a_proxy_waits_for_its_token_and_goes_without_one_that_does_not_come(
    tmp_path: Path, demo: DemoServer, keychain: Kept, monkeypatch: pytest.MonkeyPatch, kept: str | None
) -> None:
    """None: the keychain doesn't answer within the time allowed for a prompt."""
    stuck, services = Stuck(), []
    stuck.held = kept
    keyring.set_keyring(stuck)
    connect = Worker.connect

    async def note(worker: Worker, service: Service) -> NetworkSettings:
        services.append(service)
        return await connect(worker, service)

    monkeypatch.setattr(Worker, "connect", note)
    monkeypatch.setattr("imagineart_desktop.jobs.connection._KEYCHAIN_SECONDS", 600.0 if kept else 0.0)
    try:
        async with open_core(
            AppPaths.below(tmp_path), demo=demo, proxy="http://localhost:1/api", key_wait=0.0
        ) as parts:
            account = parts.account
            assert (account.kind, account.key_source) == (ServiceKind.LIVE, KeySource.PROXY)
            (finding,) = account.findings
            assert "Demo" not in finding
            assert "keychain doesn’t answer" in finding
            if kept:
                assert "requests wait" in finding
                assert services == []
            else:
                await until(lambda: services)
                await until(lambda: account.findings[0] != finding)
                assert "requests go without it" in account.findings[0]
            stuck.go_on.set()
            await until(lambda: not account.findings)
            assert services[-1].proxy == "http://localhost:1/api"
            assert services[-1].key == (SecretStr(kept) if kept else None)
    finally:
        stuck.go_on.set()


@pytest.mark.asyncio
async def test_an_error_of_a_late_key_is_shown_and_an_early_end_leaves_nothing_pending(
    tmp_path: Path, demo: DemoServer, keychain: Kept, monkeypatch: pytest.MonkeyPatch
) -> None:
    stuck, errors = Stuck(), []
    stuck.held = "late:key"
    keyring.set_keyring(stuck)

    async def fail(worker: Worker, service: Service) -> None:
        raise OSError(service.kind)

    asyncio.get_running_loop().set_exception_handler(lambda _loop, context: errors.append(context["exception"]))
    library = Library(tmp_path / "library")
    worker = Worker(library)
    try:
        starting = asyncio.create_task(ServiceConnection(worker, tmp_path / "demo", demo=demo).start())
        await until(lambda: any(thread.name == "keychain" for thread in threading.enumerate()))
        starting.cancel()
        await asyncio.wait([starting])
        await asyncio.sleep(0)
        assert asyncio.all_tasks() == {asyncio.current_task()}
        account = ServiceConnection(worker, tmp_path / "demo", demo=demo, key_wait=0.0)
        await account.start()
        monkeypatch.setattr(Worker, "connect", fail)
        stuck.go_on.set()
        await until(lambda: errors)
        assert [error.args for error in errors] == [(ServiceKind.LIVE,)]
        await account.stop()
    finally:
        stuck.go_on.set()
        await worker.stop()
        library.close()


@pytest.mark.parametrize(
    ("url", "may"),
    [
        ("https://fal.run/x", True),
        ("https://queue.fal.run/x", True),
        ("https://gateway.queue.fal.run/x", True),
        ("https://queue.falrun.com/x", True),
        ("https://rest.fal.ai/x", True),
        ("https://api.fal.ai/v1", True),
        ("https://v3.fal.media/files/x", False),
        ("https://fal.ai/x", False),
        ("https://evil.rest.fal.ai/x", False),
        ("http://queue.fal.run/x", False),
        ("https://queue.fal.run:8443/x", False),
        ("https://me:you@gateway.fal.run/x", False),
        ("https://notfal.run/x", False),
        ("https://fal.run.evil.example/x", False),
        ("https://evil.example/fal.run", False),
        ("https://evil.example#.fal.run", False),
        ("https://evil.example?.fal.run", False),
        ("//queue.fal.run/x", False),
        ("", False),
    ],
)
def test_it_is_sent_to_few(url: str, may: bool) -> None:
    service = Service(ServiceKind.LIVE, FAL_HOSTS, SecretStr(CANARY))
    assert service.may_receive_key(url) is may
    if may:
        assert service.route(url) == (url, {"Authorization": f"Key {CANARY}"})
    else:
        with pytest.raises(ValueError, match=r".*"):
            service.route(url)
    assert CANARY not in repr(service)


@pytest.mark.asyncio
async def test_an_answer_that_names_a_foreign_address_is_not_followed() -> None:
    """Status, result and cancel URLs come from the service; a foreign one is neither called nor sent the key."""
    async with FalClient(Service(ServiceKind.LIVE, FAL_HOSTS, SecretStr(CANARY))) as client:
        for work in (client.status, client.result, client.cancel):
            with pytest.raises(UnsafeUrlError):
                await work("https://evil.example/requests/1")


@pytest.mark.asyncio
async def test_it_does_not_follow_a_redirect(demo: DemoServer) -> None:
    seen: list[bytes] = []

    async def note(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        seen.append(await reader.read(4096))
        writer.close()

    elsewhere = await asyncio.start_server(note, "127.0.0.1", 0)
    address = f"http://127.0.0.1:{elsewhere.sockets[0].getsockname()[1]}/x"
    demo.order(Fault.parse(f"any:redirect:to={address}"))
    at = demo.hosts
    service = Service(ServiceKind.LIVE, Hosts(at.run, at.queue, at.rest, at.cdn, at.api), SecretStr(demo.key))
    async with FalClient(service) as client:
        urls = client.build_urls(IMAGINEART_20.app, "r")
        for work in (
            client.submit(IMAGINEART_20.endpoint, SMALL),
            client.status(urls.status_url),
            client.result(urls.response_url),
            client.cancel(urls.cancel_url),
            client.upload_token(),
        ):
            with pytest.raises(FalError):
                await work
    elsewhere.close()
    assert not seen


@pytest.mark.asyncio
async def test_it_is_in_no_file_no_log_and_no_traceback(
    tmp_path: Path, demo: DemoServer, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG")
    start_logging(tmp_path / "logs")
    secret = demo.key.partition(":")[2]
    try:
        demo.order(Fault.parse("status:status:code=500:share=0.3"), Fault.parse("file:cut_inside:nth=1"))
        async with at_work(tmp_path, demo) as (worker, _):
            (job,) = await worker.add(IMAGINEART_20, ServiceKind.DEMO, SMALL)
            await outcome(worker, job)
        at = demo.hosts
        service = Service(ServiceKind.LIVE, Hosts(at.run, at.queue, at.rest, at.cdn, at.api), SecretStr(demo.key))
        demo.order(Fault.parse("any:refuse"))
        async with FalClient(service) as client:
            with pytest.raises(FalError) as caught:
                await client.submit(IMAGINEART_20.endpoint, SMALL)
            assert secret not in "".join(traceback.format_exception(caught.value))
    finally:
        stop_logging()
    assert secret not in caplog.text
    holding = [path for path in tmp_path.rglob("*") if path.is_file() and secret.encode() in path.read_bytes()]
    assert not holding
