"""What can go wrong on purpose: one line per fault, with the items that it must turn red or unverified.

A fault changes the deployment, never the verifier. `NAME=VALUE` gives a fault another figure than its default.
"""

from collections.abc import Iterable

from sandbox.faults import database, failover, logs, pages, platform, rates, services, streams
from sandbox.faults.fault import Fault as Fault

_ALL = (
    *services.FAULTS,
    *logs.FAULTS,
    *database.FAULTS,
    *streams.FAULTS,
    *failover.FAULTS,
    *pages.FAULTS,
    *platform.FAULTS,
    *rates.FAULTS,
)
REGISTRY = {fault.name: fault for fault in _ALL}


class UnknownFault(Exception):  # noqa: N818 - reads as what happened
    """Somebody asked for a fault that is not in the registry."""


def parse(words: Iterable[str]) -> dict[str, str | None]:
    """Read `NAME` or `NAME=VALUE` words; a fault without a value gets its default."""
    faults: dict[str, str | None] = {}
    for word in words:
        name, _, value = word.partition("=")
        if name not in REGISTRY:
            raise UnknownFault(f"there is no fault «{name}»; see: python -m sandbox faults")
        faults[name] = value or REGISTRY[name].value
    return faults
