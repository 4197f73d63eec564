"""What a certificate says, as a record."""

from __future__ import annotations

from datetime import datetime

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import dsa, ec, ed448, ed25519, rsa
from cryptography.x509.oid import NameOID
from pydantic import AwareDatetime

from verifier.core.evidence import Record

_LEAST_BITS = {"RSA": 2048, "EC": 256, "DSA": 2048}
"""The shortest keys that authorities may certify (CA/Browser Forum, Baseline Requirements, 6.1.5)."""
_DAY = 86_400.0


class Certificate(Record):
    """One certificate of a chain.

    Attributes:
        subject: whom it is for, in the words of its subject.
        issuer: who issued it, likewise.
        names: the hostnames and addresses that it is for.
        starts: from when on it is valid.
        ends: until when.
        key: the kind of its key.
        bits: the size of its key.
        self_signed: whether it vouches for itself.
    """

    subject: str
    issuer: str
    names: tuple[str, ...]
    starts: AwareDatetime
    ends: AwareDatetime
    key: str
    bits: int
    self_signed: bool

    @property
    def weak(self) -> str:
        """Why its key is too short, in words; empty if it is not."""
        least = _LEAST_BITS.get(self.key, 0)
        return f"{self.key} with {self.bits} bits, instead of {least}" if self.bits < least else ""

    def days_left(self, at: datetime) -> float:
        """Days from then until it ends; negative if it has ended."""
        return (self.ends - at).total_seconds() / _DAY


def certificate_of(raw: x509.Certificate) -> Certificate:
    """The record of a certificate."""
    key = raw.public_key()
    return Certificate(
        subject=_name(raw.subject),
        issuer=_name(raw.issuer),
        names=_names(raw),
        starts=raw.not_valid_before_utc,
        ends=raw.not_valid_after_utc,
        key=_kind(key),
        bits=getattr(key, "key_size", 0),
        self_signed=raw.issuer == raw.subject,
    )


def _name(name: x509.Name) -> str:
    common = name.get_attributes_for_oid(NameOID.COMMON_NAME)
    return str(common[0].value) if common else name.rfc4514_string()


def _names(raw: x509.Certificate) -> tuple[str, ...]:
    try:
        found = raw.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except (x509.ExtensionNotFound, ValueError):
        return ()
    hosts = found.get_values_for_type(x509.DNSName)
    return (*hosts, *map(str, found.get_values_for_type(x509.IPAddress)))


def _kind(key: object) -> str:
    kinds = {"RSA": rsa.RSAPublicKey, "EC": ec.EllipticCurvePublicKey, "DSA": dsa.DSAPublicKey}
    kinds |= {"Ed25519": ed25519.Ed25519PublicKey, "Ed448": ed448.Ed448PublicKey}
    return next((name for name, kind in kinds.items() if isinstance(key, kind)), type(key).__name__)
