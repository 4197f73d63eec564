"""The names of tests that failed, as their runners print them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

_MOST = 50
_SHAPES = {
    "vitest": re.compile(r"^\s*FAIL\s+(\S.*)$"),
    "jest": re.compile(r"^\s*● (?!Console$)(\S.*)$"),
    "node": re.compile(r"^(?:\s*✖|not ok \d+ -) (\S.*?)(?: \([\d.]+ms\))?$"),
    "mocha": re.compile(r"^\s+\d+\) (\S.*)$"),
    "pytest": re.compile(r"^(?:FAILED|ERROR) (\S+)(?: - .*)?$"),
}
_ENDS = {"mocha": re.compile(r"^\s{2}\d+ passing\b")}
"""Runner → the line after which it names each failed test again, otherwise."""
_HEADLINES = {"failing tests:"}
_PLAYWRIGHT_LIST = re.compile(r"^\s{2}\d+ (failed|flaky|interrupted|did not run|skipped|passed)\b")
_PLAYWRIGHT_NAME = re.compile(r"^\s{4}(\S.*?)[\s─]*$")


def failing(lines: Sequence[str], runners: Iterable[str]) -> tuple[str, ...]:
    """The tests that these runners name as failed, each once, at most fifty."""
    found = (
        name
        for runner in runners
        for name in (_playwright(lines) if runner == "playwright" else _named(lines, runner))
        if name not in _HEADLINES
    )
    return tuple(dict.fromkeys(found))[:_MOST]


def _named(lines: Sequence[str], runner: str) -> Iterator[str]:
    shape, end = _SHAPES.get(runner), _ENDS.get(runner)
    for line in lines:
        if shape is None or (end and end.match(line)):
            return
        if match := shape.match(line):
            yield match[1].strip()


def _playwright(lines: Sequence[str]) -> Iterator[str]:
    """The list below "N failed"; elsewhere it names those, too, that passed when tried again."""
    listing = ""
    for line in lines:
        if head := _PLAYWRIGHT_LIST.match(line):
            listing = head[1]
        elif (match := _PLAYWRIGHT_NAME.match(line)) and listing in {"failed", "interrupted"}:
            yield match[1]
        elif line.strip():
            listing = ""
