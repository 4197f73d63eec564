"""Load of many concurrent clients."""

from verifier.core.subject import Declaration, Subject

_HERE = Declaration(__name__)

SUBJECT = Subject(
    probes=(
        _HERE.probe("load", "load:observe_load", seconds=45),
        _HERE.probe("distributed_load", "load_result:observe_load_result"),
    ),
    sections={"load": _HERE("section:LoadSection")},
)
