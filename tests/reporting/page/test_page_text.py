"""The Definition of Done as a page, without a browser: its size, its words, and what a run writes."""

from __future__ import annotations

from pathlib import Path

import pytest
from jinja2 import Environment

from tests.support.pages.reports import ACCEPTED, HOSTILE, broken, found, giant, held, report, unseen
from tests.support.runs.toy import KEPT, MakeSuite, check, checks, contract
from verifier.core.config.contract import Limit
from verifier.core.evidence import Cause
from verifier.core.redaction import REDACTOR
from verifier.core.redaction.known import KnownSpellings
from verifier.core.verdict.results import Outcome
from verifier.reporting import page as page_module
from verifier.reporting.checklist import checklist
from verifier.reporting.model import PAGE, JudgedCheck
from verifier.reporting.page import MOST_BYTES, page, view
from verifier.reporting.page.pictures import Picture, chosen
from verifier.reporting.terminal import summary_lines

GIANTS = {
    "as agreed": giant,
    "long words": lambda: giant(items=100, findings=1_000, words=" word" * 2_000),
    "what grows when it is escaped": lambda: giant(words=HOSTILE * 3),
    "many items": lambda: giant(items=4_000, findings=8_000),
    "one item": lambda: giant(items=5, findings=10_000),
}


@pytest.mark.parametrize("name", GIANTS)
def test_the_page_stays_small_whatever_was_found(name: str) -> None:
    made = GIANTS[name]()
    text = page(made, accepted=ACCEPTED)
    assert len(text.encode()) <= MOST_BYTES
    assert "NOT DONE" in text
    assert "broken-0" in text
    assert "verdict.json has all of them" in text


def test_what_is_left_out_is_counted() -> None:
    text = page(report(broken("broken", [found(7 * each) for each in range(345)])), accepted=ACCEPTED)
    assert text.count('<tr data-m="') == 100
    assert "and 245 more: verdict.json has all of them" in text


def test_what_is_left_out_is_the_largest_picture() -> None:
    made = [Picture("fine", str(size), "image/png", b"x" * size) for size in (500, 100, 300)]
    assert [each.title for each in chosen(made, 600)] == ["100", "300"]


def test_lines_to_paste_stay_lines_wherever_a_person_reads_them() -> None:
    question = "one kind of line is new:\n  line 3:\n  > the link is gone"
    made = report(unseen("logs", question, "say what is normal:\n[[logs.allow]]\npattern = 'link'", Cause.PRECONDITION))
    shown, written = page(made, accepted=ACCEPTED), checklist(made)
    printed = [text for text, _ in summary_lines(made, 80)]

    assert '<code class="command lines">[[logs.allow]]\npattern' in shown
    assert "&gt; the link is gone" in shown
    assert "  - do: say what is normal:\n    ```\n    [[logs.allow]]\n    pattern = 'link'\n    ```" in written
    place = printed.index("      → say what is normal:")
    assert printed[place + 1 : place + 3] == ["        [[logs.allow]]", "        pattern = 'link'"]


LIMITS = {
    "at most 3 s (worst of 3 loads)": Limit(seconds=3.0, statistic="worst", loads=3),
    "at most 30 s + 5 s (worst)": Limit(seconds=30.0, tolerance=5.0, statistic="worst"),
    "at most 2 s and 90 %": Limit(seconds=2.0, share=0.9),
    "at most 0": Limit(count=0),
    "limit: 100 lines": Limit(lines=100),
    "limit: command npx prisma generate": Limit(command="npx prisma generate"),
}


@pytest.mark.parametrize("words", LIMITS)
def test_a_limit_reads_as_a_person_writes_it(words: str) -> None:
    assert view.limit(held("fine", limit=LIMITS[words].given())) == words


def test_a_bar_ends_beyond_limit_and_figure_and_counts_the_tolerance() -> None:
    limit = {"seconds": 30.0, "tolerance": 10.0}
    checks = [JudgedCheck(outcome=Outcome.FAILED, figure=figure) for figure in (20.0, 80.0)]
    bars = [view.bar(held("fine", limit=limit, checks=(each,))) for each in checks]
    assert [(each.figure, each.limit, each.over) for each in bars if each] == [(40.0, 80.0, False), (100.0, 50.0, True)]
    assert view.bar(held("fine", limit={"count": 0})) is None


def test_what_nobody_redacted_before_is_redacted_before_it_is_escaped(monkeypatch: pytest.MonkeyPatch) -> None:
    secret = "planted&<secret>'\""
    monkeypatch.setattr(REDACTOR, "_known", KnownSpellings({secret}))
    monkeypatch.setattr(REDACTOR, "_again", REDACTOR._redacted)  # nothing that was kept before
    looked = (f"where: {secret}", f"again: fly {secret}")
    one = JudgedCheck(
        outcome=Outcome.UNVERIFIED, title=secret, message=secret, looked=looked, trace=secret,
        table={secret: "", "b": secret},
    )  # fmt: skip
    text = page(report(held("fine", promise=secret, value=secret, checks=(one,)), title=secret))
    assert ("planted" in text, text.count("[redacted]") > 7) == (False, True)


def test_a_run_writes_the_page_names_it_and_keeps_secrets_out_of_it(make_suite: MakeSuite) -> None:
    secret = "planted&<secret>'\""
    body = """
        import os
        measured(1)
        raise BrokenPromise(Finding(subject="paint", problem="blue", detail="is " + os.environ["TOY_TOKEN"]))
    """
    suite = make_suite({"checks/test_toy.py": checks(KEPT, check("wrong", body))}, contract=contract("kept", "wrong"))
    suite.environment["TOY_TOKEN"] = secret
    run = suite.run()
    text = (run.folder / PAGE).read_text(encoding="utf-8")
    assert f"report: reports/{run.folder.name}/{PAGE}" in run.output
    assert "is [redacted]" in text
    assert "planted" not in text
    assert 'href="verdict.json"' in text
    assert 'href="index.html"' not in text


def test_a_page_that_cannot_be_made_leaves_the_verdict_and_is_no_pass(make_suite: MakeSuite) -> None:
    conftest = "import verifier.reporting.page\nverifier.reporting.page.page = lambda *_: 1 / 0\n"
    run = make_suite({"checks/test_toy.py": checks(KEPT)}, conftest=conftest).run()
    assert (run.ending, (run.folder / PAGE).exists()) == (("UNVERIFIED", 6), False)
    assert run.verdict["run"]["problems"] == [f"{PAGE} could not be written: ZeroDivisionError: division by zero"]
    assert f"report: reports/{run.folder.name}/definition-of-done.md" in run.output


@pytest.mark.parametrize(("place", "compiled"), [("kept", 1), ("not-there", 2)])
def test_what_the_template_compiles_to_is_kept_where_that_is_possible(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, place: str, compiled: int
) -> None:
    (tmp_path / "kept").mkdir()
    monkeypatch.setattr(page_module, "cache_from_source", lambda _: str(tmp_path / place / "page.pyc"))
    monkeypatch.setattr("sys.dont_write_bytecode", False)
    times, real = [], Environment.compile
    monkeypatch.setattr(Environment, "compile", lambda *given, **named: times.append(1) or real(*given, **named))

    for _ in range(2):  # two runs
        assert page_module._template.__wrapped__().blocks == {}

    assert len(times) == compiled
    assert [each.name for each in tmp_path.rglob("*.tmp")] == []
