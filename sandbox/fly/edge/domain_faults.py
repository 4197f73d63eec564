"""Faults of the custom domain: its DNS, its certificates, and what is served there."""

from __future__ import annotations

import ssl
import warnings
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from sandbox.fault import Break, Fault, Hook, changed, unverified
from sandbox.serving_faults import CUT

if TYPE_CHECKING:  # keeps the list of faults fast
    from sandbox.fly.edge.domain import Domain

DOMAIN: Hook[Break[Domain]] = Hook()
_LONG, _DAY = timedelta(days=60), timedelta(days=1)
_FOREIGN = "192.0.2.7"


def _tls(name: str, summary: str, value: str | None = None) -> Fault:
    return Fault(name, summary, ("tls-certificate",), value=value, stages="production")


def _dns(name: str, summary: str) -> Fault:
    return Fault(name, summary, ("custom-domain",), stages="production")


# ---- certificates


@DOMAIN.by(_tls("certificate-expired", "the certificate of the domain ended yesterday"))
@asynccontextmanager
async def _expired(domain: Domain, _figure: str) -> AsyncIterator[None]:
    domain.issue(*domain.records, starts=-_LONG, ends=-_DAY)
    yield
    domain.serve(domain.healthy)


@DOMAIN.by(_tls("certificate-ends-soon", "the certificate of the domain ends in 7 days", "7"))
@asynccontextmanager
async def _ends_soon(domain: Domain, days: str) -> AsyncIterator[None]:
    domain.issue(*domain.records, starts=-_LONG, ends=timedelta(days=float(days)))
    yield
    domain.serve(domain.healthy)


@DOMAIN.by(_tls("certificate-of-another-name", "the certificate of the domain is for another one"))
@asynccontextmanager
async def _another_name(domain: Domain, _figure: str) -> AsyncIterator[None]:
    domain.issue("elsewhere.example", starts=-_DAY, ends=_LONG)
    yield
    domain.serve(domain.healthy)


@DOMAIN.by(_tls("certificate-self-signed", "the certificate of the domain vouches for itself"))
@asynccontextmanager
async def _self_signed(domain: Domain, _figure: str) -> AsyncIterator[None]:
    domain.serve(domain.write(*_own_word(tuple(domain.records))))
    yield
    domain.serve(domain.healthy)


def _own_word(names: tuple[str, ...]) -> tuple[bytes, bytes]:
    from cryptography import x509  # noqa: PLC0415 - the list of faults does not need it
    from cryptography.hazmat.primitives import hashes, serialization  # noqa: PLC0415
    from cryptography.hazmat.primitives.asymmetric import ec  # noqa: PLC0415

    key, now = ec.generate_private_key(ec.SECP256R1()), datetime.now(UTC)
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, names[0])])
    hosts = x509.SubjectAlternativeName([x509.DNSName(each) for each in names])
    builder = x509.CertificateBuilder(
        name, name, key.public_key(), x509.random_serial_number(), now - _DAY, now + _LONG
    )
    certificate = builder.add_extension(hosts, critical=False).sign(key, hashes.SHA256())
    unencrypted = serialization.NoEncryption()
    private = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, unencrypted)
    return certificate.public_bytes(serialization.Encoding.PEM), private


@DOMAIN.by(_tls("certificate-pending", "the platform waits for the validation of one hostname"))
@asynccontextmanager
async def _pending(domain: Domain, _figure: str) -> AsyncIterator[None]:
    record = domain.records["www.hotdash.example"]
    async with changed(record, status="pending_validation", problem="no A or AAAA record of the app was found"):
        yield


# ---- what is served


@DOMAIN.by(_tls("tls-1.1-accepted", "the domain is served over TLS 1.1, too"))
@asynccontextmanager
async def _old_protocol(domain: Domain, _figure: str) -> AsyncIterator[None]:
    context = domain.https.tls
    before = context.minimum_version, [each["name"] for each in context.get_ciphers()]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        context.minimum_version = ssl.TLSVersion.TLSv1_1
    context.set_ciphers("ALL:@SECLEVEL=0")
    yield
    context.minimum_version = before[0]
    context.set_ciphers(":".join(before[1]))


DOMAIN.add(
    _tls("http-not-redirected", "plain HTTP shows the app instead of leading to HTTPS"),
    lambda domain, _: changed(domain, redirects=False),
)
DOMAIN.add(
    _tls("hsts-missing", "no answer binds browsers to HTTPS"),
    lambda domain, _: changed(domain, hsts=""),
)
CUT.add(
    Fault(
        "domain-unreachable",
        "the address of the domain cuts every connection",
        (),
        unverified("unreachable", "tls-certificate"),
        stages="production",
    ),
    "domain",
)

# ---- DNS


@asynccontextmanager
async def _replaced(domain: Domain, at: int, name: str, kind: str, *instead: str) -> AsyncIterator[None]:
    """Other records of a name, at the resolvers from this one on."""
    zone = domain.zone.replaced(name, kind, *instead)
    for resolver in domain.resolvers[at:]:
        resolver.zone = zone
    yield
    for resolver in domain.resolvers:
        resolver.zone = domain.zone


DOMAIN.add(
    _dns("dns-wrong-address", "the domain has the IPv4 address of something else"),
    lambda domain, _: _replaced(domain, 0, "hotdash.example", "A", _FOREIGN),
)
DOMAIN.add(
    _dns("dns-stale-at-one-resolver", "one of two resolvers still tells the former address"),
    lambda domain, _: _replaced(domain, 1, "hotdash.example", "A", _FOREIGN),
)
DOMAIN.add(
    _dns("dns-name-missing", "one hostname does not exist in DNS"),
    lambda domain, _: _replaced(domain, 0, "www.hotdash.example", "CNAME"),
)
DOMAIN.add(
    _dns("dns-alias-elsewhere", "the alias of one hostname leads to another app"),
    lambda domain, _: _replaced(domain, 0, "www.hotdash.example", "CNAME", "another-app.edge.example."),
)
DOMAIN.add(
    _dns("dns-caa-forbids", "a CAA record lets another authority issue alone"),
    lambda domain, _: _replaced(domain, 0, "hotdash.example", "CAA", '0 issue "ca.example"'),
)


@DOMAIN.by(
    Fault(
        "dns-resolver-silent",
        "one of two resolvers answers nothing",
        (),
        unverified("timeout", "custom-domain"),
        stages="production",
    )
)
@asynccontextmanager
async def _silent(domain: Domain, _figure: str) -> AsyncIterator[None]:
    async with changed(domain.resolvers[1], silent=True):
        yield
