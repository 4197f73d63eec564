"""Signs a statement with Sigstore, and tells offline who signed one; only these functions load its library."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING

from verifier.core.evidence import Cause, CouldNotLook, moment
from verifier.core.suite import setting_up

if TYPE_CHECKING:
    from cryptography.x509 import Certificate
    from sigstore.models import Bundle

GITHUB = "https://token.actions.githubusercontent.com"
"""Who vouches for the identity of a workflow."""
_ISSUER = "1.3.6.1.4.1.57264.1.1"
"""The extension of Fulcio's certificates that names the issuer."""
_PAYLOAD_TYPE = "application/vnd.in-toto+json"


@dataclass(frozen=True)
class Signer:
    """Who signed, as the certificate in the signature says.

    Attributes:
        identity: a workflow with its ref, or an address.
        issuer: who vouched for it.
        at: when its certificate was made, which lives for ten minutes.
    """

    identity: str
    issuer: str
    at: str

    def __str__(self) -> str:
        return f"{self.identity} (vouched for by {self.issuer}), {self.at}"


def sign(statement: bytes) -> bytes:
    """The statement in a Sigstore bundle, signed as whoever this process is: in GitHub, the workflow.

    It asks Sigstore's public services, whose log everybody can read: it gets the statement's digest and the identity.

    Raises:
        CouldNotLook: missing-credential, where nobody vouches for this process; unreachable, if a service fails.
    """
    from sigstore.dsse import Statement  # noqa: PLC0415 - half a second, and only here
    from sigstore.errors import Error  # noqa: PLC0415 - the same
    from sigstore.models import ClientTrustConfig  # noqa: PLC0415 - the same
    from sigstore.oidc import IdentityToken  # noqa: PLC0415 - the same
    from sigstore.sign import SigningContext  # noqa: PLC0415 - the same

    token = _token()
    try:
        context = SigningContext.from_trust_config(ClientTrustConfig.production())
        with context.signer(IdentityToken(token)) as signer:
            return signer.sign_dsse(Statement(statement)).to_json().encode()
    except (Error, OSError) as trouble:
        raise CouldNotLook(
            Cause.UNREACHABLE,
            f"Sigstore has not signed: {type(trouble).__name__}: {trouble}",
            remedy="sign again later",
        ) from None


def _token() -> str:
    """What says who this process is, from the platform that it runs on."""
    from sigstore.oidc import IdentityError, detect_credential  # noqa: PLC0415 - half a second, and only here

    try:
        token = detect_credential()
    except IdentityError as trouble:
        raise CouldNotLook(Cause.MISSING_CREDENTIAL, f"no identity to sign with: {trouble}") from None
    if token is None:
        remedy = "sign in a workflow of GitHub whose job has permissions: id-token: write"
        raise CouldNotLook(Cause.MISSING_CREDENTIAL, "nobody vouches for who signs here", remedy=remedy)
    return token


def signer_of(bundle: bytes, statement: bytes, identity: str | None = None, issuer: str = GITHUB) -> Signer:
    """Who signed the statement; asks no host: the library brings the roots of trust.

    Args:
        bundle: what `sign` made.
        statement: what must have been signed, to the byte.
        identity: who must have signed it, to the character; without one, whoever did.
        issuer: who must have vouched for the identity.

    Raises:
        ValueError: the signature does not hold, or is of another statement or signer.
        CouldNotLook: precondition, if Sigstore's library is not installed.
    """
    try:
        from sigstore.errors import Error  # noqa: PLC0415 - half a second, and only here
        from sigstore.models import Bundle  # noqa: PLC0415 - the same
        from sigstore.verify import Verifier  # noqa: PLC0415 - the same
        from sigstore.verify.policy import Identity  # noqa: PLC0415 - the same
    except ImportError:
        remedy = setting_up()
        raise CouldNotLook(Cause.PRECONDITION, "the package sigstore is not installed", remedy=remedy) from None
    # The library's own policy for anybody warns that nothing was verified; it is the identity alone that is not.
    policy = Identity(identity=identity, issuer=issuer) if identity else _Anybody()
    logging.getLogger("sigstore").setLevel(logging.ERROR)  # that it is offline is what is wanted
    try:
        found = Bundle.from_json(bundle)
        kind, payload = Verifier.production(offline=True).verify_dsse(found, policy)
    except (Error, ValueError) as trouble:
        raise ValueError(f"{type(trouble).__name__}: {trouble}") from None
    if (kind, payload) != (_PAYLOAD_TYPE, statement):
        raise ValueError("it is the signature of another statement")
    return _signer(found)


class _Anybody:
    """The policy that leaves it to the reader who may have signed; everything else is verified."""

    def verify(self, cert: Certificate) -> None:
        """Accept every identity."""


def _signer(bundle: Bundle) -> Signer:
    """The names in a certificate whose signature was verified."""
    from cryptography.x509 import ObjectIdentifier, SubjectAlternativeName  # noqa: PLC0415 - brought by Sigstore's library

    extensions = bundle.signing_certificate.extensions
    names = extensions.get_extension_for_class(SubjectAlternativeName).value
    issuer = extensions.get_extension_for_oid(ObjectIdentifier(_ISSUER)).value
    return Signer(
        identity=", ".join(str(each.value) for each in names),
        issuer=issuer.value.decode(),  # type: ignore[attr-defined]  # an extension that the library does not know
        at=moment(bundle.signing_certificate.not_valid_before_utc),
    )
