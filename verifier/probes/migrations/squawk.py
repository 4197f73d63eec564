"""A second opinion by squawk, a linter that reads each file by itself."""

from __future__ import annotations

import json
import subprocess
import sys
from collections import Counter
from pathlib import Path

_SECONDS = 60
RULES = {
    "adding-field-with-default", "adding-foreign-key-constraint", "adding-not-nullable-field", "adding-required-field",
    "adding-serial-primary-key-field", "ban-alter-domain-with-add-constraint", "ban-drop-column", "ban-drop-constraint",
    "ban-drop-database", "ban-drop-function", "ban-drop-not-null", "ban-drop-table", "ban-drop-trigger",
    "ban-drop-view",
    "ban-truncate-cascade", "changing-column-type", "constraint-missing-not-valid", "disallowed-unique-constraint",
    "renaming-column", "renaming-table", "require-concurrent-index-creation", "require-concurrent-index-deletion",
    "adding-foreign-key", "ban-concurrent-index-creation-in-transaction", "syntax-error",
}  # fmt: skip
"""The rules about loss and blocking; the others are about style and timeouts."""


def second_opinion(paths: dict[str, Path]) -> dict[str, dict[str, int]] | None:
    """File → rule → violations; None if squawk is not installed or fails.

    Files without an entry have no violation, or squawk cannot parse them.
    """
    # One file that is not UTF-8 would make squawk fail for all.
    places = {str(path): name for name, path in paths.items() if _is_text(path)}
    words = ["--reporter", "json", "--assume-in-transaction", "--pg-version", "15", *places]
    try:
        asked = subprocess.run(
            [str(Path(sys.executable).parent / "squawk"), *words],
            capture_output=True, text=True, timeout=_SECONDS, check=False,
        )  # fmt: skip
        told = json.loads(asked.stdout)
    except (OSError, subprocess.TimeoutExpired, ValueError):
        return None
    opinions: dict[str, Counter[str]] = {}
    for each in told:
        if each["rule_name"] in RULES and each["file"] in places:
            opinions.setdefault(places[each["file"]], Counter())[each["rule_name"]] += 1
    return {name: dict(counts) for name, counts in opinions.items()}


def _is_text(path: Path) -> bool:
    try:
        path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        return False
    return True
