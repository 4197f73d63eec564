"""A chain is read whatever it is, and a client's word on it is told in few words."""

from __future__ import annotations

import socket
import ssl
from collections.abc import Callable
from pathlib import Path

import pytest
import trustme

from tests.support.servers.tls_server import NAME, Files, issued, self_signed, tls_server
from verifier.core.evidence import Cause, CouldNotLook
from verifier.probes.domain.handshake import ServerAddress, accepts, has_way, head_over_tls, mistrust, read_chain

KNOWN, UNKNOWN = trustme.CA(), trustme.CA()
BETWEEN = KNOWN.create_child_ca()


@pytest.fixture(scope="module")
def trust() -> ssl.SSLContext:
    """What knows one of the two authorities."""
    context = ssl.create_default_context()
    KNOWN.configure_trust(context)
    return context


@pytest.mark.parametrize(
    ("made", "length", "refusal"),
    [
        (lambda: issued(KNOWN), 1, ""),
        (lambda: issued(BETWEEN), 2, ""),
        (lambda: issued(BETWEEN, chain=1), 1, "certificate's authority is not known, or its chain lacks a part"),
        (lambda: issued(UNKNOWN), 1, "certificate's authority is not known, or its chain lacks a part"),
        (lambda: issued(KNOWN, starts=-60, ends=-1), 1, "certificate has expired"),
        (lambda: issued(KNOWN, starts=1), 1, "certificate is not valid yet"),
        (lambda: issued(KNOWN, "other.example"), 1, "certificate is for another name"),
        (self_signed, 1, "certificate is self-signed"),
    ],
    ids=["good", "with a part between", "part missing", "unknown", "expired", "too early", "other name", "self-signed"],
)
def test_the_chain_is_read_also_where_a_client_refuses_it(
    made: Callable[[], Files], length: int, refusal: str, trust: ssl.SSLContext, tmp_path: Path
) -> None:
    with tls_server(tmp_path, made()) as port:
        place = ServerAddress(NAME, "127.0.0.1", port)
        shown = read_chain(place)
        said = mistrust(place, trust)

    assert (len(shown.chain), shown.protocol, said) == (length, "TLSv1.3", refusal)
    assert all(each.names for each in shown.chain[:1])


def test_a_key_that_is_too_short_is_read_and_told(tmp_path: Path) -> None:
    with tls_server(tmp_path, self_signed(bits=1024)) as port:
        shown = read_chain(ServerAddress(NAME, "127.0.0.1", port))

    assert shown.chain[0].weak == "RSA with 1024 bits, instead of 2048"


@pytest.mark.parametrize(
    ("version", "spoken"),
    [
        (ssl.TLSVersion.TLSv1_2, set()),
        (ssl.TLSVersion.TLSv1_1, {"TLSv1.1"}),
        (ssl.TLSVersion.TLSv1, {"TLSv1", "TLSv1.1"}),
    ],
    ids=["1.2", "1.1", "1.0"],
)
def test_old_protocols_are_tried(version: ssl.TLSVersion, spoken: set[str], tmp_path: Path) -> None:
    def at_least(context: ssl.SSLContext) -> None:
        context.minimum_version = version

    with tls_server(tmp_path, issued(KNOWN), at_least) as port:
        found = accepts(ServerAddress(NAME, "127.0.0.1", port))

    assert found.keys() == {"TLSv1", "TLSv1.1"}
    assert {name for name, accepted in found.items() if accepted} == spoken


def test_a_server_that_speaks_nothing_newer_is_read_too(tmp_path: Path) -> None:
    def at_most(context: ssl.SSLContext) -> None:
        context.minimum_version = context.maximum_version = ssl.TLSVersion.TLSv1_1

    with tls_server(tmp_path, issued(KNOWN), at_most) as port:
        assert read_chain(ServerAddress(NAME, "127.0.0.1", port)).protocol == "TLSv1.1"


def test_the_head_is_that_of_a_trusted_connection(trust: ssl.SSLContext, tmp_path: Path) -> None:
    with tls_server(tmp_path, issued(KNOWN)) as port:
        head = head_over_tls(ServerAddress(NAME, "127.0.0.1", port), trust, "a test")

    assert (head.status, head.headers["strict-transport-security"]) == (200, "max-age=31536000")


def test_what_speaks_no_tls_is_no_broken_certificate(tmp_path: Path) -> None:
    with tls_server(tmp_path, None) as port, pytest.raises(CouldNotLook) as caught:
        read_chain(ServerAddress(NAME, "127.0.0.1", port))

    assert (caught.value.cause, "no handshake" in caught.value.what) == (Cause.PRECONDITION, True)


def test_who_refuses_the_connection_is_unreachable() -> None:
    with socket.socket() as deaf:
        deaf.bind(("127.0.0.1", 0))  # taken, and nobody listens
        with pytest.raises(CouldNotLook) as caught:
            read_chain(ServerAddress(NAME, "127.0.0.1", deaf.getsockname()[1]))

    assert caught.value.cause == Cause.UNREACHABLE
    assert "openssl s_client -showcerts -connect 127.0.0.1:" in caught.value.remedy


def test_a_machine_has_a_way_to_itself_and_none_over_what_it_lacks(monkeypatch: pytest.MonkeyPatch) -> None:
    assert has_way("127.0.0.1")

    def none(*_: object) -> None:
        raise OSError(101, "Network is unreachable")

    monkeypatch.setattr(socket.socket, "connect", none)
    assert not has_way("2001:db8::1")
