"""Where the files of targets are: the caller's own, and that of the embedded deployment, which comes with the suite."""

from __future__ import annotations

from pathlib import Path

from verifier.core.config.files import Mistakes
from verifier.core.spelling import or_rather
from verifier.core.suite import own_suite, place_of

EMBEDDED = "sandbox"
"""The target of the deployment that comes with the suite; in a checkout it is judged where none is given."""


def known_targets(root: Path) -> list[str]:
    """The names of the target files; the embedded deployment is known everywhere."""
    return sorted({*(each.stem for each in (root / "targets").glob("*.toml")), *([EMBEDDED] if _own(root) else [])})


def find_target(root: Path, name: str) -> Path:
    """The file of the target `name`, or `name` itself if it is a path to a TOML file.

    Raises:
        Mistakes: there is none; names those that there are.
    """
    if name.endswith(".toml"):
        return Path(name) if Path(name).is_absolute() else root / name
    path = root / "targets" / f"{name}.toml"
    if path.is_file():
        return path
    if name == EMBEDDED and (own := _own(root)):
        return own
    known = known_targets(root)
    near = or_rather(name, known) or ";"
    raise Mistakes([f"--target {name}: no such target{near} Known: {', '.join(known) or 'none'}"])


def _own(root: Path) -> Path | None:
    """The file of the embedded deployment, for a caller outside of the suite; its other targets are not theirs."""
    path = own_suite() / "targets" / f"{EMBEDDED}.toml"
    return path if place_of(root).apart and path.is_file() else None
