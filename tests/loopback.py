"""HTTP requests of tests to a server on loopback."""

from __future__ import annotations

import ssl

NO_CERTIFICATES = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
"""httpx reads all certificates for each client, also where only HTTP is spoken; that takes 50 ms."""
