"""The options of a watch: for how long the deployment is watched, and which watch that did not end is gone on with."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection
from pathlib import Path

import pytest

from verifier.core.config.contract import Stage
from verifier.core.config.target import Target
from verifier.core.execution.retention import in_use
from verifier.core.execution.run import Run
from verifier.core.execution.watch_journal import JOURNAL, WatchJournal, read_journal
from verifier.core.probe import WatchOrder
from verifier.core.suite import judging

NEWEST = "newest"
"""What `--resume` without a value means."""
_UNITS = {"s": 1, "m": 60, "h": 3600}
_PART = re.compile(r"(\d+(?:\.\d+)?)([smh])")


def add(option: Callable[..., None]) -> None:
    """Register the options with `option`, as argparse knows them."""
    option("--watch", type=duration, metavar="TIME", help="watch the deployment for so long: 1h, 30m, 90s, 1h30m")
    option(
        "--resume",
        nargs="?",
        const=NEWEST,
        metavar="RUN",
        help="go on with a watch that did not end: a folder below reports/, or a path; without RUN the newest of this "
        "target",
    )
    option("--watch-all", action="store_true", help="watch to the end although a promise is broken for certain")


def duration(text: str) -> float:
    """Seconds of a time such as '1h30m'; argparse makes a usage error of anything else."""
    parts = _PART.findall(text)
    if not parts or "".join(number + unit for number, unit in parts) != text:
        raise ValueError(text)
    seconds = sum(float(number) * _UNITS[unit] for number, unit in parts)
    if seconds < 1:
        raise ValueError(text)
    return seconds


def ordered(config: pytest.Config, root: Path, target: Target, stages: Collection[Stage]) -> WatchOrder | None:
    """What the caller wants watched; nothing, if no watch was asked for.

    Raises:
        pytest.UsageError: it does not go with the stage, the target or the other options, or there is nothing to
            resume.
    """
    option = config.option
    if option.watch is None and option.resume is None:
        if option.watch_all:
            raise pytest.UsageError("--watch-all: nothing is watched; add --watch 1h")
        return None
    if Stage.MONITORING not in stages:
        raise pytest.UsageError("--watch: nothing of this run is judged by a watch; add -m monitoring")
    if getattr(option, "numprocesses", None) or getattr(option, "tx", None):
        raise pytest.UsageError("--watch: one process watches; leave out -n")
    journal = _resumed(config, root, target)
    seconds = journal.header.seconds if journal else option.watch
    if option.deadline and option.deadline <= seconds:
        raise pytest.UsageError(f"--deadline {option.deadline:g}: a watch of {seconds:g} s takes longer; leave it out")
    return WatchOrder(seconds, journal.path if journal else None, option.watch_all)


def to_go_on(run: Run) -> str:
    """What to type to go on with the watch of this run; empty, if there is none that did not end."""
    journal = read_journal(run.folder / JOURNAL) if run.options.watch else None
    if journal is None or journal.end is not None:
        return ""
    words = f"-m monitoring --target={run.target.name} --resume={run.folder.name}"
    return f"the watch did not end; go on: {judging(words)}"


def _resumed(config: pytest.Config, root: Path, target: Target) -> WatchJournal | None:
    """The journal to go on with; nothing where there is none, and a new watch was asked for."""
    given, seconds = config.option.resume, config.option.watch
    if given is None:
        return None
    journal = _newest(root / "reports", target) if given == NEWEST else _named(config, root, given)
    if journal is None:
        if seconds is None:
            raise pytest.UsageError(f"--resume: no watch of {target.name} is unfinished; begin one: --watch 1h")
        return None
    known = journal.header
    if journal.end is not None:
        raise pytest.UsageError(f"--resume: that watch ended at {journal.end.at:%Y-%m-%d %H:%M:%S} UTC")
    if known.target != target.name:
        raise pytest.UsageError(f"--resume: that watch was of {known.target}; add --target={known.target}")
    if seconds is not None and seconds != known.seconds:
        raise pytest.UsageError(f"--resume: that watch lasts {known.seconds:g} s; leave out --watch")
    if not _left(journal):
        raise pytest.UsageError(f"--resume: the run {journal.path.parent.name} still watches")
    return journal


def _left(journal: WatchJournal) -> bool:
    """Whether nobody watches any more."""
    with in_use(journal.path.parent) as free:
        return free


def _named(config: pytest.Config, root: Path, given: str) -> WatchJournal:
    """The journal of the run that the caller named: its folder by name or by path, or the file itself."""
    places = (root / "reports" / given, Path(config.invocation_params.dir, given))
    files = [path for place in places for path in (place / JOURNAL, place) if path.is_file()]
    found = read_journal(files[0].resolve()) if files else None
    if found is None:
        raise pytest.UsageError(f"--resume {given}: there is no {JOURNAL} of a watch")
    return found


def _newest(reports: Path, target: Target) -> WatchJournal | None:
    """The newest watch of this target that did not end, and that nobody goes on with."""
    paths = sorted(reports.glob(f"*/{JOURNAL}"), key=lambda each: each.stat().st_mtime, reverse=True)
    found = (read_journal(path.resolve()) for path in paths if not path.parent.is_symlink())
    mine = (each for each in found if each and each.end is None and each.header.target == target.name)
    return next((each for each in mine if _left(each)), None)
