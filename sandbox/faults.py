"""Every fault there is, by name: the modules `*_faults` of the sandbox declare them.

`NAME=VALUE` gives a fault another figure than its default.
"""

from collections.abc import Iterable
from importlib import import_module
from pathlib import Path

from sandbox.fault import DECLARED, Fault

_ROOT = Path(__file__).resolve().parent


def load() -> dict[str, Fault]:
    """Import what declares faults, so that every hook of this process has them."""
    for module in sorted(_ROOT.rglob("*_faults.py")):
        import_module(".".join(("sandbox", *module.relative_to(_ROOT).with_suffix("").parts)))
    return dict(DECLARED)


REGISTRY = load()


class UnknownFault(Exception):  # noqa: N818 - reads as what happened
    """Somebody asked for a fault that is not in the registry."""


def parse(words: Iterable[str]) -> dict[str, str | None]:
    """Read `NAME` or `NAME=VALUE` words; a fault without a value gets its default."""
    faults: dict[str, str | None] = {}
    for word in words:
        name, _, value = word.partition("=")
        if name not in REGISTRY:
            raise UnknownFault(f"there is no fault '{name}'; see: python -m sandbox faults")
        faults[name] = value or REGISTRY[name].value
    return faults
