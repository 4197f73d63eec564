"""Labelled log lines, written for this project: `tests/data/logs/*.txt`.

One file per format. A record begins with `! ` (it reports one error) or `. ` (it reports none); `| ` continues it in
another line of the log. `{level}` at the beginning is the platform's level; `␛` stands for escape and `␤` for a new
line within one line of the log.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import NamedTuple

from tests.support.runs.toy import CHECKOUT

FOLDER = CHECKOUT / "tests" / "data" / "logs"
MEETINGS = FOLDER / "meetings"
"""Lines of formats that the rules do not name: rates are judged, and a suspicious error counts as seen."""
LEARNED = FOLDER / "learned"
"""Records that `log_words.likelihood` learns from, and that no rule was written for."""
HELD_OUT = "held-out"
"""Prefix of held-out files: written after the rules, and judged once before the rules were adapted."""
_GREP = re.compile("error|Error|ERROR")


class Labelled(NamedTuple):
    """One record: its place, the platform's level, its lines, and whether it reports an error."""

    place: str
    level: str
    lines: tuple[str, ...]
    error: bool

    @property
    def grepped(self) -> bool:
        """What `grep -E "error|Error|ERROR"` says of it."""
        return any(_GREP.search(line) for line in self.lines)


def corpus(folder: Path = FOLDER) -> list[Labelled]:
    """All records of a folder, file by file."""
    return [record for path in sorted(folder.glob("*.txt")) for record in _records(path.stem, path.read_text("utf-8"))]


def _records(name: str, text: str) -> list[Labelled]:
    records: list[Labelled] = []
    for number, written in enumerate(text.rstrip("\n").replace("␛", "\x1b").split("\n"), 1):
        sign, line = written[:1], written[2:].replace("␤", "\n")
        if sign == "|":
            last = records.pop()
            records.append(last._replace(lines=(*last.lines, line)))
            continue
        if sign not in {"!", "."}:
            raise ValueError(f"{name}:{number}: begins with neither «! » nor «. » nor «| »")
        level = re.match(r"\{(\w+)\} ", line)
        text_of = line[level.end() :] if level else line
        records.append(Labelled(f"{name}:{number}", level[1] if level else "info", (text_of,), sign == "!"))
    return records
