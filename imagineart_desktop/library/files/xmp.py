"""Reader for the XMP packets of image files: properties by name. Nothing is trusted.

See https://developer.adobe.com/xmp/docs/.
"""

from __future__ import annotations

from collections.abc import Iterator

from defusedxml import ElementTree
from defusedxml.common import DefusedXmlException

from imagineart_desktop.support.pixel_libraries import Image

_RDF = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}"
_MAX_PACKET = 16 * 2**20


class XmpPacket:
    """An XMP packet. A property may be an element or an attribute."""

    def __init__(self, packet: object) -> None:
        self._descriptions = []
        if not isinstance(packet, bytes) or len(packet) > _MAX_PACKET:
            return
        try:
            root = ElementTree.fromstring(packet.rstrip(b"\0 \r\n"))
        except (ElementTree.ParseError, DefusedXmlException, ValueError, LookupError):
            return
        self._descriptions = list(root.iter(f"{_RDF}Description"))

    def text(self, name: str) -> str:
        """Return the first value of a property, or an empty string."""
        return next(iter(self.texts(name)), "")

    def texts(self, name: str) -> list[str]:
        """Return the values of a property; for a list, all of its items."""
        return [text for text in self._values(name) if text.strip()]

    def _values(self, name: str) -> Iterator[str]:
        for description in self._descriptions:
            yield description.get(name, "")
            for element in description.findall(name):
                items = list(element.iter(f"{_RDF}li"))
                yield from (item.text or "" for item in items)
                if not items:
                    yield element.text or ""


def xmp_of(image: Image.Image) -> XmpPacket:
    """Return the XMP packet of an opened file; it has no properties if it's missing or damaged."""
    packet = image.info.get("xmp") or image.info.get("XML:com.adobe.xmp")
    return XmpPacket(packet.encode("utf-8", "replace") if isinstance(packet, str) else packet)
