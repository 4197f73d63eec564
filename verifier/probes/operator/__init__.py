"""What an operator sees and does in a real browser: the fixtures of the flows in `smoke/`."""

from verifier.core.subject import Declaration, Subject

_HERE = Declaration(__name__)

SUBJECT = Subject(
    plugins=tuple(f"{__name__}.{module}" for module in ("browsing", "translation", "fixtures")),
    proposes=_HERE("proposal:propose"),
)
