"""Real proxies on loopback, HTTP CONNECT and SOCKS5, and an https origin whose name only they can resolve."""

from __future__ import annotations

import asyncio
import base64
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

HOST = "queue.fal.test"
BODY = b'{"status": "COMPLETED", "request_id": "r", "access_url": "https://files.fal.test/a", "token": "t"}'


@dataclass
class ProxyServer:
    """manner: how it behaves; asked: the requested targets; credentials: user and password of each request.

    open: number of connections that the client hasn't closed yet.
    """

    manner: str = "good"
    asked: list[str] = field(default_factory=list)
    credentials: list[str] = field(default_factory=list)
    port: int = 0
    open: int = 0

    async def serve(self, kind: str, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Serve one connection until the client has closed its end."""
        self.open += 1
        await (self.serve_http if kind == "http" else self.serve_socks)(reader, writer)
        with suppress(OSError):
            await reader.read()
        self.open -= 1

    async def serve_http(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Serve HTTP CONNECT."""
        with suppress(asyncio.IncompleteReadError, OSError):
            head = (await reader.readuntil(b"\r\n\r\n")).decode()
            target = head.split(" ")[1]
            for line in head.splitlines():
                name, _, value = line.partition(": ")
                if name.lower() == "proxy-authorization":
                    self.credentials.append(base64.b64decode(value.removeprefix("Basic ")).decode())
            if await self._misbehaves(reader, writer, b"HTTP/1.1 407 Proxy Authentication Required\r\n\r\n"):
                return
            self.asked.append(target)
            writer.write(b"HTTP/1.1 200 Connection established\r\n\r\n")
            await _joined(reader, writer, int(target.rpartition(":")[2]))
        writer.close()

    async def serve_socks(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Serve SOCKS5, replying one byte at a time."""
        with suppress(asyncio.IncompleteReadError, OSError):
            methods = await reader.readexactly((await reader.readexactly(2))[1])
            if await self._misbehaves(reader, writer, b"\x05\xff"):
                return
            await _slowly(writer, b"\x05\x02" if 2 in methods else b"\x05\x00")
            if 2 in methods:
                user = await reader.readexactly((await reader.readexactly(2))[1])
                password = await reader.readexactly((await reader.readexactly(1))[0])
                self.credentials.append(f"{user.decode()}:{password.decode()}")
                await _slowly(writer, b"\x01\x00")
            kind = (await reader.readexactly(4))[3]
            name = await reader.readexactly((await reader.readexactly(1))[0]) if kind == 3 else b"not a name"
            port = int.from_bytes(await reader.readexactly(2), "big")
            self.asked.append(f"{name.decode()}:{port}")
            if self.manner == "no route":
                writer.write(b"\x05\x04\x00\x01\x00\x00\x00\x00\x00\x00")
                await reader.read()
            else:
                await _slowly(writer, b"\x05\x00\x00\x03\x04name\x00\x00")
                await _joined(reader, writer, port)
        writer.close()

    async def _misbehaves(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, refusal: bytes) -> bool:
        if self.manner == "silent":
            await reader.read()
        elif self.manner == "refuses":
            writer.write(refusal)
        elif self.manner == "garbage":
            writer.write(b"\x00\x01garbage\r\n\r\n")
        elif self.manner != "hangs up":
            return False
        writer.close()
        return True


@asynccontextmanager
async def proxy_server(kind: str, manner: str = "good") -> AsyncIterator[ProxyServer]:
    """Run a proxy. kind: http or socks5."""
    server = ProxyServer(manner)
    listening = await asyncio.start_server(partial(server.serve, kind), "127.0.0.1", 0)
    server.port = listening.sockets[0].getsockname()[1]
    try:
        yield server
    finally:
        listening.close()


@asynccontextmanager
async def https_origin(folder: Path) -> AsyncIterator[tuple[int, Path]]:
    """Run an https server with the same response for everybody. Yields (port, file with the certificate to trust)."""
    certificate, key = make_certificate(folder)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    server = await asyncio.start_server(_answer, "127.0.0.1", 0, ssl=context)
    try:
        yield server.sockets[0].getsockname()[1], certificate
    finally:
        server.close()


def make_certificate(folder: Path) -> tuple[Path, Path]:
    """Create a self-signed certificate for the origin; return (certificate, key)."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, HOST)])
    now = datetime.now(UTC)
    builder = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
    builder = (
        builder.serial_number(1).not_valid_before(now - timedelta(days=2)).not_valid_after(now + timedelta(days=2))
    )
    builder = builder.add_extension(x509.SubjectAlternativeName([x509.DNSName("*.fal.test")]), critical=False)
    builder = builder.add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
    certificate = builder.sign(key, hashes.SHA256())
    pem = folder / "origin.pem", folder / "origin.key"
    pem[0].write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    pem[1].write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    return pem


async def _answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with suppress(asyncio.IncompleteReadError, OSError):
        head = (await reader.readuntil(b"\r\n\r\n")).lower()
        length = head.partition(b"content-length: ")[2].partition(b"\r\n")[0]
        await reader.readexactly(int(length or b"0"))
        writer.write(b"HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: %d\r\n\r\n" % len(BODY) + BODY)
        await writer.drain()
    writer.close()


async def _slowly(writer: asyncio.StreamWriter, data: bytes) -> None:
    for byte in data:
        writer.write(bytes([byte]))
        await writer.drain()
        await asyncio.sleep(0.001)


async def _joined(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, port: int) -> None:
    """Forward both ways between the client and a port of this machine, whatever name was requested."""
    other_reader, other_writer = await asyncio.open_connection("127.0.0.1", port)

    async def pump(source: asyncio.StreamReader, target: asyncio.StreamWriter) -> None:
        with suppress(OSError):
            while piece := await source.read(65_536):
                target.write(piece)
                await target.drain()
        target.close()

    await asyncio.gather(pump(reader, other_writer), pump(other_reader, writer))
