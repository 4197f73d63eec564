"""Faults of the database."""

from sandbox.faults import row_security
from sandbox.faults.fault import POSTDEPLOY_AND_MONITORING, RLS, WITHOUT_DATABASE, Fault, unverified

FAULTS = (
    *row_security.FAULTS,
    Fault(
        "database-stopped",
        "PostgreSQL is stopped",
        ("database-connection", "health-endpoint", "machines-started", "no-server-errors", "smoke-passed"),
        unverified("unreachable", *WITHOUT_DATABASE),
    ),
    Fault(
        "table-missing",
        "one table is gone",
        ("tables-exist", "schema-matches-migrations"),
        unverified("precondition", "rls-protects"),
        stages="migration",
        local=True,
    ),
    Fault(
        "database-lies",
        "PostgreSQL is stopped, and the application says that it answers",
        ("database-connection", "smoke-passed", "no-server-errors"),
        unverified("unreachable", *WITHOUT_DATABASE),
    ),
    Fault("column-missing", "one declared column is gone", ("tables-exist",), local=True),
    Fault("column-of-another-type", "a number is kept as text", ("tables-exist",), local=True),
    Fault(
        "database-slow",
        "the database lets a session in after 2.5 s",
        ("database-connection",),
        value="2.5",
        local=True,
    ),
    Fault(
        "database-at-its-limit", "three of the database's connections are left", ("database-connection",), local=True
    ),
    Fault(
        "database-read-only",
        "the database takes no writes",
        ("database-connection",),
        stages=POSTDEPLOY_AND_MONITORING,
        aside=("error-rate",),
        local=True,
    ),
    Fault(
        "database-password-expired",
        "the password of the verifier's role has expired",
        (),
        unverified("unauthorized", *RLS, "schema-matches-migrations", "database-connection"),
        stages="migration or postdeploy or monitoring",
        aside=("error-rate",),
        local=True,
    ),
    Fault(
        "transaction-left-open",
        "a session has left its transaction open, for 10.1 s when the deploy begins",
        ("database-connection",),
        value="10.1",
        scaled="2.1",
        local=True,
    ),
    Fault(
        "lock-waited-for",
        "a session waits for a lock that nobody gives back, for 2.1 s when the deploy begins",
        ("database-connection",),
        value="2.1",
        local=True,
    ),
    Fault(
        "backup-old",
        "the newest backup is 30 hours old",
        ("backups-verified",),
        value="30",
        stages="production",
        local=True,
    ),
    Fault("backups-failed", "no backup is complete", ("backups-verified",), stages="production", local=True),
    Fault("backups-none", "there is no backup", ("backups-verified",), stages="production", local=True),
    Fault(
        "backups-refused",
        "Supabase's management API answers 401",
        (),
        unverified("unauthorized", "backups-verified"),
        stages="production",
        local=True,
    ),
    Fault(
        "dump-not-restorable",
        "a constraint asks a function that finds its table only by the search path, so a restore loses rows",
        ("backups-verified",),
        stages="production",
        words=("--restore-drill",),
        local=True,
    ),
    Fault(
        "schema-drifted",
        "somebody added a column by hand",
        ("schema-matches-migrations",),
        stages="migration",
        local=True,
    ),
    Fault(
        "index-dropped",
        "somebody dropped an index by hand",
        ("schema-matches-migrations",),
        stages="migration",
        local=True,
    ),
    Fault(
        "migration-pending",
        "the newest migration is not in the list of those that were applied",
        ("schema-matches-migrations",),
        stages="migration",
        local=True,
    ),
)
