"""Look for a secret as a run does, and write the request for it where it is missing.

The vault comes first (`vault/occ/SERVICE/NAME`, or `NAME=value` in `vault/occ/SERVICE/*.env`), then the environment,
then the login of the service's own tool where it has one. The value is never shown; 6 is the exit status without one.
"""

from __future__ import annotations

import argparse
import re
import sys
from pathlib import Path

from verifier.commands import UsageError
from verifier.core.credentials import Credentials, needs
from verifier.core.deadline import now
from verifier.core.evidence import CouldNotLook
from verifier.core.verdict.ledger import UNVERIFIED_STATUS
from verifier.reporting.forms.requests import credential_request


def arguments(parser: argparse.ArgumentParser) -> None:
    """What it takes."""
    parser.add_argument(
        "secret", metavar="SERVICE/NAME", help="google/GA_KEY_FILE, bing/…, publer/…, fly/FLY_API_TOKEN"
    )
    parser.add_argument("--for", dest="purpose", metavar="TASK", help="what it is needed for; stands in the request")
    parser.add_argument("--vault", type=Path, default=Path("vault"), help="the vault folder (default: vault)")


def run(asked: argparse.Namespace) -> int:
    """Say where it is, or print the request.

    Raises:
        UsageError: this is no name of a secret.
    """
    if not re.fullmatch(r"[a-z0-9][a-z0-9-]*/[A-Za-z_][\w.-]*", asked.secret):
        raise UsageError(f"{asked.secret!r} is no secret: write SERVICE/NAME, as in publer/PUBLER_API_KEY")
    credentials = Credentials(vault=asked.vault)
    try:
        name = _found(credentials, asked.secret, asked.purpose)
    except CouldNotLook:
        (missing,) = credentials.missing.values()
        told = missing.model_copy(update={"purpose": asked.purpose or missing.purpose})
        sys.stdout.write(credential_request(told, f"{now():%H:%M}"))
        return UNVERIFIED_STATUS
    sys.stdout.write(f"{asked.secret}: found in {credentials.found[name]}\n")
    return 0


def _found(credentials: Credentials, secret: str, purpose: str | None) -> str:
    """The name under which it was found, by the declaration of the suite where it has one.

    Raises:
        CouldNotLook: missing-credential.
    """
    service, _, variable = secret.partition("/")
    for name, need in needs().items():
        if need.service == service and variable in need.names:
            credentials.get(name)
            return name
    how = f"ask whoever keeps the account of {service}"
    credentials.named(secret, what=f"a secret of {service}", purpose=purpose or f"what {service} is used for", how=how)
    return secret
