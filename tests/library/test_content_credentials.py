"""Content credentials: which program made an image and whether with AI, read from JPEG, PNG, WebP and XMP."""

from __future__ import annotations

import contextlib
import io
import struct
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from imagineart_desktop.imaging import png_chunk
from imagineart_desktop.library import Library, Query, import_pictures
from imagineart_desktop.library.files.cbor import read_cbor
from imagineart_desktop.library.files.content_credentials import DIGITAL_SOURCE, read_credentials
from imagineart_desktop.workspace.import_facts import imported_facts

IPTC = "http://cv.iptc.org/newscodes/digitalsourcetype/"


def cbor(value: Any) -> bytes:
    """Encode text, numbers, lists and maps."""
    if isinstance(value, int):
        return _head(0, value)
    if isinstance(value, str):
        return _head(3, len(value.encode())) + value.encode()
    if isinstance(value, list):
        return _head(4, len(value)) + b"".join(map(cbor, value))
    return _head(5, len(value)) + b"".join(cbor(key) + cbor(held) for key, held in value.items())


def _head(major: int, count: int) -> bytes:
    return bytes([major << 5 | count]) if count < 24 else bytes([major << 5 | 25]) + struct.pack(">H", count)


def box(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I4s", 8 + len(content), kind) + content


def labelled(label: str, *contents: bytes) -> bytes:
    return box(b"jumb", box(b"jumd", b"\0" * 16 + b"\x03" + label.encode() + b"\0") + b"".join(contents))


def manifest(claim: dict[str, Any], *actions: dict[str, Any], version: str = "") -> bytes:
    assertions = labelled(
        "c2pa.assertions",
        labelled("c2pa.thumbnail.claim.jpeg", box(b"bidb", b"\xff" * 90_000)),
        labelled(f"c2pa.actions{version}", box(b"cbor", cbor({"actions": list(actions)}))),
    )
    signed = labelled("c2pa.signature", box(b"cbor", b"\xd2\x84"))
    return labelled("urn:uuid:1", assertions, labelled(f"c2pa.claim{version}", box(b"cbor", cbor(claim))), signed)


FIREFLY = manifest(
    {"claim_generator": "Adobe_Firefly/1.0 c2pa-rs/0.9", "dc:title": "a"},
    {"action": "c2pa.created", "softwareAgent": "Adobe Firefly", DIGITAL_SOURCE: f"{IPTC}trainedAlgorithmicMedia"},
)
CHATGPT = manifest(
    {"claim_generator_info": {"name": "ChatGPT", "version": "1"}},
    {
        "action": "c2pa.created",
        "softwareAgent": {"name": "gpt-image-1"},
        DIGITAL_SOURCE: f"{IPTC}trainedAlgorithmicMedia",
    },
    {"action": "c2pa.converted"},
    version=".v2",
)


def store(*manifests: bytes) -> bytes:
    return labelled("c2pa", *manifests)


def encoded(kind: str) -> bytes:
    held = io.BytesIO()
    Image.new("RGB", (40, 30), "navy").save(held, kind)
    return held.getvalue()


def in_png(content: bytes) -> bytes:
    data = encoded("PNG")
    return data[:33] + png_chunk(b"caBX", content) + data[33:]


def in_jpeg(content: bytes) -> bytes:
    """Split a box into segments of at most 64 kB, each repeating the box header."""
    data, segments, head = encoded("JPEG"), b"", content[:8]
    body = content[8:]
    for number, start in enumerate(range(0, len(body), 60_000), 1):
        piece = b"JP" + struct.pack(">HI", 1, number) + head + body[start : start + 60_000]
        segments += b"\xff\xeb" + struct.pack(">H", len(piece) + 2) + piece
    return data[:2] + segments + data[2:]


def in_webp(content: bytes) -> bytes:
    data = encoded("WEBP") + b"C2PA" + struct.pack("<I", len(content)) + content + b"\0" * (len(content) % 2)
    return data[:4] + struct.pack("<I", len(data) - 8) + data[8:]


PLACES = {"png": in_png, "jpg": in_jpeg, "webp": in_webp}


def told(data: bytes) -> tuple[str, tuple[str, ...], str] | None:
    with Image.open(io.BytesIO(data)) as image:
        found = read_credentials(image, data)
    return None if found is None else (found.generator, found.agents, found.source)


@pytest.mark.parametrize("place", PLACES)
def test_generator_agents_and_source_are_read(place: str) -> None:
    put = PLACES[place]
    assert told(put(store(FIREFLY))) == ("Adobe Firefly", ("Adobe Firefly",), "trainedAlgorithmicMedia")
    assert told(put(store(CHATGPT))) == ("ChatGPT", ("gpt-image-1",), "trainedAlgorithmicMedia")
    assert told(encoded({"jpg": "JPEG"}.get(place, place.upper()))) is None


def test_the_last_manifest_counts_and_those_before_it_add() -> None:
    edited = manifest({"claim_generator_info": [{"name": "Photoshop"}]}, {"action": "c2pa.opened"})
    assert told(in_png(store(FIREFLY, edited))) == ("Photoshop", ("Adobe Firefly",), "trainedAlgorithmicMedia")


def test_the_word_for_it_in_xmp_is_read() -> None:
    packet = (
        '<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
        '<rdf:Description rdf:about="" xmlns:a="http://iptc.org/std/Iptc4xmpExt/2008-02-29/"'
        ' xmlns:p="http://ns.adobe.com/photoshop/1.0/" p:Credit="Made with Google AI"'
        f' a:DigitalSourceType="{IPTC}%s"/></rdf:RDF></x:xmpmeta>'
    )
    for code, wanted in (
        ("trainedAlgorithmicMedia", ("Made with Google AI", (), "trainedAlgorithmicMedia")),
        ("digitalCapture", None),
        ("nonsense", None),
    ):
        held = io.BytesIO()
        Image.new("RGB", (40, 30)).save(held, "JPEG", xmp=(packet % code).encode())
        assert told(held.getvalue()) == wanted


@pytest.mark.asyncio
async def test_an_image_with_credentials_alone_is_shown_and_found(tmp_path: Path) -> None:
    (tmp_path / "a.jpg").write_bytes(in_jpeg(store(CHATGPT)))
    library = Library(tmp_path / "library")
    await library.start()
    (number,) = (await import_pictures(library, [tmp_path / "a.jpg"])).added
    details = await library.details(number)
    assert details is not None
    facts = {fact.label: fact.value for fact in imported_facts(details.recipe)}
    assert facts["Made with"] == "ChatGPT"
    assert facts["Content credentials"] == "Made with AI"
    assert facts["Software"] == "gpt-image-1"
    assert DIGITAL_SOURCE not in facts
    for words in ("chatgpt", "gpt-image", "made with AI", "model:chatgpt"):
        assert await library.search(Query(text=words)) == [number]
    assert not await library.search(Query(text="firefly"))
    library.close()


@pytest.mark.parametrize("length", [0, 3, 8, 20, 60, 90_050, 90_200])
def test_a_store_that_is_cut_off_costs_nothing(length: int) -> None:
    told(in_png(store(FIREFLY)[:length]))
    told(in_jpeg(store(FIREFLY)[:length] or b"\0" * 8))


def test_wrong_sizes_and_endless_nesting_end() -> None:
    assert told(in_png(struct.pack(">I4s", 2**31, b"jumb") + b"\0" * 20)) is None
    assert told(in_png(struct.pack(">I4s", 3, b"jumb") + b"\0" * 20)) is None
    assert told(in_png(b"\0\0\0\0jumb" * 5000)) is None
    for data in (b"\x9f" * 100, b"\x9b" + b"\xff" * 8, b"\xbf\x61", b"\x5f\x61", b"\x1c", b""):
        with pytest.raises(ValueError, match="CBOR"):
            read_cbor(data)


@settings(max_examples=40, deadline=None)
@given(st.recursive(st.integers(0, 9999) | st.text(max_size=30), lambda inner: st.lists(inner, max_size=4)))
def test_what_is_encoded_is_read(value: Any) -> None:
    assert read_cbor(cbor(value)) == value


@settings(max_examples=40, deadline=None)
@given(st.binary(max_size=60))
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    with contextlib.suppress(ValueError):
        read_cbor(data)
    told(in_png(data))
