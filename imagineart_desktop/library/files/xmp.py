"""Reader for the XMP packets of image files: properties by name. Nothing is trusted.

See https://developer.adobe.com/xmp/docs/.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator

from imagineart_desktop.support.pixel_libraries import Image

_RDF = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}"
_LANGUAGE, _DEFAULT = "{http://www.w3.org/XML/1998/namespace}lang", "x-default"
_MAX_PACKET = 16 * 2**20
_WIDE = {b"<\0\0\0": "utf-32-le", b"\0\0\0<": "utf-32-be", b"<\0": "utf-16-le", b"\0<": "utf-16-be"}
"""How an XML document begins in encodings other than UTF-8."""

_DECLARATION = re.compile(r"\s*<\?xml[^>]*\?>")
_PADDING = "\0 \r\n\t"


class XmpPacket:
    """An XMP packet. A property may be an element or an attribute."""

    def __init__(self, packet: object) -> None:
        self._descriptions = []
        if not isinstance(packet, bytes) or len(packet) > _MAX_PACKET:
            return
        from defusedxml import ElementTree
        from defusedxml.common import DefusedXmlException

        try:
            root = ElementTree.fromstring(_text_of(packet))
        except (ElementTree.ParseError, DefusedXmlException, ValueError, LookupError):
            return
        self._descriptions = list(root.iter(f"{_RDF}Description"))

    def text(self, name: str) -> str:
        """Return the first value of a property, or an empty string."""
        return next(iter(self.texts(name)), "")

    def texts(self, name: str) -> list[str]:
        """Return the values of a property; for a list, all of its items; of several languages, the default first."""
        return [text for text in self._values(name) if text.strip()]

    def _values(self, name: str) -> Iterator[str]:
        for description in self._descriptions:
            yield description.get(name, "")
            for element in description.findall(name):
                items = sorted(element.iter(f"{_RDF}li"), key=lambda item: item.get(_LANGUAGE) != _DEFAULT)
                yield from (item.text or "" for item in items)
                if not items:
                    yield element.text or ""


def _text_of(packet: bytes) -> str | bytes:
    """Decode UTF-16 and UTF-32, which the standard allows; other packets are left to the XML parser."""
    for mark in (codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE, codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE):
        packet = packet.removeprefix(mark)
    encoding = next((name for start, name in _WIDE.items() if packet.startswith(start)), None)
    if encoding is None:
        return packet.rstrip(_PADDING.encode())
    text = packet.decode(encoding, "replace")
    return _DECLARATION.sub("", text, count=1).strip(_PADDING)


def xmp_of(image: Image.Image) -> XmpPacket:
    """Return the XMP packet of an opened file; it has no properties if it's missing or damaged."""
    packet = image.info.get("xmp") or image.info.get("XML:com.adobe.xmp")
    return XmpPacket(packet.encode("utf-8", "replace") if isinstance(packet, str) else packet)
