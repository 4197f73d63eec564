"""What test runners say: how many tests ran, and which failed. The outputs are real ones, in `tests/data/runners`."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.support.runs.toy import CHECKOUT
from verifier.probes.source.failures import failing
from verifier.probes.source.process import plain
from verifier.probes.source.summaries import RunnerSummary, failing_in_junit, read_junit, summaries

_TEXT = (CHECKOUT / "tests" / "data" / "runners" / "outputs.txt").read_text(encoding="utf-8")
OUTPUTS = {
    head: (runner, body.splitlines())
    for head, runner, body in re.findall(r"(?ms)^@@ ((\w+?)(?:20)? \w+) exits \d+\n(.*?)(?=^@@ |\Z)", _TEXT)
}
COUNTS = {
    # passed, failed, skipped, flaky
    "a": (1, 1, 2, 0),
    "b": (1, 0, 0, 0),
    "c": (0, 0, 1, 0),
    "d": (0, 0, 0, 0),
    "none": (0, 0, 0, 0),
    "pytest a": (1, 1, 1, 0),
    "pytest none": (0, 0, 1, 0),
    "playwright a": (2, 1, 1, 1),
}
FAILED = {
    "vitest a": "v/a.test.mjs > breaks",
    "jest a": "breaks",
    "mocha a": "breaks",
    "node a": "breaks",
    "node20 a": "breaks",
    "playwright a": "a.spec.mjs:3:1 › breaks",
    "pytest a": "py/test_a.py::test_breaks",
}


def counted(found: tuple[RunnerSummary, ...]) -> list[tuple[int, int, int, int]]:
    return [(each.passed, each.failed, each.skipped, each.flaky) for each in found]


def test_every_runner_is_among_the_outputs() -> None:
    assert {runner for runner, _ in OUTPUTS.values()} == {"jest", "mocha", "node", "playwright", "pytest", "vitest"}
    assert len(OUTPUTS) == 27


@pytest.mark.parametrize("head", OUTPUTS)
def test_the_counts_are_those_of_the_runner(head: str) -> None:
    _, lines = OUTPUTS[head]

    found = summaries(lines)

    assert counted(found) == [COUNTS.get(head, COUNTS[head.split()[1]])]


@pytest.mark.parametrize("head", [head for head in OUTPUTS if not head.endswith("none")])
def test_the_runner_is_known_by_its_summary_and_by_no_other(head: str) -> None:
    runner, lines = OUTPUTS[head]

    assert [each.runner for each in summaries(lines)] == [runner]
    assert summaries(lines, runner) == summaries(lines)
    others = {"jest", "mocha", "node", "playwright", "pytest", "vitest"} - {runner}
    assert [summaries(lines, other) for other in others] == [()] * 5


@pytest.mark.parametrize("head", OUTPUTS)
def test_what_failed_is_named_once_and_nothing_else_is(head: str) -> None:
    _, lines = OUTPUTS[head]

    assert failing(lines, [each.runner for each in summaries(lines)]) == tuple(filter(None, [FAILED.get(head)]))


def test_runners_that_follow_each_other_are_counted_each() -> None:
    lines = [line for head in ("vitest b", "playwright a", "vitest c", "node b", "node d") for line in OUTPUTS[head][1]]

    found = {(each.runner, each.ran) for each in summaries(lines)}

    assert found == {("vitest", 1), ("vitest", 0), ("playwright", 3), ("node", 1), ("node", 0)}


def test_a_summary_behind_the_name_of_a_workspace_is_read() -> None:
    lines = [f"@app/web:test: {line}" for line in OUTPUTS["vitest a"][1]]

    assert counted(summaries(lines)) == [COUNTS["a"]]


@pytest.mark.parametrize(
    "text", ["", "all tests passed", "5 passed", "Tests: none", "tests 3", "ran 4 tests", "OK (12 tests)", "1..3\nok 1"]
)
def test_words_that_no_runner_says_are_no_summary(text: str) -> None:
    assert summaries(text.splitlines()) == ()


def test_colors_are_no_part_of_a_line() -> None:
    assert plain("\x1b[1m\x1b[32m ✓ a\x1b[39m\x1b[22m\x1b]8;;http://x\x07 \r\n") == " ✓ a"


CASES = """<testsuites tests="99"><testsuite name="a" tests="98">
<testcase classname="sums" name="adds"/>
<testcase classname="sums" name="breaks"><failure message="no"/></testcase>
<testcase name="dies"><error/></testcase>
<testcase name="later"><skipped/></testcase>
</testsuite></testsuites>"""


def test_cases_of_junit_are_counted_and_not_the_totals(tmp_path: Path) -> None:
    path = tmp_path / "junit.xml"
    path.write_text(CASES, encoding="utf-8")

    assert counted((read_junit(path),)) == [(1, 2, 1, 0)]
    assert failing_in_junit(path) == ("sums > breaks", "dies")


@pytest.mark.parametrize(
    ("text", "why"), [("<html/>", "its root is <html>"), ("", "is not XML"), ("<a>", "is not XML")]
)
def test_what_is_no_junit_is_refused(tmp_path: Path, text: str, why: str) -> None:
    path = tmp_path / "junit.xml"
    path.write_text(text, encoding="utf-8")

    with pytest.raises(ValueError, match=why):
        read_junit(path)
