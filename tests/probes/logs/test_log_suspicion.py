"""Lines that speak of failure and fit no rule: what a person sees, and what answers it."""

from __future__ import annotations

import json
import re
import tomllib
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from sandbox.item_groups import LOG_ITEMS
from tests.support.faults.fault_runs import ITEM_GROUPS
from tests.support.runs.deployment import Deployment
from verifier.core.evidence.store import EvidenceStore
from verifier.core.platform import LogLine
from verifier.core.verdict.baseline import Baseline
from verifier.probes.logs.accepted import templates
from verifier.probes.logs.aggregate import Tally
from verifier.probes.logs.section import Logs
from verifier.probes.logs.suspicion import KEPT, known_of, pattern_of, template_of, unanswered

NOON = datetime(2026, 1, 15, 12, tzinfo=UTC)
WENT_AWAY = "warehouse link 7 went away during the nightly import"
FAR = tuple({item: "" for group in (*ITEM_GROUPS.values(), LOG_ITEMS) for item in group if item != "logs-clean"})


def read(*lines: str, section: str = "", apart: float = 0.001, level: str = "info") -> Tally:
    """A tally of these lines of one machine, `apart` seconds from one another."""
    logs = Logs.model_validate(tomllib.loads(section))
    tally = Tally(logs.allow, date(2026, 1, 15), deny=logs.deny)
    for number, line in enumerate(lines):
        tally.add(LogLine("m1", "app", NOON + timedelta(seconds=apart * number), level, line))
    return tally


def test_a_suspicious_line_is_no_error_and_is_shown_with_its_neighbours() -> None:
    tally = read("one", "two", "three", WENT_AWAY, "four", "five", "six")
    (found,) = tally.suspicious()

    assert tally.errors() == ()
    assert (found.line, found.text, found.doubt) == (4, WENT_AWAY, "went away")
    assert (found.before, found.after) == (("two", "three"), ("four", "five"))


@pytest.mark.parametrize(
    ("line", "doubt"),
    [
        ("domain shared_backup is no longer served by node 9", "is no longer served"),
        ("worker 3 status: not-responding", "not-responding"),
        ("the receipt of order 4412 never went to the printer", "never went"),
        ("glob versions prior to v9 are no longer supported", ""),
        ("option cache_size is no longer needed", ""),
        ("entries of this cache never expire", ""),
        ('{"level":"info","msg":"node 9 is no longer leader"}', ""),  # a change of roles, told as calm
    ],
)
def test_a_sentence_that_denies_is_suspicious_and_advice_is_not(line: str, doubt: str) -> None:
    assert [each.doubt for each in read(line).suspicious()] == ([doubt] if doubt else [])


def test_lines_that_differ_in_figures_are_one_kind_and_its_pattern_holds_them_all() -> None:
    lines = [f"warehouse link {number} went away (shop 'a.b' [{number}])" for number in range(40)]
    (found,) = read(*lines).suspicious()

    assert found.count == 40
    assert all(re.search(pattern_of(found.template), line) for line in lines)
    assert not re.search(pattern_of(found.template), "warehouse link 7 came back")


def test_what_is_kept_is_bounded_and_holds_no_secret() -> None:
    word = "abcdefghijklmnopqrstuvwxyz"
    names = [f"{a}{b}" for a in word for b in word]
    tally = read(*(f"link {name} went away" for name in names), "db postgres://app:hunter2secret@db/x went away")
    found = tally.suspicious()

    assert len(found) == KEPT
    assert tally.machines["m1"].suspects.left_out == len(names) + 1 - KEPT
    assert "hunter2secret" not in template_of("db password=hunter2secret token=hunter2secret went away")


def test_the_target_answers_for_ever() -> None:
    allowed = read(WENT_AWAY, section="[[allow]]\npattern = 'link \\d+ went away'\nreason = 'it sleeps at night'")
    denied = read("tick tock", section="[[deny]]\npattern = 'tick tock'\nreason = 'ticket 77: it means a lost order'")

    assert allowed.suspicious() == ()
    assert allowed.allowed == {"it sleeps at night": 1}
    assert [error.headline for error in denied.errors()] == ["tick tock"]


def test_the_question_fits_a_screen_and_holds_lines_to_paste() -> None:
    kinds = ("went away", "is stuck", "was rejected", "has vanished", "is broken", "is unhealthy", "timed out")
    question = unanswered(read(*(f"the link {kind}" for kind in kinds)).suspicious(), frozenset(), "targets/x.toml")

    assert question is not None
    assert "7 kinds of lines" in question.what
    assert "2 kinds more" in question.what
    assert len(f"{question.what}\n{question.remedy}".splitlines()) <= 50
    pasted = tomllib.loads(question.remedy.partition("\n")[2])["logs"]
    assert len(Logs.model_validate(pasted).allow) == 5
    answered = Tally(Logs.model_validate(pasted).allow, date(2026, 1, 15))
    for kind in kinds[:5]:
        answered.add(LogLine("m1", "app", NOON, "info", f"the link {kind}"))
    assert answered.suspicious() == ()


def test_what_an_accepted_release_wrote_is_a_warning_and_no_question() -> None:
    found = read(WENT_AWAY, "the link is stuck").suspicious()
    known = frozenset({template_of(WENT_AWAY.replace("7", "12"))})
    question = unanswered(found, known, "targets/x.toml")

    assert question is not None
    assert "> the link is stuck" in question.what
    assert "link is stuck" in question.remedy
    assert "went away" not in question.remedy
    assert [WENT_AWAY in told for told in known_of(found, known)] == [True]
    assert unanswered(found, known | {template_of("the link is stuck")}, "targets/x.toml") is None


def test_the_kinds_of_a_run_come_from_its_evidence(tmp_path: Path) -> None:
    (tmp_path / "gw0").mkdir()
    told = [each.model_dump(mode="json") for each in read(WENT_AWAY).suspicious()]
    for name in ("logs", "later_logs"):
        (tmp_path / "gw0" / f"{name}.json").write_text(json.dumps({"suspicious": told}), encoding="utf-8")

    assert templates(EvidenceStore(tmp_path)) == (template_of(WENT_AWAY),)


ONE_FAILURE = (
    '{"level":"error","msg":"no session store: connect ECONNREFUSED 10.0.0.9:6379"}',
    "Error: connect ECONNREFUSED 10.0.0.9:6379",
    "    at TCPConnectWrap.afterConnect (node:net:1555:16)",
    '{"level":"fatal","msg":"session store unreachable (ECONNREFUSED), shutting down"}',
    "worker 2 exited with code 1",
    "giving up: connect ECONNREFUSED 10.0.0.9:6379",
)


@pytest.mark.parametrize(
    ("lines", "apart", "count"),
    [
        (ONE_FAILURE, 0.001, 1),
        ((ONE_FAILURE[0], '{"level":"error","msg":"approval 9 has no owner"}'), 0.001, 2),  # another failure at once
        ((ONE_FAILURE[0], ONE_FAILURE[3]), 30.0, 2),  # the same half a minute later
        ((ONE_FAILURE[0], '{"level":"info","msg":"tick"}', ONE_FAILURE[3]), 0.001, 2),  # the logger went on
    ],
)
def test_one_failure_counts_once(lines: tuple[str, ...], apart: float, count: int) -> None:
    assert sum(error.count for error in read(*lines, apart=apart).errors()) == count


def test_a_line_that_no_accepted_release_wrote_is_unverified_and_later_a_warning(
    deployment: Deployment,
) -> None:
    first = deployment.judged("log-suspicious", without=FAR)
    history = first.root / "reports" / "history" / "warm.json"
    history.unlink(missing_ok=True)
    assert first.ending == ("UNVERIFIED", 6), first.output
    assert first.item("logs-clean")["cause"] == "precondition"
    assert "[[logs.allow]]" in first.output

    kept = Baseline(target="warm", release="1", accepted="", seconds={}, templates=(template_of(WENT_AWAY),))
    history.parent.mkdir(parents=True, exist_ok=True)
    history.write_text(kept.model_dump_json(), encoding="utf-8")
    second = deployment.judged("log-suspicious", without=FAR)
    assert second.ending == ("DONE", 0), second.output
    assert any("went away" in told for told in second.item("logs-clean")["warnings"])
    after = Baseline.model_validate_json(history.read_text(encoding="utf-8"))
    assert template_of(WENT_AWAY) in after.templates
