"""What an operator sees and does in a real browser: the fixtures of the flows in `smoke/`."""

from verifier.core.subject import Declaration, Subject

_HERE = Declaration(__name__)

SUBJECT = Subject(
    plugins=("verifier.probes.operator.fixtures",),
    proposes=_HERE("proposal:propose"),
)
