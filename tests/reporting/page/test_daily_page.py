"""The page of days: the worst look of each day, days without a look, and what to do today."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from verifier.core.evidence.finding import Finding
from verifier.core.verdict.ledger import Verdict
from verifier.reporting import daily as days_module
from verifier.reporting.daily import DailyLook, Measure, State, bars, page, read_looks, remember

MORNING = datetime(2026, 3, 1, 6, 40, tzinfo=UTC)
SILENT = Finding(subject="status", problem="Chatwoot is not well", detail="HTTP 503", remedy="curl <chatwoot>")


def look(day: int, state: State = State.GOOD, figure: float | None = 1.0) -> DailyLook:
    findings = (SILENT,) if state == State.BAD else ()
    chatwoot = Measure(name="chatwoot", said=f"said {figure}", state=state, figure=figure, findings=findings)
    uptime = Measure(name="uptime", said="100 %", state=State.GOOD, figure=100.0)
    return DailyLook(
        target="toy", title="a <toy>", at=MORNING + timedelta(days=day), release="7", measures=(uptime, chatwoot)
    )


@pytest.mark.parametrize(
    ("state", "verdict", "status"),
    [
        (State.GOOD, Verdict.DONE, 0),
        (State.BAD, Verdict.NOT_DONE, 1),
        (State.UNKNOWN, Verdict.UNVERIFIED, 6),
    ],
)
def test_only_what_was_all_seen_to_be_well_ends_with_0(state: State, verdict: Verdict, status: int) -> None:
    assert (look(0, state).verdict, look(0, state).exit_status) == (verdict, status)


def test_a_look_at_nothing_is_not_done() -> None:
    assert look(0).model_copy(update={"measures": ()}).exit_status == 6


def test_the_worst_look_of_a_day_stands_for_it_and_a_day_without_one_is_shown() -> None:
    found = bars([look(0, figure=2.0), look(0, State.BAD, 4.0), look(3, State.UNKNOWN, None)], "chatwoot")

    assert [(each.day.day, each.state) for each in found] == [(1, "bad"), (2, ""), (3, ""), (4, "unknown")]
    assert [each.height for each in found] == [100.0, 0.0, 0.0, 100.0]


def test_looks_are_kept_and_make_room_for_new_ones(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(days_module, "MOST", 3)
    for day in range(5):
        shown = remember(tmp_path, look(day))

    assert [each.at.day for each in read_looks(tmp_path / "toy-days.json")] == [3, 4, 5]
    assert shown == tmp_path / "toy-days.html"


@pytest.mark.parametrize("text", ["", "no json", '{"looks": 1}'])
def test_a_file_that_cannot_be_understood_holds_no_looks(tmp_path: Path, text: str) -> None:
    (tmp_path / "toy-days.json").write_text(text, encoding="utf-8")

    assert read_looks(tmp_path / "toy-days.json") == ()
    assert read_looks(tmp_path / "missing.json") == ()


def test_the_page_tells_what_is_wrong_today_and_asks_nobody_for_anything() -> None:
    text = page([look(0), look(1, State.BAD)])

    assert "a &lt;toy&gt;" in text
    assert "Not well" in text
    assert "curl &lt;chatwoot&gt;" in text
    assert text.count("2026-03-02 bad: said 1.0") == 1
    assert "http://" not in text
    assert "https://" not in text
    assert "<script" not in text


def test_a_good_day_asks_for_nothing() -> None:
    assert "What to do" not in page([look(0)])
