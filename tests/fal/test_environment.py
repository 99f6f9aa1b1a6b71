"""The environment's network settings, read in one place; unusable ones are reported without their value."""

from __future__ import annotations

import os
import ssl
import sys
from pathlib import Path

import certifi
import pytest

from imagineart_desktop.fal.environment import Proxy, parse_proxy, read_environment
from imagineart_desktop.fal.no_proxy import NoProxy

SECRET = "top-secret"  # noqa: S105 - looked for in what is said


@pytest.mark.parametrize(
    ("text", "proxy"),
    [
        ("http://proxy.example:3128", Proxy("http", "proxy.example", 3128)),
        ("  http://proxy.example:3128/ \n", Proxy("http", "proxy.example", 3128)),
        ('"http://Proxy.Example."', Proxy("http", "proxy.example", 80)),
        ("proxy.example:3128", Proxy("http", "proxy.example", 3128)),
        ("HTTPS://proxy.example", Proxy("https", "proxy.example", 443)),
        ("socks://127.0.0.1:1080/", Proxy("socks5", "127.0.0.1", 1080)),
        ("socks5://proxy", Proxy("socks5", "proxy", 1080)),
        ("socks5h://[::1]:9050", Proxy("socks5", "::1", 9050)),
        ("http://::1", Proxy("http", "::1", 80)),
        ("http://me:a#b/c?d@e:f%40@proxy:1", Proxy("http", "proxy", 1, "me", "a#b/c?d@e:f@")),
        ("http://me@proxy:1", Proxy("http", "proxy", 1, "me")),
        ("http://bücher.example:1", Proxy("http", "xn--bcher-kva.example", 1)),
    ],
)
def test_a_proxy_is_read_as_it_is_meant(text: str, proxy: Proxy) -> None:
    assert parse_proxy(text) == proxy


@pytest.mark.parametrize("name", ["ALL_PROXY", "all_proxy", "HTTPS_PROXY", "https_proxy", "http_proxy"])
@pytest.mark.parametrize(
    "value",
    [
        f"socks4://me:{SECRET}@proxy:1",
        f"ftp://me:{SECRET}@proxy",
        f"http://me:{SECRET}@",
        f"http://me:{SECRET}@:3128",
        f"http://me:{SECRET}@proxy:port",
        f"http://me:{SECRET}@proxy:99999",
        f"http://me:{SECRET}@proxy:²",
        f"http://me:{SECRET}@[::1",
        f"http://me:{SECRET}@[nothing]:1",
        f"http://me:{SECRET}@a b:1",
        f"http://me:{SECRET}@{'a' * 300}:1",
        f"socks5://me:{SECRET}{'x' * 300}@proxy:1",
        "://",
        ":",
        "http://",
        "\udcff",
    ],
)
def test_a_proxy_that_cannot_be_used_is_named_but_not_shown(name: str, value: str) -> None:
    environment = read_environment({name: value})
    assert not environment.proxies
    (sentence,) = environment.findings
    assert sentence.startswith(f"{name} cannot be used: ")
    assert SECRET not in sentence


def test_the_variables_of_a_scheme_come_before_the_one_for_all_and_lower_case_before_upper() -> None:
    read = read_environment(
        {"ALL_PROXY": "http://all:1", "HTTPS_PROXY": "http://upper:1", "https_proxy": "http://low:1"}
    )
    assert read.proxies == {"http": Proxy("http", "all", 1), "https": Proxy("http", "low", 1)}
    assert not read_environment({"https_proxy": "", "HTTPS_PROXY": "http://upper:1"}).proxies
    assert not read_environment({"HTTP_PROXY": "http://header:1", "REQUEST_METHOD": "GET"}).proxies
    assert "secret" not in repr(parse_proxy("http://me:secret@proxy"))


@pytest.mark.parametrize(
    ("text", "covered", "others"),
    [
        ("*", ["fal.run:443", "10.0.0.1:80"], []),
        ("fal.run", ["fal.run:443", "queue.fal.run:443", "FAL.RUN.:443"], ["notfal.run:443", "fal.run.evil:443"]),
        (".fal.run", ["fal.run:443", "queue.fal.run:443"], ["notfal.run:443"]),
        ("*.fal.run", ["queue.fal.run:443"], ["notfal.run:443"]),
        ("fal.run:8443", ["fal.run:8443"], ["fal.run:443"]),
        ("10.0.0.0/8 192.168.1.1", ["10.9.8.7:1", "192.168.1.1:1"], ["11.0.0.1:1", "192.168.1.2:1"]),
        ("[::1],fd00::/8,[fe80::1]:80", ["fd12::1:443", "fe80::1:80"], ["fe80::1:443", "2001:db8::1:443"]),
        ("10.0.0.0/8", ["::ffff:10.0.0.1:443"], ["ten.example:443"]),
        (" a.example ,; b.example", ["a.example:1", "b.example:1"], ["c.example:1"]),
        ("https://a.example/", ["a.example:443"], []),
        ("fe80::/,10.0.0.1/", ["fe80:::443", "10.0.0.1:443"], ["fe80::1:443", "10.0.0.2:443"]),
        ("bücher.example", ["xn--bcher-kva.example:1"], []),
        ("", ["localhost:80", "127.0.0.1:80", "::1:80", "x.localhost:80"], ["fal.run:443"]),
    ],
)
def test_no_proxy_covers(text: str, covered: list[str], others: list[str]) -> None:
    read = NoProxy.parse(text)
    assert read.is_fully_parsed
    for place in (*covered, *others):
        host, _, port = place.rpartition(":")
        assert read.covers(host, int(port)) is (place in covered), place


@pytest.mark.asyncio
@pytest.mark.parametrize("text", ["[", "10.0.0.0/99", "a:b", "::::", "*.a.*", "[::1", "a/b", "\udcff", "fe80::/:80"])
async def test_an_entry_of_no_proxy_that_means_nothing_stops_nothing(text: str) -> None:
    read = read_environment({"NO_PROXY": f"{text},fal.run", "ALL_PROXY": "http://proxy:1"})
    assert await read.proxy_for("https", "fal.run", None) is None
    assert await read.proxy_for("https", "other.example", None) is not None
    assert all(sentence.startswith("NO_PROXY ") for sentence in read.findings)
    assert not read_environment({"NO_PROXY": text}).findings
    # If the proxy is unusable too, both are reported: NO_PROXY matters once the proxy is corrected.
    assert len(read_environment({"NO_PROXY": text, "ALL_PROXY": "http://[::"}).findings) == 2


def test_certificates_that_cannot_be_used_are_named_and_the_own_ones_taken(tmp_path: Path) -> None:
    empty, garbage, latin = tmp_path / "empty", tmp_path / "garbage", tmp_path / "latin"
    empty.touch()
    garbage.write_bytes(os.urandom(4_000))
    latin.write_text("-----BEGIN CERTIFICATE-----\nÄÖÜ\n-----END CERTIFICATE-----\n", "utf-8")
    odd = [str(tmp_path / "none"), str(tmp_path), str(empty), str(garbage), str(latin), "/dev/zero", "\udcff", "~/x"]
    if sys.platform != "win32":
        os.mkfifo(tmp_path / "fifo")
        odd.append(str(tmp_path / "fifo"))
    for value in odd:
        environment = read_environment({"SSL_CERT_FILE": value})
        (sentence,) = environment.findings
        assert sentence.startswith("SSL_CERT_FILE cannot be used: ")
        assert environment.tls.get_ca_certs()
    for value in (str(tmp_path / "none"), str(empty), os.pathsep, str(tmp_path / "none") + os.pathsep + str(empty)):
        (sentence,) = read_environment({"SSL_CERT_DIR": value}).findings
        assert sentence.startswith("SSL_CERT_DIR ")
        assert read_environment({"SSL_CERT_DIR": value}).tls.get_ca_certs()


def test_certificates_that_can_be_used_are_the_only_ones(tmp_path: Path) -> None:
    first = Path(certifi.where()).read_text("utf-8").partition("-----END CERTIFICATE-----\n")
    one = tmp_path / "one.pem"
    one.write_text(first[0] + first[1], "utf-8")
    environment = read_environment({"SSL_CERT_FILE": f" {one} ", "SSL_CERT_DIR": ""})
    assert not environment.findings
    assert len(environment.tls.get_ca_certs()) == 1
    assert environment.tls.verify_mode is ssl.CERT_REQUIRED
    assert environment.tls.check_hostname


def test_secrets_of_connections_are_written_nowhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SSLKEYLOGFILE", str(tmp_path / "keys.log"))
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "none"))
    assert read_environment().tls.keylog_filename is None
    assert not (tmp_path / "keys.log").exists()
