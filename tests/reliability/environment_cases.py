"""Other people's environments, as cases: variables, locales, limits, streams, disks, inputs."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from tests.locales import compile_locales, variables_of

if sys.platform != "win32":
    import resource

PASSWORDS = ("hidden",)
"""Parts of passwords that the cases name; they may not be shown."""

_PROXY_VARIABLES = ("ALL_PROXY", "HTTP_PROXY", "HTTPS_PROXY")


@dataclass(frozen=True, slots=True)
class Case:
    """One environment. needs: "works" if it must produce a Demo image, "says" if a sentence, "either".

    variables: None removes one; limits: resource → value; data: mount options of the data folder; out, errors:
    "closed", "full" or "pipe" (whose other end is closed). arguments: of the command line, in place of a Demo image.
    """

    name: str
    variables: Mapping[str, str | None] = field(default_factory=dict)
    needs: str = "works"
    limits: Mapping[int, int] = field(default_factory=dict)
    data: str = ""
    out: str = ""
    errors: str = ""
    arguments: tuple[str, ...] = ()
    locale: str = ""

    @property
    def about_network(self) -> bool:
        """Return whether the sentence is about reaching fal.ai, which doesn't matter to the Demo."""
        return any("PROXY" in name.upper() or name.startswith(("SSL_", "REQUESTS_")) for name in self.variables)


def _variable_cases(folder: Path) -> list[Case]:
    garbage, empty = folder / "garbage.pem", folder / "empty.pem"
    garbage.write_bytes(b"\x00\xffno certificate" * 20)
    empty.touch()
    missing = str(folder / "missing.pem")
    cases = [
        Case(f"SSL_CERT_FILE {kind}", {"SSL_CERT_FILE": value})
        for kind, value in (("missing", missing), ("empty file", str(empty)), ("garbage", str(garbage)), ("empty", ""))
    ]
    cases += [
        Case("SSL_CERT_DIR missing", {"SSL_CERT_DIR": missing}),
        Case("SSL_CERT_DIR a file", {"SSL_CERT_DIR": str(garbage)}),
    ]
    cases += [Case("REQUESTS_CA_BUNDLE garbage", {"REQUESTS_CA_BUNDLE": str(garbage), "CURL_CA_BUNDLE": missing})]
    cases += [
        Case(f"NO_PROXY={value}", {"NO_PROXY": value, "no_proxy": value})
        for value in ("[::1]", "fe80::/10,::1", "*", "127.0.0.0/8, .example ,", "http://[", "ü.example")
    ]
    proxies: tuple[str, ...] = (
        "socks://127.0.0.1:9",
        "socks5://127.0.0.1:9",
        "socks5h://u:hidden%23w@127.0.0.1:9",
        "http://u:hidden#w@127.0.0.1:9",
    )
    proxies += (
        " http://127.0.0.1:9 ",
        "127.0.0.1:9",
        "http://",
        "ftp://127.0.0.1:9",
        "http://[::1",
        "\N{SNOWMAN}",
        "http://127.0.0.1:99999",
    )
    for value in proxies:
        cases.append(
            Case(f"all proxies {value!r}", dict.fromkeys((*_PROXY_VARIABLES, "all_proxy", "http_proxy"), value))
        )
    cases += [Case(f"{name} alone", {name: "socks5://127.0.0.1:9"}) for name in _PROXY_VARIABLES]
    return cases


def _place_cases(folder: Path) -> list[Case]:
    zones = ("Asia/Kathmandu", "Pacific/Kiritimati", ":/nowhere", "XYZ-25", "\x01", "")
    cases = [Case(f"TZ={zone!r}", {"TZ": zone}) for zone in zones]
    cases += [Case(f"LC_ALL={name}", {"LC_ALL": name, "LANG": name}) for name in ("C", "POSIX", "xx_XX.UTF-8")]
    for name in compile_locales():
        cases.append(Case(f"LC_ALL={name}", variables_of(name), locale=name[:5]))
    cases += [Case("no HOME", dict.fromkeys(("HOME", "XDG_DATA_HOME", "XDG_CONFIG_HOME", "USER"), None))]
    cases += [Case("HOME missing", {"HOME": str(folder / "nowhere"), "XDG_DATA_HOME": str(folder / "nowhere")})]
    cases += [Case("TMPDIR missing", {"TMPDIR": str(folder / "nowhere")})]
    cases += [Case("PYTHONIOENCODING=ascii", {"PYTHONIOENCODING": "ascii", "PYTHONUTF8": "0"})]
    return cases


def _system_cases(folder: Path) -> list[Case]:
    kinds = ("closed", "full", "pipe")
    cases = [Case(f"stdout {kind}", out=kind) for kind in kinds] + [
        Case(f"stderr {kind}", errors=kind) for kind in kinds
    ]
    cases += [Case("both closed", out="closed", errors="closed"), Case("both full", out="full", errors="full")]
    if sys.platform != "win32":
        cases += [Case("32 file descriptors", limits={resource.RLIMIT_NOFILE: 32})]
        cases += [Case("3 GB of address space", limits={resource.RLIMIT_AS: 3 * 2**30})]
    if shutil.which("unshare"):
        cases += [
            *(Case(f"data on a disk of {size} MB", needs="either", data=f"size={size}m") for size in (1, 3)),
            Case("data read-only", needs="says", data="size=3m,ro"),
        ]
    fifo = folder / "fifo.png"
    if hasattr(os, "mkfifo") and not fifo.exists():
        os.mkfifo(fifo)
    words = ("edit", "--prompt", "x", "--image")
    odd: tuple[str, ...] = (str(fifo), "/dev/zero", "/dev/full", "/dev/stdin", str(folder), "https://example.com/a.png")
    cases += [Case(f"--image {path.replace(str(folder), '…')}", needs="says", arguments=(*words, path)) for path in odd]
    return cases


def every_case(folder: Path) -> list[Case]:
    """Return all environments; files that they name are below the folder."""
    return [*_variable_cases(folder), *_place_cases(folder), *_system_cases(folder)]
