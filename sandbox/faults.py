"""The registry of all faults, which the modules `*_faults` of the sandbox declare.

`NAME=VALUE` overrides the default figure of a fault.
"""

from collections.abc import Iterable
from importlib import import_module
from pathlib import Path

from sandbox.fault import DECLARED, Fault

_ROOT = Path(__file__).resolve().parent


def load() -> dict[str, Fault]:
    """Import all modules that declare faults, so that the hooks of this process have them."""
    for module in sorted(_ROOT.rglob("*_faults.py")):
        import_module(".".join(("sandbox", *module.relative_to(_ROOT).with_suffix("").parts)))
    return dict(DECLARED)


REGISTRY = load()


class UnknownFault(Exception):  # noqa: N818 - reads as what happened
    """There is no fault of this name."""


def parse(words: Iterable[str]) -> dict[str, str | None]:
    """Read `NAME` or `NAME=VALUE` words; a fault without a value gets its default."""
    faults: dict[str, str | None] = {}
    for word in words:
        name, _, value = word.partition("=")
        if name not in REGISTRY:
            raise UnknownFault(f"there is no fault '{name}'; see: python -m sandbox faults")
        faults[name] = value or REGISTRY[name].value
    return faults
