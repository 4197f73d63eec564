"""The options of a run: how they are typed, completed and checked; a word that nobody can have meant is refused."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tomllib
from collections.abc import Callable, Collection, Iterable, Sequence
from pathlib import Path
from typing import Any

import pytest
from pydantic import TypeAdapter, ValidationError

from verifier.core.config.contract import FILE, Contract, Reason, Stage
from verifier.core.config.files import Mistakes
from verifier.core.config.target import Target
from verifier.core.config.target_files import EMBEDDED, find_target, known_targets
from verifier.core.spelling import did_you_mean
from verifier.core.suite import base_of, place_of
from verifier.plugin import watch_options
from verifier.plugin.selection import home_of

PATHS = frozenset(
    {"--target", "--vault", "--app-dir", "--history", "--load-result", "--expect-from", "--approvals", "--resume"}
    | {"--openmetrics", "--home", "--phases"}
)
"""Options whose value may be a path."""
_REHEARSED = "rollback-ready"
"""The item that a rehearsed rollback is for."""
_REPLAYED = "migrations-apply"
"""The item that the previous release is asked for."""
_WINDOW = "deployment-window"
"""The item that an emergency overrides."""
_LISTING_SECONDS = 20.0

Complete = Callable[..., Iterable[str]]


def add(parser: pytest.Parser, root: Path) -> None:
    """Register the options, for the suite in the folder `root`."""
    home = place_of(Path.cwd()).home if "_ARGCOMPLETE" in os.environ else root
    group = parser.getgroup("definition of done")
    parser.addini("subjects", "packages that hold further subjects, each with a SUBJECT", type="args", default=[])

    def option(*names: str, complete: Complete | None = None, **attributes: Any) -> None:  # noqa: ANN401 - argparse's
        group.addoption(*names, **attributes)
        if complete:
            group.options[-1].attrs()["completer"] = complete

    option(
        "--target",
        complete=lambda prefix, **_: [each for each in known_targets(home) if each.startswith(prefix)],
        help="deployment to judge: targets/NAME.toml, or a path to such a file (default: the embedded one; none for "
        "-m predeploy and -m migration, which judge files)",
    )
    option(
        "--item",
        action="append",
        default=[],
        complete=lambda prefix, **_: [each for each in _known_items(root) if each.startswith(prefix)],
        help="item of the Definition of Done to judge (repeatable; the run is PARTIAL)",
    )
    option(
        "--home",
        type=Path,
        metavar="PATH",
        help="folder with targets/, vault/ and waivers.toml, where reports/ is written (default: that of the suite)",
    )
    option("--vault", type=Path, help="vault folder with occ/SERVICE/ (default: ./vault)")
    option(
        "--fault",
        action="append",
        default=[],
        complete=lambda prefix, parsed_args, **_: [
            each for each in _faults_named_by(root, parsed_args.target) if each.startswith(prefix)
        ],
        help="fault to switch on in the embedded deployment (repeatable; python -m sandbox faults)",
    )
    option("--phase", help="judge the phases up to this one (default: all that the target has)")
    option("--phases", type=Path, metavar="DIR", help="folder with test_phase_N.py: instead of the suite's, or besides")
    option("--deadline", type=_seconds, help="seconds for the whole run (default: the target's)")
    option("--browser-path", help="browser to use (default: HOTDASH_BROWSER, else what set-up found)")
    option("--restore-drill", action="store_true", help="restore a dump into a throw-away server, and compare")
    option(
        "--rehearse-rollback",
        action="store_true",
        help="let each machine run the image of the previous release, and then its own again (writes must be allowed)",
    )
    option(
        "--previous-release",
        metavar="URL|IMAGE",
        help="release that the next one replaces: replay the target's read-only requests to it, with the new schema",
    )
    option("--app-dir", type=Path, metavar="PATH", help="checkout of the application (migrations, …)")
    option("--since", metavar="REV", help="git revision that is live: judge what changed since then")
    option(
        "--schema-from", metavar="VARIABLE", help="variable with the URL of the database whose schema is rehearsed on"
    )
    option(
        "--history", type=Path, metavar="PATH", help="folder that keeps what accepted releases took (reports/history)"
    )
    watch_options.add(option)
    option("--openmetrics", type=Path, metavar="FILE", help="also write the figures of the run there, for Prometheus")
    option("--load-result", type=Path, metavar="FILE", help="what load/locustfile.py wrote of its load")
    option("--emergency", metavar="REASON", help="why a deploy cannot wait for the end of a high-traffic period")
    option("--approvals", type=Path, metavar="FILE", help="approvals of phases as JSON, besides those in the checkout")
    option("--expect-release", help="number of the release that was shipped, as in 42 or v42")
    option("--expect-image", help="image that was shipped: registry/repository:tag@digest, a tag or a digest")
    option("--expect-sha", help="commit from which the image was built")
    option(
        "--expect-from",
        metavar="FILE|-",
        help="what `FLY_EMIT_RELEASE_JSON=1 fly deploy` printed: a file, or - for the input",
    )
    option("--html", choices=("write", "omit"), default="write", help="whether to write index.html")


def _seconds(text: str) -> float:
    """A time; argparse makes a usage error of anything else."""
    seconds = float(text)
    if not 0 < seconds < float("inf"):
        raise ValueError(text)
    return seconds


def _known_items(root: Path) -> list[str]:
    try:
        items = tomllib.loads((root / FILE).read_text(encoding="utf-8"))["item"]
    except (OSError, ValueError, KeyError):
        return []  # while words are completed there is no place for a message
    return [str(each.get("id")) for each in items]


def target_file(root: Path, name: str | None, here: Path) -> Path:
    """The file of the target that the caller named: by name, or by a path from where the caller stands.

    Args:
        root: the caller's folder; in a checkout that of the suite.
        name: what was given to `--target`; nothing for the embedded deployment.
        here: where the caller stands.

    Raises:
        Mistakes: there is no target of this name, or none was given outside of the suite, where nobody who forgets it
            means the embedded deployment.
    """
    if not name and place_of(root).apart:
        raise Mistakes([f"--target is missing; known: {', '.join(known_targets(root))}"])
    if name and name.endswith(".toml"):
        return here / name
    return find_target(root, name or EMBEDDED)


def _faults_named_by(root: Path, target: str | None) -> list[str]:
    try:
        path = target_file(root, target, Path.cwd())
        command = tomllib.loads(path.read_text(encoding="utf-8")).get("faults", [])
    except (Exception, pytest.UsageError):  # noqa: BLE001 - as above
        return []
    return known_faults(command, base_of(path, root)) or []


def listed_faults(command: Sequence[str], root: Path) -> list[dict[str, Any]] | None:
    """The faults that a deployment can be started with, as its target's `faults` command lists them.

    Args:
        command: prints a JSON list of objects with a `name`; `python` means this Python.
        root: the folder where it is run.

    Returns:
        Nothing, if there is no such command or it does not answer.
    """
    if not command:
        return None
    words = [sys.executable if word == "python" else word for word in command]
    try:
        told = subprocess.run(words, cwd=root, capture_output=True, timeout=_LISTING_SECONDS, check=True).stdout
        return [{**each, "name": str(each["name"])} for each in json.loads(told)]
    except (OSError, subprocess.SubprocessError, ValueError, KeyError, TypeError):
        return None


def known_faults(command: Sequence[str], root: Path) -> list[str] | None:
    """The names of these faults; nothing, if that is not told."""
    listed = listed_faults(command, root)
    return None if listed is None else [each["name"] for each in listed]


def refuse_unknown_items(config: pytest.Config, contract: Contract, judged: Collection[str]) -> None:
    """Every `--item` must be one that `-m` judges.

    Raises:
        pytest.UsageError: it is none; says which one is near.
    """
    ids = contract.ids
    for item in config.option.item:
        if item not in ids:
            raise pytest.UsageError(f"--item {item}: the contract has no such item; {nearest(item, ids)}")
        if item not in judged:
            stages = ", ".join(contract[item].stage)
            raise pytest.UsageError(
                f"--item {item}: not judged with -m {config.option.markexpr!r}; its stage: {stages}"
            )


def refuse_unknown_faults(config: pytest.Config, target: Target, path: Path | None) -> None:
    """Every `--fault` must be one that the target's start command knows.

    Raises:
        pytest.UsageError: it is none, or the target is not started here.
    """
    given = config.option.fault
    if not given:
        return
    if target.is_production:
        raise pytest.UsageError(f"--fault: never in production, which is what {target.name} says it is")
    if not target.start:
        raise pytest.UsageError(f"--fault: the target {target.name} is not started here; faults belong to the sandbox")
    known = known_faults(target.faults, base_of(path, home_of(config)))
    for name in [word.partition("=")[0] for word in given]:
        if known is not None and name not in known:
            raise pytest.UsageError(f"--fault {name}: no such fault; {nearest(name, known, ' '.join(target.faults))}")


def refuse_rehearsal(config: pytest.Config, target: Target, judged: Collection[str]) -> None:
    """A rehearsal changes the target, so the target must permit that, and something must judge it.

    Raises:
        pytest.UsageError: one of them is not so.
    """
    if not config.option.rehearse_rollback:
        return
    if _REHEARSED not in judged:
        raise pytest.UsageError(f"--rehearse-rollback: no judged stage asks for it; add -m {Stage.PRODUCTION}")
    if target.writes != "allowed":
        raise pytest.UsageError(f'--rehearse-rollback: {target.file} does not say writes = "allowed"')


def refuse_previous_release(config: pytest.Config, judged: Collection[str]) -> None:
    """The previous release is only asked where something judges its answers.

    Raises:
        pytest.UsageError: nothing does.
    """
    if config.option.previous_release and _REPLAYED not in judged:
        raise pytest.UsageError(f"--previous-release: no judged stage asks for it; add -m {Stage.MIGRATION}")


def refuse_what_needs_a_target(config: pytest.Config) -> None:
    """Without a deployment, what says something of one has no effect.

    Raises:
        pytest.UsageError: such an option is given.
    """
    expected = ("expect_release", "expect_image", "expect_sha", "expect_from")
    names = (
        "base_url",
        "phase",
        "phases",
        *expected,
        "restore_drill",
        "rehearse_rollback",
        "previous_release",
        "emergency",
        "approvals",
    )
    for name in names:
        if getattr(config.option, name, None):
            option = "--" + name.replace("_", "-")
            raise pytest.UsageError(f"{option}: this run judges files and no deployment; add --target NAME")


def emergency(config: pytest.Config, judged: Collection[str]) -> str:
    """Why the deploy cannot wait; empty if the caller does not say so.

    Raises:
        pytest.UsageError: it is no reason, or nothing asks for it.
    """
    given = config.option.emergency
    if given is None:
        return ""
    if _WINDOW not in judged:
        raise pytest.UsageError(f"--emergency: no judged stage asks for a reason (no {_WINDOW} there)")
    try:
        return TypeAdapter(Reason).validate_python(given)
    except ValidationError as invalid:
        raise pytest.UsageError(f"--emergency: {invalid.errors()[0]['msg'].removeprefix('Value error, ')}") from None


def nearest(word: str, known: Collection[str], listing: str = "") -> str:
    """What may have been meant, or what there is."""
    return did_you_mean(word, known) or (f"they are listed by: {listing}" if listing else f"known: {', '.join(known)}")
