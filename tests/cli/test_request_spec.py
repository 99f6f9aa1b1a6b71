"""The price of a command's requests is that of each of its images, not that of the last one for all."""

from __future__ import annotations

from pathlib import Path

import pytest

from imagineart_desktop.cli.request_spec import RequestSpec, Sources
from imagineart_desktop.jobs import InputImage
from imagineart_desktop.models import IMAGINEART_20, IMAGINEART_20_EDIT, Task


@pytest.mark.parametrize(
    ("resolutions", "sentence", "requests"),
    [
        (["1K", "2K"], "2 × $0.03 + 2 × $0.05 = $0.16", 4),
        (["2K", "1K", "2K"], "4 × $0.05 + 2 × $0.03 = $0.26", 6),
        (["2K", "2K"], "4 × $0.05 = $0.20", 4),
    ],
)
def test_images_with_settings_of_their_own_are_priced_one_by_one(
    resolutions: list[str], sentence: str, requests: int
) -> None:
    sources = [Sources(fields={"resolution": resolution}) for resolution in resolutions]
    spec = RequestSpec(IMAGINEART_20, Task.GENERATE, {"prompt": "hills"}, [1, 2], sources, [])
    quote = spec.quote()
    assert (quote.price.sentence, quote.total_requests) == (sentence, requests)


def test_each_request_is_priced_with_its_own_images() -> None:
    images = [InputImage(Path(f"{number}.png")) for number in range(3)]
    sources = [Sources({"image_urls": images[:count]}) for count in (1, 3)]
    spec = RequestSpec(IMAGINEART_20_EDIT, Task.EDIT, {"prompt": "warmer"}, [None], sources, [])
    assert spec.quote().price.sentence == "$0.05 + $0.05 + 2 × $0.007 = $0.114"
