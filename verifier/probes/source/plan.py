"""Which commands of the app are run: those that the target names, else the scripts of its package.json."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from verifier.core.evidence import Cause, CouldNotLook
from verifier.probes.source.section import AppFolder, AppSource, Command, LeftOut

Kind = Literal["build", "test", "scan"]
KINDS: tuple[Kind, ...] = ("build", "test", "scan")
"""In the order in which they are run: tests may need what the build makes."""
_SCRIPTS: dict[Kind, tuple[str, ...]] = {"build": ("build",), "test": ("test:ci", "test"), "scan": ("scan",)}
_MANAGERS = {
    "package-lock.json": "npm",
    "pnpm-lock.yaml": "pnpm",
    "yarn.lock": "yarn",
    "bun.lock": "bun",
    "bun.lockb": "bun",
}
"""Lock file → the package manager that wrote it."""
_DEPENDENCIES = ("dependencies", "devDependencies")


@dataclass(frozen=True)
class Planned:
    """A command that is to be run in a folder; or why there is none.

    Attributes:
        command: empty if there is none.
        left_out: the reason that the target gives.
        missing: why it is not known, if it should be.
        install: what to type first, where the packages that it needs are not installed.
    """

    kind: Kind
    app: AppFolder
    command: str = ""
    left_out: str = ""
    missing: str = ""
    install: str = ""

    @property
    def name(self) -> str:
        """How reports call it: the kind, and the folder if it is not the checkout's own."""
        return self.kind if self.app.path == "." else f"{self.kind} in {self.app.path}"


def planned(root: Path, settings: AppSource) -> list[Planned]:
    """Every command of every folder, all builds first.

    Raises:
        CouldNotLook: precondition, if a folder or its package.json is not there or cannot be read.
    """
    folders = settings.app or tuple(_found(root))
    return [_planned(root, app, kind) for kind in KINDS for app in folders if _wanted(app, kind)]


def _found(root: Path) -> Iterator[AppFolder]:
    """The checkout, and each folder below `apps/` with a package of its own."""
    yield AppFolder()
    for package in sorted(root.glob("apps/*/package.json")):
        yield AppFolder(path=package.parent.relative_to(root).as_posix())


def _wanted(app: AppFolder, kind: Kind) -> bool:
    """The scan of the checkout covers all its folders."""
    return kind != "scan" or app.path == "." or app.scan is not None


def _planned(root: Path, app: AppFolder, kind: Kind) -> Planned:
    folder = root / app.path
    if not folder.is_dir():
        raise CouldNotLook(
            Cause.PRECONDITION,
            f"the checkout has no folder {app.path}",
            remedy="correct path in [[source.app]] of the target",
        )
    given: Command | None = getattr(app, kind)
    if isinstance(given, LeftOut):
        return Planned(kind, app, left_out=given.none)
    package = _package(folder)
    install = _install(root, folder, package)
    if given:
        return Planned(kind, app, given, install=install)
    scripts = package.get("scripts") or {}
    script = next((each for each in _SCRIPTS[kind] if scripts.get(each)), None)
    if script is None:
        where = "package.json" if app.path == "." else f"{app.path}/package.json"
        return Planned(kind, app, missing=f"{where} has no script {' or '.join(_SCRIPTS[kind])}")
    return Planned(kind, app, f"{_manager(root, folder)} run {script}", install=install)


def _package(folder: Path) -> dict[str, Any]:
    """The folder's package.json; empty if it has none."""
    path = folder / "package.json"
    if not path.is_file():
        return {}
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as trouble:
        raise CouldNotLook(Cause.PRECONDITION, f"{path.name} of {folder.name} cannot be read: {trouble}") from None
    return content if isinstance(content, dict) else {}


def _manager(root: Path, folder: Path) -> str:
    """The one that `packageManager` of package.json names, else that of the lock file; the folder's comes first."""
    for place in (folder, root):
        named = str(_package(place).get("packageManager") or "").partition("@")[0]
        locked = next((manager for lock, manager in _MANAGERS.items() if (place / lock).is_file()), "")
        if named or locked:
            return named or locked
    return "npm"


def _install(root: Path, folder: Path, package: dict[str, Any]) -> str:
    """What installs the packages that the folder needs; empty if they are there, or none is needed."""
    there = any((each / "node_modules").is_dir() or (each / ".pnp.cjs").is_file() for each in (folder, root))
    if there or not any(package.get(each) for each in _DEPENDENCIES):
        return ""
    manager = _manager(root, folder)
    return "npm ci" if manager == "npm" else f"{manager} install --frozen-lockfile"
