"""Row-level security: who can read and change whose rows.

`catalogue` and `declared` read policies and grants; `live` impersonates users of the live database, read-only; `copy`
does so on a copy of the schema, with generated rows.
"""

from verifier.core.subject import Declaration, Subject

_HERE = Declaration(__name__)

SUBJECT = Subject(probes=(_HERE.probe("row_security", "probe:observe_row_security", seconds=6),))
