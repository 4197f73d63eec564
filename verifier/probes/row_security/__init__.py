"""Who can read and change whose rows: what the catalogue says, what is seen live, and what a copy proves.

`catalogue` and `declared` read what is declared; `live` acts as users of the live database and only reads; `copy`
acts as them on a copy of the schema, with rows made for the purpose.
"""

from verifier.core.subject import Declaration, Subject

_HERE = Declaration(__name__)

SUBJECT = Subject(probes=(_HERE.probe("row_security", "observe:observe_row_security", lasts=6),))
