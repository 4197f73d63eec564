"""What a run costs, as ratios: `make bench`. Times depend on the machine; ratios much less."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def main() -> None:
    """Judge the embedded deployment in one process and in two workers, and print what it cost."""
    print(f"{'':<12}{'whole run':>12}{'observation':>14}{'ratio':>8}{'beyond it':>12}")
    for words in ((), ("-n", "2")):
        whole, observed = judged(*words)
        name = " ".join(words) or "-n 0"
        print(f"{name:<12}{whole:>10.1f} s{observed:>12.1f} s{whole / observed:>8.2f}{whole - observed:>10.1f} s")


def judged(*words: str) -> tuple[float, float]:
    """Seconds of a whole run, and of its longest necessary observation: the heartbeats."""
    began = time.perf_counter()
    command = [sys.executable, "-m", "pytest", "-m", "postdeploy", "-q", *words]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    whole = time.perf_counter() - began
    evidence = ROOT / "reports" / "latest" / "evidence"
    streams = [json.loads(path.read_text())["streams"] for path in evidence.rglob("events.json")]
    return whole, max(stream["watched"] for each in streams for stream in each.values())


if __name__ == "__main__":
    main()
