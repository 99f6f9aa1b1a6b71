"""The lock files: complete, hashed, with the same versions in both, and not tied to a particular location."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parents[2]
RUN, DEV = "requirements.lock", "requirements-dev.lock"


def pins(name: str) -> dict[str, Requirement]:
    text = (ROOT / "packaging" / name).read_text("utf-8")
    found = (Requirement(line.removesuffix(" \\")) for line in text.splitlines() if re.match(r"\w", line))
    return {canonicalize_name(requirement.name): requirement for requirement in found}


def declared(*, dev: bool) -> list[Requirement]:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    wanted = project["project"]["dependencies"] + (project["dependency-groups"]["dev"] if dev else [])
    return [Requirement(line) for line in wanted]


@pytest.mark.parametrize(("name", "dev"), [(RUN, False), (DEV, True)])
def test_every_dependency_is_locked_to_a_version_that_fits(name: str, dev: bool) -> None:
    locked = pins(name)
    for wanted in declared(dev=dev):
        (pin,) = locked[canonicalize_name(wanted.name)].specifier
        assert pin.operator == "=="
        assert wanted.specifier.contains(pin.version), f"{wanted} is locked to {pin.version}: dev.py lock"


def test_both_locks_name_the_same_versions() -> None:
    run, dev = pins(RUN), pins(DEV)
    assert {name: str(pin.specifier) for name, pin in run.items()} == {
        name: str(dev[name].specifier) for name in run if name in dev
    }


@pytest.mark.parametrize("name", [RUN, DEV])
def test_each_package_is_hashed_and_no_place_to_fetch_it_from_is_named(name: str) -> None:
    text = (ROOT / "packaging" / name).read_text("utf-8")
    blocks = re.split(r"\n(?=\w)", text)
    assert len(blocks) > 20
    assert all("--hash=sha256:" in block for block in blocks)
    assert not re.search(r"://|--(?!hash=)|^-", text, re.MULTILINE)
