"""All benches, one after the other, or those that are named: `python -m tests.benches [NAME …]`, `make bench`."""

from __future__ import annotations

import subprocess
import sys

NAMES = (
    "run", "report", "page", "leaks", "logs", "platform", "wire", "streams", "migrations", "deploy_files", "rls",
    "tiles", "escalation", "watch",
)  # fmt: skip
_ON_THE_MAIN_PAGE = {"run", "report", "page", "leaks"}


def main(wanted: list[str]) -> None:
    """Run them; one that is not there ends the command."""
    unknown = [name for name in wanted if name not in NAMES]
    if unknown:
        raise SystemExit(f"there is no bench {', '.join(unknown)}; there are: {', '.join(NAMES)}")
    for name in wanted or NAMES:
        page = "" if name in _ON_THE_MAIN_PAGE else f"/{name.replace('_', '-')}"
        print(f"\n== {name} (figures: docs/benchmarks{page}.md)", flush=True)
        subprocess.run([sys.executable, "-m", f"tests.benches.{name}"], check=True)


if __name__ == "__main__":
    main(sys.argv[1:])
