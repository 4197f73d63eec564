"""A finding is data: grouped, counted and cut to fit whoever reads it, and the same over runs."""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Sequence
from datetime import UTC, datetime

import pytest
from rich.cells import cell_len

from verifier.core.config.contract import Stage
from verifier.core.evidence import Cause
from verifier.core.evidence.finding import BrokenPromise, Finding, Severity, fail_on, findings, grouped, signature
from verifier.core.evidence.readings import Readings
from verifier.core.verdict.assertions import compared
from verifier.core.verdict.baseline import Baseline, Known, changes
from verifier.core.verdict.ledger import Verdict
from verifier.core.verdict.results import Outcome
from verifier.reporting.annotations import MESSAGE, SHOWN, annotated
from verifier.reporting.checklist import MOST_BYTES, checklist
from verifier.reporting.junit import junit
from verifier.reporting.model import JudgedCheck, JudgedFinding, JudgedItem, Report
from verifier.reporting.record.run import JudgedRun
from verifier.reporting.terminal import fitted, summary_lines

MANY = 2_000
WIDTHS = [80, 120, 200]
MOST_LINES = 120
INDEXES = [
    Finding(
        subject=f"public.t{number}",
        problem="index blocks writers",
        remedy="CREATE INDEX CONCURRENTLY, alone in a file",
        place=f"supabase/migrations/2025102500001{number % 9}_indexes.sql:{number}",
    )
    for number in range(63)
]
LONG = "a sentence without an end " * 2_000


def report(*items: JudgedItem, verdict: Verdict = Verdict.NOT_DONE, status: int = 1) -> Report:
    run = JudgedRun(finished=datetime(2026, 1, 31, 12, tzinfo=UTC))
    return Report(verdict=verdict, exit_status=status, target="toy", items=items, run=run)


def broken(name: str, found: Sequence[Finding], severity: Severity = Severity.MAJOR) -> JudgedItem:
    told = tuple(JudgedFinding(**each.model_dump(), signature=signature(name, each)) for each in found)
    check = JudgedCheck(check=f"checks/test_toy.py::test_{name}", title=name, outcome=Outcome.FAILED, findings=told)
    promise = f"the toy is {name}"
    return JudgedItem(id=name, promise=promise, severity=severity, outcome=Outcome.FAILED, checks=(check,))


def unseen(name: str, message: str, remedy: str = "", cause: Cause = Cause.MISSING_CREDENTIAL) -> JudgedItem:
    check = JudgedCheck(outcome=Outcome.UNVERIFIED, cause=str(cause), message=message, remedy=remedy)
    return JudgedItem(
        id=name, promise="it is", severity=Severity.MAJOR, outcome=Outcome.UNVERIFIED, reason=message, checks=(check,)
    )


def worst() -> Report:
    """48 items, all broken or unseen, with thousands of findings, one of them 52 kB long."""
    kinds = [
        Finding(
            subject=f"thing {number}",
            problem=f"problem {number % 40}",
            detail=LONG if number == 1 else f"detail {number}",
            remedy=f"mend {number % 40}",
            place=f"app/file{number % 50}.sql:{number}" if number % 3 else "",
        )
        for number in range(MANY)
    ]
    items = [broken(f"broken-{number}", kinds) for number in range(24)]
    blind = [unseen(f"unseen-{number}", f"reason {number}: {LONG}", "do this") for number in range(24)]
    return report(*items, *blind)


def text(made: Report, width: int = 100) -> str:
    return "\n".join(line for line, _ in summary_lines(made, width))


def test_findings_of_a_kind_are_told_once_with_their_count_and_places() -> None:
    (group,) = grouped(INDEXES)
    lines = list(group.lines(2))
    assert group.head == "63 × index blocks writers, in 9 files"
    assert lines[0].startswith("supabase/migrations/20251025000010_indexes.sql:0, 9, … 5 more")
    assert lines[-1] == "and 7 more"


def test_every_failed_item_is_named_at_the_end_however_many_failed() -> None:
    found = findings("it is broken", {f"thing {number}": LONG for number in range(3)}, remedy="mend it")
    shown = text(report(*(broken(f"broken-{number}", found) for number in range(30))))
    assert [f"broken-{number}" for number in range(30) if f"✘ broken-{number} " not in shown] == []
    assert "more lines" not in shown


def test_the_most_severe_kind_comes_first_then_the_most_frequent() -> None:
    made = [
        *findings("rare", ["a"]),
        *findings("frequent", ["a", "b"]),
        Finding(subject="a", problem="grave", severity=Severity.CRITICAL),
    ]
    assert [each.problem for each in grouped(made)] == ["grave", "frequent", "rare"]


def test_several_findings_on_one_subject_are_one_line() -> None:
    (group,) = grouped(Finding(subject="GET /", problem="5xx", detail=f"at {number}") for number in range(40))
    assert list(group.lines(5)) == ["GET /: at 0 (and 39 more)"]


def test_a_signature_does_not_depend_on_figures_places_and_machines() -> None:
    first = Finding(subject="tile-a", problem="too slow", detail="3.1 s", machine="a", place="x:1", remedy="mend it")
    again = Finding(subject="tile-a", problem="too slow", detail="4.2 s", machine="b", place="x:2")
    assert signature("tiles", first) == signature("tiles", again)
    assert signature("tiles", first) != signature("pages", first)
    assert signature("tiles", first) != signature("tiles", first.model_copy(update={"subject": "tile-b"}))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({"subject": "d8dd9eea046d08 /health"}, {"subject": "76b2d8b334777b /health"}),
        ({"subject": "web-1", "machine": "web-1"}, {"subject": "web-2", "machine": "web-2"}),
    ],
)
def test_a_machine_that_a_deploy_replaced_changes_no_signature(one: dict[str, str], other: dict[str, str]) -> None:
    first, again = (Finding(problem="does not answer", **each) for each in (one, other))

    assert signature("health", first) == signature("health", again)
    assert signature("health", first) != signature("health", Finding(subject="edge /health", problem=first.problem))
    assert signature("health", first) != signature("health", first.model_copy(update={"subject": "decade facade"}))


def test_a_promise_is_broken_by_something() -> None:
    fail_on()
    with pytest.raises(BrokenPromise, match="wet: paint"):
        fail_on(Finding(subject="paint", problem="wet"))
    with pytest.raises(ValueError, match="needs a finding"):
        BrokenPromise()


@pytest.mark.parametrize(
    ("operator", "left", "right", "told"),
    [
        ("==", {"a": 200, "b": 500}, {"a": 200, "b": 200}, ["not as expected: b: 500 instead of 200"]),
        ("==", {"x": 1}, {"y": 2}, ["missing: y: expected 2", "not expected: x: 1"]),
        (">=", {"Approve"}, {"Approve", "Reject"}, ["missing: Reject"]),
        ("==", ["a"], ["a", "b"], ["missing: b"]),
        (">", 0, 0, ["not as expected: : 0 is not more than 0"]),
        ("==", [], [1], ["missing: 1"]),
        ("==", ["b", "a"], ["a", "b"], ["not as expected: : b, a is not a, b"]),
        ("<=", Readings({"a": 4}, what="time"), Readings({"a": 3}), ["time over the limit: a: 4 s (limit 3 s)"]),
    ],
)
def test_a_comparison_that_does_not_hold_is_told_without_python(
    operator: str, left: object, right: object, told: list[str]
) -> None:
    assert [str(each) for each in compared(operator, left, right)] == told


@pytest.mark.parametrize("width", WIDTHS)
def test_the_worst_run_fits_the_terminal(width: int) -> None:
    lines = [line for line, _ in summary_lines(worst(), width)]
    assert len(lines) <= MOST_LINES
    assert max(map(cell_len, lines)) <= width


@pytest.mark.parametrize("width", WIDTHS)
def test_verbose_names_every_finding_and_still_fits(width: int) -> None:
    lines = [line for line, _ in summary_lines(report(broken("paint", INDEXES)), width, everything=True)]
    told = " ".join(lines)
    assert max(map(cell_len, lines)) <= width
    assert all(re.search(rf"\b{number}\b", told) for number in range(63))


def test_what_is_broken_comes_before_what_was_not_seen_and_the_most_severe_first() -> None:
    made = report(
        unseen("blind", "no sight"),
        broken("minor", findings("scratched", ["paint"]), Severity.MINOR),
        broken("grave", findings("fallen off", ["wheel"]), Severity.CRITICAL),
    )
    told = text(made)
    assert told.index("grave") < told.index("minor") < told.index("no sight")


def test_a_missing_credential_is_told_once_with_its_items() -> None:
    names = ["tables-exist", "rls-protects", "backups-verified"]
    made = report(*(unseen(each, "no DATABASE_URL", "export DATABASE_URL=…") for each in names))
    told = text(made, 200)
    assert told.count("no DATABASE_URL") == told.count("export DATABASE_URL") == 1
    assert "which leaves 3 items open: tables-exist, rls-protects, backups-verified" in told
    assert checklist(made).count("no DATABASE_URL") == 1


def test_what_passed_is_one_line() -> None:
    passed = [
        JudgedItem(id=f"kept-{number}", promise="it is", severity=Severity.MAJOR, outcome=Outcome.PASSED, value=LONG)
        for number in range(40)
    ]
    lines = [line for line, _ in summary_lines(report(*passed, verdict=Verdict.DONE, status=0), 100)]
    assert [line for line in lines if "kept-" in line] == [lines[-1]]
    assert lines[-1].startswith("✔ 40 items verified: kept-0")


@pytest.mark.parametrize("width", [60, 80])
def test_a_command_to_type_stays_one_for_the_shell(width: int) -> None:
    command = "curl -sS -N -i -H 'accept: text/event-stream' -H 'fly-force-instance-id: 1b1a' 'https://x.test/a/b'"
    lines = fitted(f"    again: {command}", width)
    assert len(lines) > 1
    assert max(map(len, lines)) <= width
    joined = "\n".join(lines).replace("\\\n", " ").replace("again: ", "")
    assert shlex.split(joined) == shlex.split(command)


def test_a_command_that_fits_no_line_is_not_cut_in_half() -> None:
    (line,) = fitted(f"    again: psql -c '{'select 1; ' * 30}'", 80)
    assert "the report has it" in line


def test_what_a_target_says_cannot_steer_the_terminal() -> None:
    made = report(broken("paint", [Finding(subject="a", problem="p", detail="x\x1b[2Jy\rz\x07")]))
    assert all(line.isprintable() for line, _ in summary_lines(made, 100))


def test_the_checklist_stays_small_whatever_was_found() -> None:
    assert len(checklist(worst()).encode()) <= MOST_BYTES
    assert "63 × index blocks writers, in 9 files" in checklist(report(broken("paint", INDEXES)))


def test_a_passed_item_lists_nothing_in_the_checklist() -> None:
    check = JudgedCheck(
        outcome=Outcome.PASSED, measured="74 relations", table={f"public.t{n}": "0 rows" for n in range(74)}
    )
    item = JudgedItem(
        id="rls",
        promise="it is",
        severity=Severity.MAJOR,
        outcome=Outcome.PASSED,
        value="74 relations",
        stage=Stage.POSTDEPLOY,
        checks=(check,),
    )
    assert "public.t" not in checklist(report(item, verdict=Verdict.DONE, status=0))


def test_github_gets_an_annotation_at_each_kind_of_finding_in_a_file() -> None:
    other = Finding(subject="t", problem="drops a column", place="prisma/x.sql:7")
    first, second = (str(each) for each in annotated(report(broken("paint", [*INDEXES, other]))))
    assert first.startswith("::error file=supabase/migrations/20251025000010_indexes.sql,line=0,title=failed")
    assert second.startswith("::error file=prisma/x.sql,line=7,title=paint%3A drops a column")


def test_github_is_told_no_more_than_it_shows() -> None:
    told = list(annotated(worst()))
    assert max(sum(each.level == level for each in told) for level in ("error", "warning")) <= SHOWN
    assert all(len(str(each)) < 2 * MESSAGE for each in told)
    titles = [each.title for each in told if each.level == "error"]
    assert len([each for each in titles if each.startswith("failed")]) == SHOWN - 1, "each item comes before any twice"


def test_junit_says_what_was_found_and_no_more_than_a_reader_takes() -> None:
    made = junit(report(broken("paint", [Finding(subject=f"t{n}", problem="p", detail="d") for n in range(MANY)])))
    assert b"2000 \xc3\x97 p" in made
    assert len(made) < MOST_BYTES


def test_findings_are_kept_whole_in_the_record() -> None:
    (item,) = json.loads(json.dumps(report(broken("paint", INDEXES)).as_json()))["items"]
    (check,) = item["checks"]
    assert len(check["findings"]) == len(INDEXES)
    assert {"subject", "problem", "detail", "remedy", "machine", "place", "severity", "signature"} <= check["findings"][
        0
    ].keys()


def known(item: str, subject: str) -> Known:
    finding = Finding(subject=subject, problem="p")
    return Known(item=item, problem="p", subject=subject, signature=signature(item, finding))


def test_findings_are_new_known_or_gone_beside_the_accepted_release() -> None:
    before = Baseline(
        target="toy",
        release="1",
        accepted="then",
        seconds={},
        findings=(known("a", "stays"), known("a", "goes"), known("blind", "who knows")),
    )
    made = changes(before, [known("a", "stays"), known("a", "comes")], frozenset({"a"}))
    assert {name: [each.subject for each in found] for name, found in made.items()} == {
        "new": ["comes"],
        "known": ["stays"],
        "gone": ["goes"],
    }
    assert [each.subject for each in changes(None, [known("a", "x")], frozenset())["new"]] == ["x"]
