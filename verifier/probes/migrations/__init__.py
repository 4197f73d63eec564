"""Migrations: which files a runner applies, whether they only add, and a rehearsal on a throw-away server."""

from verifier.core.subject import Declaration, Subject

_HERE = Declaration(__name__)

SUBJECT = Subject(
    probes=(
        _HERE.probe("migrations", "probe:observe_migrations", seconds=2),
        _HERE.probe("rehearsal", "rehearsal.probe:observe_rehearsal", seconds=7),
        _HERE.probe("schema", "schema:observe_schema", seconds=5),
    ),
    sections={"migrations": _HERE("section:Migrations")},
    documents={"migration-confirmation.md": _HERE("report:confirmation")},
    proposes=_HERE("proposal:propose"),
)
