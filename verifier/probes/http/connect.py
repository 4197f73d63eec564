"""The SQLSTATE with which a server refuses a connection."""

from __future__ import annotations

import os
import re
import select
import tempfile

from psycopg import pq

from verifier.core.deadline import monotonic

_SECONDS = 5.0
_STATE = re.compile(rb'ErrorResponse.*? C "([0-9A-Z]{5})"', re.DOTALL)


def refused_with(conninfo: str) -> str:
    """Connect once more, and read the SQLSTATE of the refusal; empty if there is none, or the connection is made.

    libpq keeps the SQLSTATE of a failed connection to itself, and its messages may be in any language; its trace of the
    protocol has the code.

    Args:
        conninfo: what libpq connects to.
    """
    with tempfile.TemporaryFile() as tape:
        connection = pq.PGconn.connect_start(conninfo.encode())
        try:
            connection.trace(tape.fileno())
            _poll(connection, monotonic() + _SECONDS)
            connection.untrace()  # which writes down what libpq still holds back
        finally:
            connection.finish()
        tape.seek(0, os.SEEK_SET)
        found = _STATE.search(tape.read())
    return found[1].decode() if found else ""


def _poll(connection: pq.abc.PGconn, until: float) -> None:
    """Let libpq work until it is connected or refused, or the time is over."""
    how = pq.PollingStatus.WRITING if connection.status != pq.ConnStatus.BAD else pq.PollingStatus.FAILED
    while how in {pq.PollingStatus.READING, pq.PollingStatus.WRITING} and monotonic() < until:
        reads, writes = ([connection.socket], []) if how == pq.PollingStatus.READING else ([], [connection.socket])
        if any(select.select(reads, writes, [], max(0.0, until - monotonic()))):
            how = pq.PollingStatus(connection.connect_poll())
