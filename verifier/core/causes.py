"""One table from what answered to why nothing could be seen: HTTP statuses and PostgreSQL's SQLSTATE."""

from __future__ import annotations

from verifier.core.evidence import Cause

REFUSED = frozenset({401, 403, 407, 410})
"""HTTP statuses of who is not let in; some deployments answer 410 to programs that say they are programs."""
_STATUSES = {**dict.fromkeys(REFUSED, Cause.UNAUTHORIZED), 408: Cause.TIMEOUT, 429: Cause.RATE_LIMITED}
_SERVER_ERROR = 500
_SQLSTATES = {"28": Cause.UNAUTHORIZED, "3D000": Cause.UNAUTHORIZED}
"""SQLSTATE, or its class (PostgreSQL, appendix A): invalid authorization, no such database."""


def of_status(status: int) -> Cause:
    """The cause that an answer stands for which is not the one that was asked for (RFC 9110, section 15)."""
    return _STATUSES.get(status, Cause.UNREACHABLE if status >= _SERVER_ERROR else Cause.PRECONDITION)


def of_sqlstate(state: str) -> Cause:
    """The cause that the SQLSTATE of a database stands for that could not be asked; unreachable, where none is told."""
    return _SQLSTATES.get(state) or _SQLSTATES.get(state[:2]) or Cause.UNREACHABLE
