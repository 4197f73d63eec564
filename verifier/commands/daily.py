"""Look at a deployment as every day: uptime, error rate, response times, database, Google Analytics, Chatwoot, log.

Takes some seconds, ends with 0 only if all of it was seen to be well, with 1 if something is not, with 6 if something
could not be seen; and keeps a page of days for each target (reports/history/TARGET-days.html).
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from verifier.commands import UsageError
from verifier.core.config.contract import read_contract
from verifier.core.config.files import Mistakes
from verifier.core.config.target import read_target
from verifier.core.config.target_files import EMBEDDED
from verifier.core.credentials import Credentials
from verifier.core.deadline import Deadline, monotonic
from verifier.core.evidence import CouldNotLook
from verifier.core.evidence.finding import cut
from verifier.core.execution.folders import new_scratch
from verifier.core.execution.run import Run
from verifier.core.redaction import REDACTOR
from verifier.core.suite import place_of
from verifier.plugin.options import target_file
from verifier.probes.watch.daily import look_at
from verifier.reporting.daily import DailyLook, State, remember

_SECONDS = 60.0
"""For all of it, the start of an embedded deployment included."""
_SIGNS = {State.GOOD: "✔", State.BAD: "✘", State.UNKNOWN: "?"}
_WIDE = 118


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument("--target", help="targets/NAME.toml, or a path (default: the embedded deployment)")
    parser.add_argument("--vault", type=Path, help="vault folder with occ/SERVICE/ (default: ./vault)")
    parser.add_argument("--history", type=Path, metavar="PATH", help="folder that keeps the days (reports/history)")
    parser.add_argument("--fault", action="append", default=[], help="fault of the embedded deployment (repeatable)")


def run(given: argparse.Namespace) -> int:
    """Look, tell, keep.

    Raises:
        UsageError: there is no such target, or its file holds a mistake.
    """
    REDACTOR.learn_environment()
    work = _opened(given)
    try:
        work.start(tuple(given.fault))
        if work.obstacle:
            raise UsageError(str(work.obstacle))
        began = monotonic()
        look = look_at(work.context(work.collector()))
        seconds = monotonic() - began
    except CouldNotLook as trouble:
        raise UsageError(str(trouble)) from None
    finally:
        work.end()
    _tell(look, seconds)
    sys.stdout.write(f"day by day: {remember(work.history.parent, look)}\n")
    return look.exit_status


def _opened(given: argparse.Namespace) -> Run:
    """What a look needs of a run; it leaves no folder of a run behind."""
    suite, root = place_of(Path.cwd())
    try:
        contract = read_contract(suite)
        path = target_file(root, given.target, Path.cwd())
        target = read_target(path, contract)
    except Mistakes as mistakes:
        raise UsageError(str(mistakes)) from None
    if given.fault and not target.start:
        raise UsageError(f"--fault: the target {target.name} is not started here; faults belong to {EMBEDDED}")
    scratch = new_scratch()
    return Run(
        root=root,
        suite=suite,
        contract=contract,
        target_file=path,
        target=target,
        folder=scratch,
        scratch=scratch,
        history=(given.history or root / "reports" / "history") / f"{target.name}.json",
        deadline=Deadline(_SECONDS),
        credentials=Credentials(vault=given.vault or root / "vault"),
    )


def _tell(look: DailyLook, seconds: float) -> None:
    lines = [f"{look.title}, {look.at:%Y-%m-%d %H:%M} UTC, release {look.release or 'unknown'}"]
    for each in look.measures:
        lines.append(f"{_SIGNS[each.state]} {each.name:<24} {cut(each.said, _WIDE - 27)}")
        lines += [f"    {cut(str(found), _WIDE - 4)}" for found in each.findings[:5]]
        remedies = dict.fromkeys([*(found.remedy for found in each.findings), each.remedy])
        lines += [f"    → {remedy}" for remedy in list(filter(None, remedies))[:2]]
    lines.append(f"{look.verdict} · exit status {look.exit_status} · looked for {seconds:.1f} s")
    sys.stdout.write(REDACTOR.text("\n".join(lines)) + "\n")
