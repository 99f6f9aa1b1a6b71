"""A locale that the system doesn't have is reported with the variable that is in effect."""

from __future__ import annotations

import locale

import pytest

from imagineart_desktop.support import check_locale

VARIABLES = ("LC_ALL", "LC_CTYPE", "LANG")


@pytest.mark.parametrize("name", VARIABLES)
def test_the_first_variable_that_is_set_is_named(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    before = locale.setlocale(locale.LC_CTYPE)
    for one in VARIABLES:
        monkeypatch.delenv(one, raising=False)
    monkeypatch.setenv(name, "xx_YY.UTF-8")
    for later in VARIABLES[VARIABLES.index(name) + 1 :]:
        monkeypatch.setenv(later, "C")
    assert check_locale() == f"{name} is set to a locale that this system doesn’t have. It is ignored."
    monkeypatch.setenv(name, "C")
    assert check_locale() == ""
    assert locale.setlocale(locale.LC_CTYPE) == before
