"""PostgreSQL: reachable, loaded, backed up, restorable."""

from verifier.core.subject import Declaration, Subject

_HERE = Declaration(__name__)

SUBJECT = Subject(
    probes=(
        _HERE.probe("connection", "connection:observe_connection", seconds=2),
        _HERE.probe("tables", "connection:observe_tables"),
        _HERE.probe("backups", "backups:observe_backups", seconds=3),
    ),
    sections={"database": _HERE("section:Database"), "backups": _HERE("backups_section:Backups")},
    prerequisites=_HERE("header:ask"),
)
