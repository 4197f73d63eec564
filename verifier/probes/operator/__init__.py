"""What an operator sees and does in a real browser: the fixtures of the flows in `smoke/`."""

from verifier.core.subject import ClosingCheck, Declaration, Subject

_HERE = Declaration(__name__)

STATES_ACCESSIBLE = ClosingCheck("session::states_of_flows_are_accessible", "accessibility", _HERE("states:judge"))
SUBJECT = Subject(
    closing=(STATES_ACCESSIBLE,),
    plugins=tuple(f"{__name__}.{module}" for module in ("browsing", "translation", "fixtures")),
    proposes=_HERE("proposal:propose"),
)
