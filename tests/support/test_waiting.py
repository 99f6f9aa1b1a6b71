"""A wait in a test fails if the process hangs, and for no other reason."""

from __future__ import annotations

import pytest

from tests import waiting


def test_patience_ends_when_nothing_happens_and_not_when_others_have_the_processor(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(waiting, "_IDLE", 0.0)
    monkeypatch.setattr(waiting, "_WORK", 600.0)
    patience = waiting.Patience()
    with pytest.raises(TimeoutError):
        patience.check()
    monkeypatch.setattr(waiting, "_processor_share", lambda: 0.0)
    waiting.Patience().check()


def test_the_share_of_the_processor_is_measured() -> None:
    assert 0 < waiting._processor_share() <= 1
