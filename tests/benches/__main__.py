"""All benches, one after the other, or those that are named: `python -m tests.benches [NAME …]`, `make bench`."""

from __future__ import annotations

import subprocess
import sys

NAMES = ("run", "report", "page", "logs", "platform", "wire", "streams", "migrations", "rls", "tiles", "watch")


def main(wanted: list[str]) -> None:
    """Run them; one that is not there ends the command."""
    unknown = [name for name in wanted if name not in NAMES]
    if unknown:
        raise SystemExit(f"there is no bench {', '.join(unknown)}; there are: {', '.join(NAMES)}")
    for name in wanted or NAMES:
        print(f"\n== {name} (figures: docs/benchmarks{'' if name in {'run', 'report'} else '/' + name}.md)", flush=True)
        subprocess.run([sys.executable, "-m", f"tests.benches.{name}"], check=True)


if __name__ == "__main__":
    main(sys.argv[1:])
