"""A Sigstore of our own: a certificate authority, a log of certificates and one of signatures, without any server.

It signs as the public services do, so that the library verifies everything that it verifies of theirs: the chain, the
certificate's timestamp (RFC 6962), the identity, the inclusion in the log, its checkpoint, and the envelope.
"""

from __future__ import annotations

import base64
import hashlib
import json
import struct
from datetime import UTC, datetime, timedelta
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID, ObjectIdentifier
from sigstore.models import TrustedRoot
from sigstore_models.trustroot.v1 import TrustedRoot as Roots

AT = datetime(2026, 1, 31, 12, tzinfo=UTC)
"""When everything is signed."""
IDENTITY = "https://github.com/OWNER/SUITE/.github/workflows/release.yml@refs/heads/main"
ISSUER = "https://token.actions.githubusercontent.com"
TYPE = "application/vnd.in-toto+json"
_SHA256 = ec.ECDSA(hashes.SHA256())
_TIMESTAMPS = ObjectIdentifier("1.3.6.1.4.1.11129.2.4.2")
_ISSUER = ObjectIdentifier("1.3.6.1.4.1.57264.1.1")


def _key() -> ec.EllipticCurvePrivateKey:
    return ec.generate_private_key(ec.SECP256R1())


def _der(key: ec.EllipticCurvePrivateKey) -> bytes:
    return key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)


def _id(key: ec.EllipticCurvePrivateKey) -> bytes:
    return hashlib.sha256(_der(key)).digest()


def _text(content: bytes) -> str:
    return base64.b64encode(content).decode()


class LocalSigstore:
    """An instance with keys of its own."""

    def __init__(self) -> None:
        self._authority, self._certificates, self._log = _key(), _key(), _key()
        name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "a toy authority")])
        usage = x509.KeyUsage(
            digital_signature=False, content_commitment=False, key_encipherment=False, data_encipherment=False,
            key_agreement=False, key_cert_sign=True, crl_sign=True, encipher_only=False, decipher_only=False,
        )  # fmt: skip
        self._root = (
            self._builder(name, self._authority, days=3650)
            .add_extension(x509.BasicConstraints(ca=True, path_length=1), critical=True)
            .add_extension(usage, critical=True)
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(self._authority.public_key()), critical=False)
            .sign(self._authority, hashes.SHA256())
        )

    def _builder(self, subject: x509.Name, key: ec.EllipticCurvePrivateKey, **lives: int) -> x509.CertificateBuilder:
        issuer = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "a toy authority")])
        made = x509.CertificateBuilder().subject_name(subject).issuer_name(issuer).public_key(key.public_key())
        return (
            made.serial_number(x509.random_serial_number())
            .not_valid_before(AT - timedelta(minutes=1))
            .not_valid_after(AT + timedelta(**lives))
        )

    @property
    def roots(self) -> TrustedRoot:
        """What a verifier must know of this instance."""
        certificate = {"rawBytes": _text(self._root.public_bytes(Encoding.DER))}
        content = {
            "mediaType": "application/vnd.dev.sigstore.trustedroot+json;version=0.1",
            "tlogs": [self._public(self._log, "https://log.example")],
            "ctlogs": [self._public(self._certificates, "https://certificates.example")],
            "certificateAuthorities": [
                {
                    "subject": {"organization": "toy", "commonName": "a toy authority"},
                    "uri": "https://authority.example",
                    "certChain": {"certificates": [certificate]},
                    "validFor": {"start": "2020-01-01T00:00:00Z"},
                }
            ],
            "timestampAuthorities": [],
        }
        return TrustedRoot(Roots.from_json(json.dumps(content)))

    @staticmethod
    def _public(key: ec.EllipticCurvePrivateKey, url: str) -> dict[str, Any]:
        told = {
            "rawBytes": _text(_der(key)),
            "keyDetails": "PKIX_ECDSA_P256_SHA_256",
            "validFor": {"start": "2020-01-01T00:00:00Z"},
        }
        return {"baseUrl": url, "hashAlgorithm": "SHA2_256", "publicKey": told, "logId": {"keyId": _text(_id(key))}}

    def sign(self, statement: bytes, identity: str = IDENTITY, issuer: str = ISSUER) -> bytes:
        """A bundle with the statement, signed by a key that lives as long as this call."""
        key = _key()
        certificate = self._certificate(key, identity, issuer)
        signed = b"DSSEv1 %d %s %d %s" % (len(TYPE), TYPE.encode(), len(statement), statement)
        signature = key.sign(signed, _SHA256)
        envelope = {"payload": _text(statement), "payloadType": TYPE, "signatures": [{"sig": _text(signature)}]}
        content = {
            "mediaType": "application/vnd.dev.sigstore.bundle.v0.3+json",
            "verificationMaterial": {
                "certificate": {"rawBytes": _text(certificate.public_bytes(Encoding.DER))},
                "tlogEntries": [self._logged(statement, signature, certificate)],
            },
            "dsseEnvelope": envelope,
        }
        return json.dumps(content).encode()

    def _certificate(self, key: ec.EllipticCurvePrivateKey, identity: str, issuer: str) -> x509.Certificate:
        usage = x509.KeyUsage(
            digital_signature=True, content_commitment=False, key_encipherment=False, data_encipherment=False,
            key_agreement=False, key_cert_sign=False, crl_sign=False, encipher_only=False, decipher_only=False,
        )  # fmt: skip
        authority = x509.AuthorityKeyIdentifier.from_issuer_public_key(self._authority.public_key())
        made = (
            self._builder(x509.Name([]), key, minutes=10)
            .add_extension(usage, critical=True)
            .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.CODE_SIGNING]), critical=False)
            .add_extension(authority, critical=False)
            .add_extension(x509.SubjectAlternativeName([x509.UniformResourceIdentifier(identity)]), critical=True)
            .add_extension(x509.UnrecognizedExtension(_ISSUER, issuer.encode()), critical=False)
        )
        stamped = self._stamped(made.sign(self._authority, hashes.SHA256()).tbs_certificate_bytes)
        made = made.add_extension(x509.UnrecognizedExtension(_TIMESTAMPS, stamped), critical=False)
        return made.sign(self._authority, hashes.SHA256())

    def _stamped(self, certificate: bytes) -> bytes:
        """The list of timestamps with the one of our log (RFC 6962, sections 3.2 and 3.3)."""
        at = int(AT.timestamp() * 1000)
        entry = _id(self._authority) + len(certificate).to_bytes(3, "big") + certificate
        signature = self._certificates.sign(struct.pack("!BBQH", 0, 0, at, 1) + entry + b"\0\0", _SHA256)
        stamp = struct.pack("!B32sQHBBH", 0, _id(self._certificates), at, 0, 4, 3, len(signature)) + signature
        listed = struct.pack("!HH", len(stamp) + 2, len(stamp)) + stamp
        return bytes([4, *([0x81] * (len(listed) > 127)), len(listed)]) + listed  # an octet string

    def _logged(self, statement: bytes, signature: bytes, certificate: x509.Certificate) -> dict[str, Any]:
        """The only entry of a log, with its promise and its proof."""
        verifier = _text(certificate.public_bytes(Encoding.PEM))
        spec = {
            "payloadHash": {"algorithm": "sha256", "value": hashlib.sha256(statement).hexdigest()},
            "envelopeHash": {"algorithm": "sha256", "value": hashlib.sha256(signature).hexdigest()},
            "signatures": [{"signature": _text(signature), "verifier": verifier}],
        }
        body = json.dumps({"apiVersion": "0.0.1", "kind": "dsse", "spec": spec}).encode()
        root, at = hashlib.sha256(b"\0" + body).digest(), int(AT.timestamp())
        told = {"body": _text(body), "integratedTime": at, "logID": _id(self._log).hex(), "logIndex": 0}
        promise = self._log.sign(json.dumps(told, sort_keys=True, separators=(",", ":")).encode(), _SHA256)
        note = f"log.example\n1\n{_text(root)}\n"
        marked = _id(self._log)[:4] + self._log.sign(note.encode(), _SHA256)
        return {
            "logIndex": "0",
            "logId": {"keyId": _text(_id(self._log))},
            "kindVersion": {"kind": "dsse", "version": "0.0.1"},
            "integratedTime": str(at),
            "inclusionPromise": {"signedEntryTimestamp": _text(promise)},
            "inclusionProof": {
                "logIndex": "0", "rootHash": _text(root), "treeSize": "1", "hashes": [],
                "checkpoint": {"envelope": f"{note}\n— log.example {_text(marked)}\n"},
            },
            "canonicalizedBody": _text(body),
        }  # fmt: skip
