"""One TLS handshake that ends well whatever the certificate is, and one as a client makes it.

The standard library shows no certificate that it does not trust, and of those that it trusts the first one alone.
"""

from __future__ import annotations

import ipaddress
import select
import socket
import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.client import HTTPConnection, HTTPException
from typing import NamedTuple

from OpenSSL import SSL

from verifier.core import causes
from verifier.core.deadline import monotonic
from verifier.core.evidence import Cause, CouldNotLook
from verifier.probes.domain.certificate import Certificate, certificate_of

SECONDS = 5.0
"""How long one handshake or one answer may take."""
_OLD = {"TLSv1": SSL.TLS1_VERSION, "TLSv1.1": SSL.TLS1_1_VERSION}
"""The protocols that RFC 8996 forbids."""
_REFUSALS = {
    9: "certificate is not valid yet",
    10: "certificate has expired",
    18: "certificate is self-signed",
    **dict.fromkeys((2, 19, 20, 21), "certificate's authority is not known, or its chain lacks a part"),
    **dict.fromkeys((62, 64), "certificate is for another name"),
}
"""OpenSSL's codes (X509_V_ERR_*, x509_vfy.h) for what happens to certificates; its own words may hold the name."""
_EVERYTHING = b"ALL:!aNULL:@SECLEVEL=0"
"""Without it OpenSSL itself refuses old protocols and short keys, and nothing could be said of them. `ALL` alone would
offer to do without a certificate."""


class ServerAddress(NamedTuple):
    """An address to connect to for a hostname."""

    hostname: str
    address: str
    port: int

    @property
    def family(self) -> str:
        """IPv4 or IPv6."""
        return "IPv6" if ":" in self.address else "IPv4"

    def __str__(self) -> str:
        return f"{self.hostname} over {self.family}"


class ShownChain(NamedTuple):
    """What a server shows: its certificates, the leaf first, and the protocol that both agreed on."""

    chain: tuple[Certificate, ...]
    protocol: str


def read_chain(place: ServerAddress) -> ShownChain:
    """The certificates that are served, whether or not they can be trusted.

    Raises:
        CouldNotLook: unreachable or timeout; precondition, if what answers speaks no TLS.
    """
    with _connected(place) as connection:
        raw = connection.get_peer_cert_chain(as_cryptography=True) or ()
        return ShownChain(tuple(certificate_of(each) for each in raw), connection.get_protocol_version_name())


def accepts(place: ServerAddress) -> dict[str, bool]:
    """Old protocol → whether the server still speaks it; without those that this machine's OpenSSL cannot offer.

    Only for a place that `read_chain` has shown to answer: a refusal may be a connection that is closed.
    """
    found = {}
    for name, version in _OLD.items():
        try:
            with _connected(place, version):
                found[name] = True
        except CouldNotLook as trouble:
            if trouble.cause is not Cause.TIMEOUT:
                found[name] = False
        except _NotOffered:
            continue
    return found


def mistrust(place: ServerAddress, trust: ssl.SSLContext) -> str:
    """Why a client that knows the trusted authorities refuses the certificate; empty if it accepts it.

    Raises:
        CouldNotLook: as `read_chain`.
    """
    try:
        with _verified(place, trust):
            return ""
    except ssl.SSLCertVerificationError as refusal:
        known = _REFUSALS.get(refusal.verify_code)
        return known or f"certificate is refused: {refusal.verify_message}"


class AnswerHead(NamedTuple):
    """The head of an answer: its status and its headers, by name in lower case."""

    status: int
    headers: dict[str, str]


def head_over_tls(place: ServerAddress, trust: ssl.SSLContext, user_agent: str) -> AnswerHead:
    """The head of the front page over HTTPS.

    Raises:
        CouldNotLook: as `read_chain`; precondition, if the certificate is not trusted.
    """
    try:
        with _verified(place, trust) as wrapped:
            return _asked(place, wrapped, user_agent)
    except ssl.SSLCertVerificationError as refusal:
        raise CouldNotLook(Cause.PRECONDITION, f"{place}: {refusal.verify_message}") from None


def head_in_plain(place: ServerAddress, user_agent: str) -> AnswerHead:
    """The head of the front page over plain HTTP.

    Raises:
        CouldNotLook: as `read_chain`.
    """
    with _opened(place) as plain:
        return _asked(place, plain, user_agent)


def has_way(address: str) -> bool:
    """Whether this machine has a route to the address; sends nothing (`connect` of UDP only chooses the route)."""
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    try:
        with socket.socket(family, socket.SOCK_DGRAM) as probe:
            probe.connect((address, 9))
    except OSError:
        return False
    return True


def is_address(hostname: str) -> bool:
    """Whether it is no name but an address."""
    try:
        ipaddress.ip_address(hostname)
    except ValueError:
        return False
    return True


class _NotOffered(Exception):  # noqa: N818 - it says what OpenSSL does
    """This machine's OpenSSL does not speak the protocol itself."""


@contextmanager
def _opened(place: ServerAddress) -> Iterator[socket.socket]:
    try:
        with socket.create_connection((place.address, place.port), timeout=SECONDS) as plain:
            yield plain
    except ssl.SSLCertVerificationError:
        raise
    except ssl.SSLError as trouble:
        raise CouldNotLook(Cause.PRECONDITION, f"{place}, port {place.port}: no TLS: {trouble.reason}") from None
    except OSError as trouble:
        told = f"{place} ({place.address} port {place.port}): {trouble.strerror or trouble}"
        raise CouldNotLook(causes.of_error(trouble), told, remedy=by_openssl(place)) from None


@contextmanager
def _verified(place: ServerAddress, trust: ssl.SSLContext) -> Iterator[ssl.SSLSocket]:
    with _opened(place) as plain, trust.wrap_socket(plain, server_hostname=place.hostname) as wrapped:
        yield wrapped


@contextmanager
def _connected(place: ServerAddress, version: int | None = None) -> Iterator[SSL.Connection]:
    """A connection on which nothing is verified, with this protocol alone if one is given."""
    context = SSL.Context(SSL.TLS_CLIENT_METHOD)
    context.set_verify(SSL.VERIFY_NONE)
    context.set_cipher_list(_EVERYTHING)
    if version is not None:
        context.set_min_proto_version(version)
        context.set_max_proto_version(version)
    with _opened(place) as plain:
        connection = SSL.Connection(context, plain)
        if not is_address(place.hostname):  # RFC 6066, section 3
            connection.set_tlsext_host_name(place.hostname.encode())
        connection.set_connect_state()
        try:
            _until_done(plain, connection.do_handshake, place)
        except SSL.Error as trouble:
            reasons = _reasons(trouble)
            if "no protocols available" in reasons:
                raise _NotOffered from None
            raise CouldNotLook(Cause.PRECONDITION, f"{place}: no handshake: {', '.join(reasons)}") from None
        yield connection


def _reasons(trouble: SSL.Error) -> list[str]:
    errors = trouble.args[0] if trouble.args else ()
    return [str(each[-1]) for each in errors] if isinstance(errors, list | tuple) else [str(trouble.args[-1])]


def _until_done(plain: socket.socket, step: Callable[[], None], place: ServerAddress) -> None:
    """Repeat a step of OpenSSL until it needs no more bytes: a socket with a time limit is one that does not block."""
    until = monotonic() + SECONDS
    while True:
        try:
            step()
        except SSL.WantReadError:
            left = until - monotonic()
            if left <= 0 or not _readable(plain, left):
                raise CouldNotLook(
                    Cause.TIMEOUT, f"{place}: the handshake did not end", remedy=by_openssl(place)
                ) from None
        else:
            return


def _readable(plain: socket.socket, seconds: float) -> bool:
    return bool(select.select([plain], [], [], seconds)[0])


def _asked(place: ServerAddress, connected: socket.socket, user_agent: str) -> AnswerHead:
    connection = HTTPConnection(place.hostname, place.port, timeout=SECONDS)
    connection.sock = connected
    try:
        connection.request("GET", "/", headers={"user-agent": user_agent, "accept": "*/*"})
        answer = connection.getresponse()
    except HTTPException as trouble:
        told = f"{place} port {place.port}: no HTTP: {type(trouble).__name__}"
        cause = Cause.UNREACHABLE if isinstance(trouble, OSError) else Cause.PRECONDITION
        raise CouldNotLook(cause, told, remedy=by_openssl(place)) from None
    return AnswerHead(answer.status, {name.lower(): value for name, value in answer.getheaders()})


def by_openssl(place: ServerAddress) -> str:
    """The line that connects by hand."""
    address = f"[{place.address}]" if ":" in place.address else place.address
    return f"openssl s_client -showcerts -connect {address}:{place.port} -servername {place.hostname}"
