"""Maps HTTP statuses, SQLSTATEs and transport errors to the cause for which something could not be looked at."""

from __future__ import annotations

from verifier.core.evidence import Cause

REFUSED = frozenset({401, 403, 407, 410})
"""HTTP statuses that mean access denied; some deployments answer 410 to clients that identify as programs."""
_STATUSES = {**dict.fromkeys(REFUSED, Cause.UNAUTHORIZED), 408: Cause.TIMEOUT, 429: Cause.RATE_LIMITED}
_SERVER_ERROR = 500
_SQLSTATES = {
    "28": Cause.UNAUTHORIZED,  # invalid authorization
    "3D000": Cause.UNAUTHORIZED,  # no such database
    "57014": Cause.TIMEOUT,  # query canceled, as by statement_timeout
    "55P03": Cause.TIMEOUT,  # lock not available, as by lock_timeout
}
"""SQLSTATE, or its class (PostgreSQL, appendix A)."""
_NET_ERRORS = {
    "ERR_CONNECTION_TIMED_OUT": Cause.TIMEOUT,
    "ERR_TIMED_OUT": Cause.TIMEOUT,
    "ERR_INVALID_AUTH_CREDENTIALS": Cause.UNAUTHORIZED,
    "ERR_UNEXPECTED_PROXY_AUTH": Cause.UNAUTHORIZED,  # what Chromium makes of HTTP 407
}
"""Chromium's names of network errors (net/base/net_error_list.h)."""


def of_status(status: int) -> Cause:
    """The cause of an unexpected HTTP status (RFC 9110, section 15)."""
    return _STATUSES.get(status, Cause.UNREACHABLE if status >= _SERVER_ERROR else Cause.PRECONDITION)


def of_sqlstate(state: str) -> Cause:
    """The cause of a SQLSTATE; unreachable, where the database gave none."""
    return _SQLSTATES.get(state) or _SQLSTATES.get(state[:2]) or Cause.UNREACHABLE


def of_net_error(name: str) -> Cause:
    """The cause of one of Chromium's network errors."""
    return _NET_ERRORS.get(name, Cause.UNREACHABLE)


def of_error(trouble: Exception) -> Cause:
    """The cause of a transport error; every library has "Timeout" in the names of its timeouts."""
    timeout = any("Timeout" in each.__name__ for each in type(trouble).__mro__)
    return Cause.TIMEOUT if timeout else Cause.UNREACHABLE
