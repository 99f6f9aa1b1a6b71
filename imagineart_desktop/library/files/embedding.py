"""Text embedded in image files without touching a pixel: as a chunk in a PNG, as an XMP packet in a JPEG or WebP."""

from __future__ import annotations

import re
import struct

from imagineart_desktop.imaging import png_chunk

KEYWORD = "ImagineArt"
"""Keyword of the PNG text chunk that holds the recipe."""

_PNG_XMP = "XML:com.adobe.xmp"
_NAMESPACE = "https://imagineart.desktop/recipe/1.0/"
_XMP_HEAD = b"http://ns.adobe.com/xap/1.0/\x00"
_MAX_SEGMENT = 65_500
_WEBP_HAS_XMP = 0x04
_PACKET = re.compile(r"<ia:recipe>(.*?)</ia:recipe>", re.DOTALL)


def embed_text(data: bytes, text: str) -> bytes | None:
    """Return the file with the text embedded, or None if it can't hold it.

    A WebP must use the extended format (VP8X); a JPEG can hold only texts below 64 kB. A JPEG or WebP that already
    has an XMP packet keeps that one and returns None.
    """
    if data.startswith(b"\x89PNG\r\n\x1a\n"):
        return _into_png(data, text)
    if data.startswith(b"\xff\xd8"):
        return _into_jpeg(data, text)
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return _into_webp(data, text)
    return None


def xmp_text(packet: object) -> str | None:
    """Return the text in an XMP packet written by this program, or None."""
    if not isinstance(packet, bytes):
        return None
    from xml.sax.saxutils import unescape

    found = _PACKET.search(packet.decode("utf-8", "replace"))
    return unescape(found.group(1)) if found else None


def _into_png(data: bytes, text: str) -> bytes:
    """Insert an iTXt chunk right after the header; Pillow decodes its keyword and text."""
    return _with_text(data, KEYWORD, text.encode())


def _with_text(data: bytes, keyword: str, text: bytes) -> bytes:
    head_end = 8 + 25
    chunk = png_chunk(b"iTXt", keyword.encode("latin-1") + b"\x00\x00\x00\x00\x00" + text)
    whole = memoryview(data)
    return b"".join((whole[:head_end], chunk, whole[head_end:]))


def _into_jpeg(data: bytes, text: str) -> bytes | None:
    payload = _XMP_HEAD + xmp_packet(text)
    if len(payload) > _MAX_SEGMENT or _XMP_HEAD in data[: 4 * _MAX_SEGMENT]:
        return None
    start = 2
    if data[2:4] == b"\xff\xe0":
        start += 2 + int(struct.unpack(">H", data[4:6])[0])
    return data[:start] + b"\xff\xe1" + struct.pack(">H", len(payload) + 2) + payload + data[start:]


def _into_webp(data: bytes, text: str) -> bytes | None:
    end = 8 + int(struct.unpack("<I", data[4:8])[0])
    if data[12:16] != b"VP8X" or data[20] & _WEBP_HAS_XMP or end > len(data):
        return None
    # Data past the container's end isn't part of the image, and a chunk appended after it wouldn't be either.
    data = data[:end]
    packet = xmp_packet(text)
    chunk = b"XMP " + struct.pack("<I", len(packet)) + packet + (b"\x00" if len(packet) % 2 else b"")
    body = bytearray(data + chunk)
    body[20] |= _WEBP_HAS_XMP
    body[4:8] = struct.pack("<I", len(body) - 8)
    return bytes(body)


def embed_xmp(data: bytes, packet: bytes) -> bytes:
    """Return the PNG with an XMP packet embedded where Adobe's and other programs look for it."""
    return _with_text(data, _PNG_XMP, packet)


def xmp_packet(text: str | None, descriptions: str = "") -> bytes:
    """Build an XMP packet that holds the text, which `xmp_text` reads, and additional RDF elements."""
    # It loads the whole of urllib.
    from xml.sax.saxutils import escape

    recipe = (
        ""
        if text is None
        else f'<rdf:Description rdf:about="" xmlns:ia="{_NAMESPACE}"><ia:recipe>{escape(text)}</ia:recipe>'
        "</rdf:Description>"
    )
    return (
        '<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?><x:xmpmeta xmlns:x="adobe:ns:meta/">'
        f'<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">{recipe}{descriptions}'
        '</rdf:RDF></x:xmpmeta><?xpacket end="w"?>'
    ).encode()
