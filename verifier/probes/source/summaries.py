"""How many tests ran: what test runners say at their end, and the JUnit XML that they write.

An exit status alone proves nothing: a runner that finds no test, or skips all, may end with 0.
Formats: vitest 1 to 4, jest 27 to 30, Playwright 1.40 and later, node:test (spec and TAP), mocha 8 to 12,
pytest 6 to 9.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise
from pathlib import Path
from xml.etree import ElementTree as ET

from verifier.core.evidence import Record

_PAIR = re.compile(r"(\d+) ([a-z]+)")
_NO_TESTS = re.compile(r"\bno tests? (?:files? )?(?:found|ran)\b", re.IGNORECASE)
_MOST_NAMES = 50


class RunnerSummary(Record):
    """What one runner counted.

    Attributes:
        skipped: also those that are to be written, and those that a runner was told to leave out.
        flaky: of those that passed, how many did so only when tried again.
    """

    runner: str
    passed: int = 0
    failed: int = 0
    skipped: int = 0
    flaky: int = 0

    @property
    def ran(self) -> int:
        """The tests that ran to their end."""
        return self.passed + self.failed

    def __str__(self) -> str:
        counted = {"passed": self.passed, "failed": self.failed, "skipped": self.skipped, "flaky": self.flaky}
        return ", ".join(f"{number} {word}" for word, number in counted.items() if number) or "no test"


def summaries(lines: Sequence[str], runner: str | None = None) -> tuple[RunnerSummary, ...]:
    """The summary of each runner that is known, in the output of a command that may start several.

    Args:
        lines: the output, without colors.
        runner: the only one that is looked for.
    """
    found = [
        RunnerSummary(runner=name, **counts)
        for name, read in _READERS.items()
        if runner in {None, name}
        for counts in read(lines)
    ]
    if not found and any(map(_NO_TESTS.search, lines)):
        return (RunnerSummary(runner=runner or "the runner"),)
    return tuple(found)


def read_junit(path: Path) -> RunnerSummary:
    """The counts of a JUnit XML file, case by case; totals in its head are not believed.

    Raises:
        ValueError: it is none.
    """
    try:
        root = ET.parse(path).getroot()  # noqa: S314 - the app's own file, written by its own command
    except ET.ParseError as trouble:
        raise ValueError(f"{path.name} is not XML: {trouble}") from None
    if root.tag not in {"testsuites", "testsuite"}:
        raise ValueError(f"{path.name} is no JUnit XML: its root is <{root.tag}>")
    kinds = Counter(_kind(case) for case in root.iter("testcase"))
    return RunnerSummary(runner=path.name, **{str(kind): count for kind, count in kinds.items()})


def failing_in_junit(path: Path) -> tuple[str, ...]:
    """The names of its cases that failed."""
    cases = (each for each in ET.parse(path).getroot().iter("testcase") if _kind(each) == "failed")  # noqa: S314 - as above
    names = (" > ".join(filter(None, (each.get("classname"), each.get("name")))) for each in cases)
    return tuple(dict.fromkeys(names))[:_MOST_NAMES]


def _kind(case: ET.Element) -> str:
    if case.find("failure") is not None or case.find("error") is not None:
        return "failed"
    return "skipped" if case.find("skipped") is not None else "passed"


Counts = dict[str, int]


def _counts(text: str, words: dict[str, str]) -> Counts:
    """`3 passed, 1 todo` → kind → count."""
    counted: Counter[str] = Counter()
    for number, word in _PAIR.findall(text):
        if word in words:
            counted[words[word]] += int(number)
    return dict(counted)


def _lines_like(shape: str, words: dict[str, str]) -> Callable[[Sequence[str]], Iterator[Counts]]:
    """Reads summaries that stand on one line each: group 1 of `shape` holds the counts."""
    pattern = re.compile(shape)

    def read(lines: Sequence[str]) -> Iterator[Counts]:
        for line in lines:
            if match := pattern.search(line):
                yield _counts(match[1] or "", words)

    return read


def _listed(shape: str, words: dict[str, str], *, begins: str) -> Callable[[Sequence[str]], Iterator[Counts]]:
    """Reads summaries of several lines, a count on each; a line with the word `begins` begins another one."""
    pattern = re.compile(shape)

    def read(lines: Sequence[str]) -> Iterator[Counts]:
        current: Counts | None = None
        for number, word in (match.group("number", "word") for line in lines if (match := pattern.match(line))):
            if word == begins or current is None:
                if current is not None:
                    yield current
                current = {}
            kind = words.get(word)
            if kind:
                current[kind] = current.get(kind, 0) + int(number)
        if current is not None:
            yield current

    return read


def _playwright(lines: Sequence[str]) -> Iterator[Counts]:
    """Each run says at its beginning how many tests it has; its counts come after that."""
    begins = [place for place, line in enumerate(lines) if re.search(r"\bRunning \d+ tests? using \d+ worker", line)]
    shape = re.compile(
        r"^(?:\S+: )?\s{2}(\d+) (passed|failed|flaky|skipped|did not run|interrupted)(?: \([\d.]+(?:ms|s|m|h)\))?$"
    )
    words = {"passed": "passed", "failed": "failed", "skipped": "skipped", "did not run": "skipped"}
    for first, end in pairwise([*begins, len(lines)]):
        counted: Counter[str] = Counter()
        for number, word in (match.groups() for line in lines[first:end] if (match := shape.match(line))):
            counted[words.get(word, "failed")] += int(number) if word != "flaky" else 0
            if word == "flaky":
                counted.update(passed=int(number), flaky=int(number))
        yield dict(counted)


def _node(lines: Sequence[str]) -> Iterator[Counts]:
    """A file without a test is counted as one that passed, by the name of the file; those are taken off."""
    files = sum(
        bool(_FILE_AS_TEST.match(line)) and not _NESTED_PLAN.match(before) for before, line in pairwise(["", *lines])
    )
    for counts in _NODE_COUNTS(lines):
        taken = min(files, counts.get("passed", 0))
        files -= taken
        yield {**counts, "passed": counts.get("passed", 0) - taken}


_FILE_AS_TEST = re.compile(r"^(?:✔|ok \d+ -) (?:/.+|\S+)\.[cm]?[jt]sx?(?: \([\d.]+ms\))?$")
_NESTED_PLAN = re.compile(r"^\s+1\.\.\d+$")
"""Node 18 has a test of each file around its tests."""
_NODE_COUNTS = _listed(
    r"^(?:.*\s)?(?:ℹ|#) (?P<word>tests|pass|fail|cancelled|skipped|todo) (?P<number>\d+)$",
    {"pass": "passed", "fail": "failed", "cancelled": "failed", "skipped": "skipped", "todo": "skipped"},
    begins="tests",
)
_USUAL = {"passed": "passed", "failed": "failed", "skipped": "skipped", "todo": "skipped", "pending": "skipped"}
_READERS: dict[str, Callable[[Sequence[str]], Iterator[Counts]]] = {
    "vitest": _lines_like(r"(?:^|\s)Tests {2}((?:(?:\d+ [a-z]+(?: \| )?)+ \(\d+\))|no tests)\s*$", _USUAL),
    "jest": _lines_like(r"(?:^|\s)Tests: {2,}(.*\b\d+ total)\s*$", _USUAL),
    "playwright": _playwright,
    "node": _node,
    "mocha": _listed(
        r"^(?:.*:)?\s{2}(?P<number>\d+) (?P<word>passing|pending|failing)(?: \(\d+m?s\))?$",
        {"passing": "passed", "pending": "skipped", "failing": "failed"},
        begins="passing",
    ),
    "pytest": _lines_like(
        r"^(?:.*:)?\s*=*\s*((?:\d+ [a-z]+(?:, )?)+|no tests ran) in [\d.]+s(?: \([\d:]+\))?\s*=*$",
        {
            "passed": "passed",
            "xpassed": "passed",
            "failed": "failed",
            "error": "failed",
            "errors": "failed",
            "skipped": "skipped",
            "xfailed": "skipped",
            "deselected": "skipped",
        },
    ),
}
