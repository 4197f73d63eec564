"""A certificate authority for one start."""

import base64
import hashlib
from dataclasses import dataclass
from pathlib import Path

import trustme
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat


@dataclass(frozen=True)
class Certificates:
    """The files, and the fingerprint of the leaf's key for the browser's trust switch; and who issues more."""

    issuer: trustme.CA
    authority: Path
    leaf: Path
    key: Path
    spki: str


def issue(folder: Path) -> Certificates:
    """Create an authority and a leaf certificate for loopback in the folder."""
    authority = trustme.CA()
    leaf = authority.issue_cert("127.0.0.1", "localhost")
    files = Certificates(authority, folder / "ca.pem", folder / "leaf.pem", folder / "leaf.key", _fingerprint(leaf))
    authority.cert_pem.write_to_path(str(files.authority))
    for index, blob in enumerate(leaf.cert_chain_pems):
        blob.write_to_path(str(files.leaf), append=index > 0)
    leaf.private_key_pem.write_to_path(str(files.key))
    files.key.chmod(0o600)
    return files


def _fingerprint(leaf: trustme.LeafCert) -> str:
    certificate = x509.load_pem_x509_certificate(leaf.cert_chain_pems[0].bytes())
    key = certificate.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return base64.b64encode(hashlib.sha256(key).digest()).decode()
