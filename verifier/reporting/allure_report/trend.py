"""The outcomes of earlier runs of the same target, which Allure's page shows as history and trend."""

from __future__ import annotations

import json
from contextlib import suppress
from pathlib import Path

from verifier.core.files import write_whole
from verifier.core.redaction import REDACTOR
from verifier.reporting.leaks import leak_in

TREND = "trend.jsonl"
"""The file as Allure gets it: a line of JSON for each run, the newest last."""
RUNS = 30
"""How many runs are kept."""


class Trend:
    """What is kept of the runs of one target.

    Args:
        history: the file of what its accepted release took; the trend is kept beside it.
    """

    def __init__(self, history: Path) -> None:
        self.path = history.with_name(f"{history.stem}.allure.jsonl")

    def lend(self, copy: Path) -> None:
        """Copy the lines that can be read: Allure writes no page at all because of one that it cannot read."""
        with suppress(OSError):
            lines = self.path.read_text(encoding="utf-8", errors="replace").splitlines()
            copy.write_text("".join(f"{each}\n" for each in lines if _is_run(each)), encoding="utf-8")

    def keep(self, copy: Path) -> None:
        """Take over what Allure added; nothing of it that holds a secret, and nothing if it cannot be written."""
        with suppress(OSError):
            content = REDACTOR.text(copy.read_text(encoding="utf-8"))
            if not leak_in(content.encode()):
                write_whole(self.path, content)


def _is_run(line: str) -> bool:
    try:
        found = json.loads(line)
    except ValueError:
        return False
    return isinstance(found, dict) and {"uuid", "timestamp", "testResults"} <= found.keys()
