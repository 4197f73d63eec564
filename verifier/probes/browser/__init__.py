"""The pages in a real browser: tiles and routes."""

from verifier.core.subject import Declaration, Subject

_HERE = Declaration(__name__)

SUBJECT = Subject(
    probes=(
        _HERE.probe("tiles", "tiles.probe:observe_tiles", seconds=8),
        _HERE.probe("visits", "visits:observe_visits", seconds=8),
        _HERE.probe("conditions", "condition.probe:observe_conditions", seconds=20),
    ),
    sections={
        "dashboard": _HERE("section:Dashboard"),
        "entry": _HERE("entry_section:BrowserEntry"),
    },
    prerequisites=_HERE("header:ask"),
    header=_HERE("header:lines"),
    facts=_HERE("header:facts"),
    samples=_HERE("tiles.probe:samples"),
    proposes=_HERE("survey.proposal:propose"),
)
