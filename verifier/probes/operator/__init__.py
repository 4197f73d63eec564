"""What an operator sees and does in a real browser: the fixtures of the flows in `smoke/`."""

from verifier.core.subject import Subject

SUBJECT = Subject(plugins=("verifier.probes.operator.fixtures",))
