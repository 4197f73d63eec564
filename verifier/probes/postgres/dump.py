"""Dumps a database with PostgreSQL's own tools, read-only, and restores it into a throw-away one.

The password goes through the environment of the child, never through its command line, which everybody can read.
"""

from __future__ import annotations

import os
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

import psycopg
from psycopg.conninfo import conninfo_to_dict

from verifier.core.deadline import Deadline
from verifier.core.evidence import Cause, CouldNotLook
from verifier.core.suite import setting_up
from verifier.embedded.server import installation
from verifier.probes.postgres.database import APPLICATION, for_libpq, pooled

SECONDS = 120.0
"""For one dump or one restore, if the run has that much time left."""
_VARIABLES = {
    "host": "PGHOST",
    "hostaddr": "PGHOSTADDR",
    "port": "PGPORT",
    "user": "PGUSER",
    "password": "PGPASSWORD",
    "dbname": "PGDATABASE",
    "sslmode": "PGSSLMODE",
    "sslrootcert": "PGSSLROOTCERT",
    "sslcert": "PGSSLCERT",
    "sslkey": "PGSSLKEY",
    "sslnegotiation": "PGSSLNEGOTIATION",
    "channel_binding": "PGCHANNELBINDING",
    "connect_timeout": "PGCONNECT_TIMEOUT",
    "target_session_attrs": "PGTARGETSESSIONATTRS",
}
"""The words of a connection string that libpq also takes from the environment (its documentation, 34.15)."""


def dump(url: str, deadline: Deadline, *options: str) -> bytes:
    """What `pg_dump` writes with these options; it only reads.

    Args:
        url: of the database that is dumped.
        deadline: the dump ends with it, or after two minutes.
        options: of `pg_dump`, as `--schema-only`.

    Raises:
        CouldNotLook: with the tool's own words: unauthorized where the role may not read everything, precondition
            where the server is newer than the tool.
    """
    options = ("--no-password", "--lock-wait-timeout=10s", *options)
    ended = _run([str(installation() / "bin" / "pg_dump"), *options], _environment(url, reads=True), deadline)
    if ended.returncode:
        raise _explained(ended.stderr.decode(errors="replace"))
    return ended.stdout


def restore(script: bytes, url: str, deadline: Deadline) -> tuple[str, ...]:
    """Run a plain dump against a throw-away database; returns what the server refused, line by line."""
    command = [str(installation() / "bin" / "psql"), "--no-psqlrc", "--quiet", "--no-password", "--output=/dev/null"]
    ended = _run(command, _environment(url), deadline, script)
    return tuple(line for line in ended.stderr.decode(errors="replace").splitlines() if "ERROR:" in line)


def _run(
    command: Sequence[str], environment: Mapping[str, str], deadline: Deadline, given: bytes = b""
) -> subprocess.CompletedProcess[bytes]:
    seconds = deadline.shorter(SECONDS).remaining()
    try:
        return subprocess.run(
            command, env=dict(environment), input=given, capture_output=True, check=False, timeout=seconds, cwd="/"
        )
    except subprocess.TimeoutExpired:
        tool = Path(command[0]).name
        raise CouldNotLook(
            Cause.TIMEOUT, f"{tool} did not end within {seconds:.0f} s", remedy="run again with a longer --deadline"
        ) from None


def _environment(url: str, *, reads: bool = False) -> dict[str, str]:
    """The environment that points libpq at the database alone; `reads` makes its sessions read-only."""
    try:
        words = conninfo_to_dict(for_libpq(url))
    except psycopg.ProgrammingError as trouble:
        raise CouldNotLook(Cause.PRECONDITION, f"this is no PostgreSQL URL: {trouble}") from None
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PG")}
    asked = {_VARIABLES[name]: str(value) for name, value in words.items() if name in _VARIABLES and value is not None}
    options = [str(words.get("options") or "")]
    if reads and not pooled(url):
        options.append("-c default_transaction_read_only=on")
    settings = {"PGAPPNAME": APPLICATION, "PGOPTIONS": " ".join(options).strip(), "LC_ALL": "C"}
    return {**kept, **settings, **asked}


def _explained(said: str) -> CouldNotLook:
    lines = [line for line in said.splitlines() if line.strip()]
    words = " ".join(next((line for line in lines if "error" in line.lower()), lines[-1] if lines else "").split())
    if "permission denied" in words or "row-level security" in words or "row security" in words:
        remedy = "give a DATABASE_URL of a role that may read every table, with BYPASSRLS"
        return CouldNotLook(Cause.UNAUTHORIZED, f"pg_dump: {words}", remedy=remedy)
    if "version mismatch" in said:
        return CouldNotLook(Cause.PRECONDITION, f"pg_dump: {words}", remedy=f"{setting_up()}, with newer packages")
    if "could not obtain lock" in words or "lock timeout" in words:
        return CouldNotLook(Cause.TIMEOUT, f"pg_dump: {words}", remedy="a migration is under way? Then run again")
    return CouldNotLook(Cause.UNREACHABLE, f"pg_dump: {words}", remedy='pg_dump --schema-only "$DATABASE_URL"')
