"""A server with the certificate and the protocols that a test gives it."""

from __future__ import annotations

import ssl
import threading
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import trustme
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa

NAME = "app.example"
NOW = datetime.now(UTC)
Files = tuple[bytes, bytes]
"""A chain and its key, as PEM."""


def issued(by: trustme.CA, *names: str, starts: float = -1, ends: float = 60, chain: int | None = None) -> Files:
    """A leaf for these names that is valid for these days from now, with so many certificates of its chain."""
    leaf = by.issue_cert(
        *names or (NAME,), not_before=NOW + timedelta(days=starts), not_after=NOW + timedelta(days=ends)
    )
    return b"".join(each.bytes() for each in leaf.cert_chain_pems[:chain]), leaf.private_key_pem.bytes()


def self_signed(bits: int = 2048) -> Files:
    """A certificate that vouches for itself, with an RSA key of this size."""
    key, name = rsa.generate_private_key(65537, bits), x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, NAME)])
    starts, ends = NOW - timedelta(days=1), NOW + timedelta(days=60)
    builder = x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number(), starts, ends)
    names = x509.SubjectAlternativeName([x509.DNSName(NAME)])
    certificate = builder.add_extension(names, critical=False).sign(key, hashes.SHA256())
    unencrypted = serialization.NoEncryption()
    private = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, unencrypted)
    return certificate.public_bytes(serialization.Encoding.PEM), private


class _Page(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Strict-Transport-Security", "max-age=31536000")
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_: object) -> None: ...


class _Server(ThreadingHTTPServer):
    def handle_error(self, *_: object) -> None:
        """A handshake that fails is what a test wants."""


@contextmanager
def tls_server(folder: Path, files: Files | None, change: Callable[[ssl.SSLContext], object] = id) -> Iterator[int]:
    """Serve on a free port, which is handed over; without files in plain text."""
    server = _Server(("127.0.0.1", 0), _Page)
    if files:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.set_ciphers("ALL:@SECLEVEL=0")
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)
            change(context)
        for name, content in zip(("chain.pem", "key.pem"), files, strict=True):
            (folder / name).write_bytes(content)
        context.load_cert_chain(folder / "chain.pem", folder / "key.pem")
        server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield server.server_address[1]
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
