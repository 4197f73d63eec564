"""One table from what came instead of an answer to its cause: HTTP statuses, SQLSTATE, errors of the transport."""

from __future__ import annotations

from verifier.core.evidence import Cause

REFUSED = frozenset({401, 403, 407, 410})
"""HTTP statuses of who is not let in; some deployments answer 410 to programs that say they are programs."""
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
    """The cause that an answer stands for which is not the one that was asked for (RFC 9110, section 15)."""
    return _STATUSES.get(status, Cause.UNREACHABLE if status >= _SERVER_ERROR else Cause.PRECONDITION)


def of_sqlstate(state: str) -> Cause:
    """The cause that the SQLSTATE of a database stands for that could not be asked; unreachable, where none is told."""
    return _SQLSTATES.get(state) or _SQLSTATES.get(state[:2]) or Cause.UNREACHABLE


def of_net_error(name: str) -> Cause:
    """The cause that an error of Chromium's network stands for."""
    return _NET_ERRORS.get(name, Cause.UNREACHABLE)


def of_error(trouble: Exception) -> Cause:
    """The cause that an error of the transport stands for; all libraries name timeouts alike."""
    timeout = any("Timeout" in each.__name__ for each in type(trouble).__mro__)
    return Cause.TIMEOUT if timeout else Cause.UNREACHABLE
