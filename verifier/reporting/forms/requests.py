"""`credential-requests.md`: what the direction wants to be asked where a secret is not in the vault."""

from __future__ import annotations

from verifier.core.credentials import MissingCredential
from verifier.core.evidence.finding import cut
from verifier.reporting.model import Report

_FORM = """\
## {at} - Credential Request
**Need**: {need}
**For**: {purpose}
**Checked**: {checked} (not found)
**Status**: Moving to next task, awaiting CEO
"""
_WIDE = 400


def credential_requests(report: Report) -> str:
    """A request for each secret that was missing, with an empty line between them; empty if none was."""
    at = f"{report.run.finished:%H:%M}"
    return "\n".join(credential_request(each, at) for each in report.missing_credentials)


def credential_request(missing: MissingCredential, at: str) -> str:
    """The form for one secret.

    Args:
        missing: what is needed, and where it was looked for.
        at: hour and minute, as `HH:MM` in UTC.
    """
    places = f"not in {', '.join(missing.elsewhere)}; " if missing.vault else ""
    return _FORM.format(
        at=at,
        need=cut(f"{missing.name}, {missing.what} ({places}to get one: {missing.how})", _WIDE),
        purpose=cut(missing.purpose, _WIDE),
        checked=missing.vault or missing.checked,
    )
