"""Contradictions between probes, and server errors that any of them saw."""

from verifier.core.subject import ClosingCheck, Declaration, Subject

_HERE = Declaration(__name__)

NO_SERVER_ERROR_SEEN = ClosingCheck("session::no_server_error_seen", "no-server-errors", _HERE("server_errors:judge"))
SUBJECT = Subject(
    closing=(NO_SERVER_ERROR_SEEN,),
    contradictions=_HERE("heard:find"),
)
