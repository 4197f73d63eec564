"""Holds one share of a load with the suite's own probe: `python -m load.hold TARGET.toml`; prints what it saw as JSON.

A process of its own, because Locust patches sockets, threads and selectors of the process that it runs in.
"""

from __future__ import annotations

import argparse
import sys
import uuid
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path

from verifier.credentials import Credentials
from verifier.definition import Limit, read_contract
from verifier.evidence import CouldNotLook
from verifier.files import Mistakes
from verifier.patience import Patience
from verifier.probes import Context, Seen
from verifier.probes.load import observe_load
from verifier.probes.platform import PlatformState, observe_platform
from verifier.sections.load import Load
from verifier.target import Target, find_target, read_target

ROOT = Path(__file__).resolve().parents[1]
MARGIN = 60.0
"""Seconds beyond ramp and hold in which all must be over."""


def context(target: Target, limit: Limit, seconds: float) -> Context:
    """What the probe needs, outside a run of pytest."""
    contract = read_contract(ROOT)

    def limit_of(item: str) -> Limit | None:
        return limit if item == "sse-connections" else target.limit_of(contract[item])

    def look(kind: type[Seen], /) -> Seen:
        if kind is not PlatformState:
            raise NotImplementedError(kind.__name__)
        return observe_platform(made)  # type: ignore[return-value]

    def alone(*_: str) -> AbstractContextManager[None]:
        return nullcontext()

    made = Context(
        target=target,
        credentials=Credentials(vault=ROOT / "vault"),
        patience=Patience(seconds),
        run=uuid.uuid4().hex[:12],
        look=look,
        glance=lambda _: None,
        settle=lambda: None,
        limit=limit_of,
        ceiling=lambda item: (limit_of(item) or Limit()).ceiling,
        quiet=alone,
        loud=alone,
        alone=alone,
    )
    return made


def main(words: list[str] | None = None) -> int:
    """Hold the streams; 0 if they could be looked at, 6 if not."""
    parser = argparse.ArgumentParser(prog="python -m load.hold", description=__doc__)
    parser.add_argument("target", help="targets/NAME.toml without targets/ and .toml, or a path to such a file")
    parser.add_argument("--count", type=int, help="streams (default: the limit of sse-connections)")
    parser.add_argument("--hold", type=float, help="seconds (default: the target's [load])")
    parser.add_argument("--ramp", type=float, help="seconds (default: the target's [load])")
    given = parser.parse_args(words)
    try:
        contract = read_contract(ROOT)
        target = read_target(find_target(ROOT, given.target), contract)
        limit = target.limit_of(contract["sse-connections"]) or Limit()
        limit = limit.model_copy(update={"count": given.count or limit.count})
        load = target.load or Load()
        load = load.model_copy(update={"hold": given.hold or load.hold, "ramp": given.ramp or load.ramp})
        target = target.model_copy(update={"load": load})
        seen = observe_load(context(target, limit, load.hold + load.ramp + MARGIN))
    except Mistakes as mistakes:
        sys.stderr.write(f"{mistakes}\n")
        return 4
    except CouldNotLook as trouble:
        sys.stderr.write(f"{trouble}\n{trouble.remedy}\n")
        return 6
    sys.stdout.write(seen.model_dump_json() + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
