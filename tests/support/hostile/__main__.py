"""Every hostile situation, one after the other, and the page with what was seen: `make hostile`, or `ARGS='WORD …'`.

With words only the situations whose part or name holds one of them are run; the others stay on the page as they were.
`--endurance RUNS` adds healthy runs in a row, on `--lanes` sandboxes at once.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

from tests.support.hostile import page
from tests.support.hostile.endurance import endure, lane
from tests.support.hostile.page import Row
from tests.support.hostile.running import run
from tests.support.hostile.situation import Situation, objections
from tests.support.hostile.table import PARTS


def main(words: list[str]) -> int:
    """The exit status: 1 if anything is not as promised."""
    parser = argparse.ArgumentParser(prog="python -m tests.support.hostile", description=__doc__)
    parser.add_argument("word", nargs="*")
    parser.add_argument("--endurance", type=int, default=0, metavar="RUNS")
    parser.add_argument("--lanes", type=int, default=1)
    parser.add_argument("--lane", type=int, nargs=3, help=argparse.SUPPRESS)
    given = parser.parse_args(words)
    if given.lane:
        lane(*given.lane)
        return 0
    rows: list[Row] = []
    for part, situations in PARTS.items():
        for each in situations:
            if _asked(given.word, f"{part} {each.name}"):
                rows.append(judged(part, each))
                page.write(rows, "")  # what was seen is not lost where the next takes too long
    if given.endurance:
        endure(given.endurance, given.lanes, lambda endured: page.write(rows, endured))
    wrong = [row for row in rows if row.objections]
    _say(f"{len(rows)} situations, {len(wrong)} not as promised")
    return 1 if wrong else 0


def _asked(words: list[str], name: str) -> bool:
    return not words or any(word.lower() in name.lower() for word in words)


def judged(part: str, situation: Situation) -> Row:
    """The row of one situation; what cannot be brought about here says why."""
    why = situation.needs()
    if why:
        _say(f"-  {part}: {situation.name}: not here: {why}")
        return Row(part, situation.name, None, "", (), why)
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        try:
            seen = run(situation, Path(folder))
        except (TimeoutError, OSError) as trouble:
            _say(f"✘  {part}: {situation.name}: {trouble}")
            return Row(part, situation.name, None, "", (str(trouble),), "")
    wrong = tuple(objections(situation, seen))
    _say(
        f"{'✘' if wrong else '✔'}  {part}: {situation.name}: {seen.ending[0] or 'no verdict'}, {seen.ending[1]}, "
        f"{seen.seconds:.1f} s, {seen.megabytes:.0f} MB" + "".join(f"\n     {each}" for each in wrong)
    )
    if wrong:
        _say("\n".join(f"     | {line}" for line in seen.output.splitlines()))
    return Row(part, situation.name, seen, seen.line(situation.says), wrong, "")


def _say(text: str) -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
