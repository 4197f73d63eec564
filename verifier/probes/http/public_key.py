"""The public key that a host shows, for `[tls] spki`."""

from __future__ import annotations

import socket
import ssl
from base64 import b64encode
from hashlib import sha256
from urllib.parse import urlsplit

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from verifier.core.evidence import Cause, CouldNotLook
from verifier.probes.http.client import TIMEOUT, trust

_HTTPS = 443


def served_key(url: str, ca_file: str) -> str:
    """The digest by which Chromium knows the host's key, once these authorities have vouched for its certificate.

    Raises:
        CouldNotLook: unreachable, if there is none or they do not.
    """
    parts = urlsplit(url)
    host = parts.hostname or ""
    try:
        with (
            socket.create_connection((host, parts.port or _HTTPS), timeout=TIMEOUT) as plain,
            trust(ca_file).wrap_socket(plain, server_hostname=host) as secure,
        ):
            shown = x509.load_der_x509_certificate(secure.getpeercert(binary_form=True) or b"")
    except (OSError, ssl.SSLError, ValueError) as trouble:
        what = f"{url} shows no certificate that {ca_file} vouches for: {trouble}"
        raise CouldNotLook(Cause.UNREACHABLE, what) from None
    key = shown.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return b64encode(sha256(key).digest()).decode()
