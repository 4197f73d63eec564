"""Where the suite is, where its caller stands, and what to type there.

In a checkout both are one folder. Whoever has the suite as a package (`pip install`), or calls the command of a
checkout from somewhere else, keeps `targets/`, `vault/`, `waivers.toml` and `reports/` in a folder of their own: home.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import sys
from collections.abc import Sequence
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import NamedTuple

CONTRACT = "definition_of_done.toml"
COMMAND = "definition-of-done"
DISTRIBUTION = "hotdash-definition-of-done"
_PACKAGE = Path(__file__).resolve().parents[1]
_PACKAGED = _PACKAGE / "suite"


class Place(NamedTuple):
    """Where a command works.

    Attributes:
        suite: the folder with contract, checks and the embedded deployment.
        home: the caller's folder, with targets and reports; in a checkout the same.
    """

    suite: Path
    home: Path

    @property
    def apart(self) -> bool:
        """Whether the caller stands outside of the suite."""
        return self.suite != self.home


def own_suite() -> Path:
    """The suite that this code belongs to: the folder in the package, or the checkout."""
    return _PACKAGED if (_PACKAGED / CONTRACT).is_file() else _PACKAGE.parent


def is_package() -> bool:
    """Whether this code was installed as a package, and has no checkout around it."""
    return own_suite() == _PACKAGED


def place_of(here: Path) -> Place:
    """The suite whose folder the caller stands in, else this code's own and the caller's home."""
    around = next((each for each in (here, *here.parents) if (each / CONTRACT).is_file()), None)
    return Place(around, around) if around else Place(own_suite(), _home(here))


def _home(here: Path) -> Path:
    """The first folder from here upwards that has targets, no further than the top of the caller's repository."""
    for each in (here, *here.parents):
        if any((each / "targets").glob("*.toml")):
            return each
        if (each / ".git").exists():
            break
    return here


def base_of(target_file: Path | None, home: Path) -> Path:
    """The folder where paths and commands in a target's file begin: the suite's for those that come with the suite."""
    suite = own_suite()
    return suite if target_file and target_file.parent == suite / "targets" else home


def judging(words: str = "") -> str:
    """What to type, where the caller stands, to judge: `words` are those that pytest gets."""
    return f"{COMMAND} judge {words}".rstrip() if place_of(Path.cwd()).apart else f"pytest {words}".rstrip()


def asking(words: str) -> str:
    """What to type, where the caller stands, for another command: its name and its options."""
    return f"{COMMAND} {words}" if place_of(Path.cwd()).apart else f"python -m verifier {words}"


def setting_up() -> str:
    """What to type, where the caller stands, to get what pip does not bring: browser, Allure, the secret scanner."""
    return asking("setup") if place_of(Path.cwd()).apart else "make setup"


def pytest_words(place: Place, words: Sequence[str]) -> list[str]:
    """The words of pytest that judge with the suite of `place`, as `words` say."""
    if not place.apart:
        return [*words]
    settings = ["-c", str(place.suite / "pytest.ini"), "--home", str(place.home), "-o"]
    # Versions of packages are the installer's choice: what they will drop one day is no finding about a deployment.
    ours = ["cache_dir=" + str(place.home / ".pytest_cache"), "-W", "ignore::DeprecationWarning"]
    return [*settings, *ours, "-W", "ignore::PendingDeprecationWarning", *words]


def tools_folder(name: str, beside: Path) -> Path:
    """Where what npm installs is kept.

    Args:
        name: of the tool.
        beside: the folder in the package with its lock file; in a checkout it is installed there.
    """
    if not is_package():
        return beside
    pinned = hashlib.sha256((beside / "package-lock.json").read_bytes()).hexdigest()
    return cache_folder() / f"{name}-{pinned[:12]}"


def cache_folder() -> Path:
    """What an installed package keeps for itself, by the XDG Base Directory Specification."""
    told = os.environ.get("XDG_CACHE_HOME", "")
    base = Path(told) if Path(told).is_absolute() else Path.home() / ".cache"
    return base / COMMAND


def package_version() -> str:
    """The version of the installed package; it ends with the commit that it was built from."""
    try:
        return version(DISTRIBUTION)
    except PackageNotFoundError:
        return "unknown"


def node_path() -> str | None:
    """The Node that came with the suite's packages, else the system's; None if there is neither."""
    beside = Path(sys.executable).with_name("node")
    return str(beside) if beside.is_file() else shutil.which("node")
