"""Who can read and change whose rows: what the catalogue says, what is seen live, and what a copy proves.

The legs: `catalogue` and `static` read what is declared; `live` stands in for users of the live database and only
reads; `clone`, `rows`, `proof` and `calls` act for them on a copy of the schema, with rows made for the purpose.
"""

from verifier.core.subject import Declaration, Subject

_HERE = Declaration(__name__)

SUBJECT = Subject(probes=(_HERE.probe("row_security", "observe:observe_row_security", lasts=6),))
