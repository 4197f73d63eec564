"""Holds one share of a load with the suite's own probe: `python -m load.hold TARGET.toml`; prints what it saw as JSON.

A process of its own, because Locust patches sockets, threads and selectors of the process that it runs in.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

from verifier.core.config.contract import Limit, read_contract
from verifier.core.config.files import Mistakes
from verifier.core.config.target import NewLimit, Target, read_target
from verifier.core.config.target_files import find_target
from verifier.core.credentials import Credentials
from verifier.core.deadline import Deadline
from verifier.core.evidence import CouldNotLook
from verifier.core.execution.run import Run
from verifier.core.redaction import REDACTOR
from verifier.probes.load.load import ITEM, LoadState
from verifier.probes.load.section import LoadSection

ROOT = Path(__file__).resolve().parents[1]
MARGIN = 60.0
"""Seconds beyond ramp and hold in which all must be over."""


def observe(target: Target, file: Path) -> LoadState:
    """What the suite's own collector sees of a load on `target`, which was read from `file`.

    Raises:
        CouldNotLook: as the probe itself.
    """
    load = target.get(LoadSection) or LoadSection()
    with tempfile.TemporaryDirectory() as scratch:
        run = Run(
            root=ROOT,
            suite=ROOT,
            contract=read_contract(ROOT),
            target_file=file,
            target=target,
            folder=Path(scratch),
            scratch=Path(scratch),
            history=Path(scratch),
            deadline=Deadline(load.hold + load.ramp + MARGIN),
            credentials=Credentials(vault=ROOT / "vault"),
        )
        return run.collector().get("load", LoadState)


def main(words: list[str] | None = None) -> int:
    """Hold the streams; 0 if they could be looked at, 4 for mistakes in the files, 6 if they could not."""
    parser = argparse.ArgumentParser(prog="python -m load.hold", description=__doc__)
    parser.add_argument("target", help="targets/NAME.toml without targets/ and .toml, or a path to such a file")
    parser.add_argument("--count", type=int, help="streams (default: the limit of sse-connections)")
    parser.add_argument("--hold", type=float, help="seconds (default: the target's [load])")
    parser.add_argument("--ramp", type=float, help="seconds (default: the target's [load])")
    given = parser.parse_args(words)
    REDACTOR.learn_environment()
    try:
        contract = read_contract(ROOT)
        file = find_target(ROOT, given.target)
        seen = observe(_as_wished(read_target(file, contract), given, contract[ITEM].limit or Limit()), file)
    except Mistakes as mistakes:
        sys.stderr.write(f"{mistakes}\n")
        return 4
    except CouldNotLook as trouble:
        sys.stderr.write(f"{trouble}\n{trouble.remedy}\n")
        return 6
    sys.stdout.write(seen.model_dump_json() + "\n")
    return 0


def _as_wished(target: Target, given: argparse.Namespace, limit: Limit) -> Target:
    """The target with the figures of the command line; others than those that are judged, so nothing is loosened."""
    load, limits = target.get(LoadSection) or LoadSection(), dict(target.limit)
    load = load.model_copy(update={"hold": given.hold or load.hold, "ramp": given.ramp or load.ramp})
    if given.count:
        ours = limits.get(ITEM) or NewLimit.model_validate({**limit.given(), "reason": "a share of a load"})
        limits[ITEM] = ours.model_copy(update={"count": given.count})
    return target.model_copy(update={"load": load, "limit": limits})


if __name__ == "__main__":
    sys.exit(main())
