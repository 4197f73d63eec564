"""The domain: which addresses its hostnames resolve to, and the certificates that are served there."""

from verifier.core.subject import Declaration, Subject

_HERE = Declaration(__name__)

SUBJECT = Subject(
    probes=(
        _HERE.probe("domain", "resolution:observe_domain", seconds=1),
        _HERE.probe("certificates", "certificates:observe_certificates", seconds=2),
    ),
    sections={"domain": _HERE("section:Domain")},
    proposes=_HERE("proposal:propose"),
)
