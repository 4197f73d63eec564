"""Who is told when an address is dead, refuses, or never answers: the next level, and the report says so."""

from __future__ import annotations

import socket
import warnings
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from tests.support.pages.reports import broken, found, held, report
from tests.support.servers.receiver import Receiver, receiver
from verifier.core.config.contract import EscalationLevel
from verifier.core.config.notification import Delivery
from verifier.core.credentials import Credentials
from verifier.core.deadline import Deadline
from verifier.core.threads import in_threads
from verifier.reporting.escalation import delivery, sending
from verifier.reporting.escalation.alarms import alarms
from verifier.reporting.escalation.delivery import NotDelivered, deliver
from verifier.reporting.escalation.messages import Message, message
from verifier.reporting.escalation.receipt import News, Status, told
from verifier.reporting.escalation.sending import Sender, escalate

SEEN = report(broken("broken-1", [found(1)], escalate={"investigate": "6 is above 5"}))
FINE = report(held("broken-1"))


@pytest.fixture(scope="module", autouse=True)
def loaded() -> None:
    """Warnings are errors in a test; those of the library are of no interest."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        delivery.load_apprise()


@pytest.fixture
def stack() -> Iterator[ExitStack]:
    with ExitStack() as opened:
        yield opened


def news(kind: News = News.NEW) -> Message:
    return message(SEEN, EscalationLevel.INVESTIGATE, kind, tuple(alarms(SEEN)))


def dead() -> str:
    """An address where nobody listens."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return f"json://127.0.0.1:{free.getsockname()[1]}/marked-channel-secret"


def sender(channels: dict[EscalationLevel, tuple[str, ...]], **addresses: str) -> Sender:
    settings = Delivery(deliver=True, channels=channels)
    return Sender(settings, Credentials(environment=addresses), Deadline(20))


def outcome(made: Sender, message: Message | None = None) -> list[tuple[str, str, str]]:
    return [(str(each.level), each.channel, str(each.status)) for each in made.send(message or news())]


def test_a_message_arrives_with_title_and_body() -> None:
    with receiver() as there:
        assert deliver(there.url, news(), 5) == "accepted by JSON"
    assert there.got[0]["title"] == "a toy: investigate: broken-1"
    assert "6 is above 5" in there.got[0]["message"]
    assert there.got[0]["type"] == "failure"


def test_the_end_is_told_as_a_success() -> None:
    with receiver() as there:
        deliver(there.url, news(News.ENDED), 5)
    assert (there.titles, there.got[0]["type"]) == (["a toy: ended: investigate: broken-1"], "success")


@pytest.mark.parametrize(("status", "why"), [(500, "HTTP 500"), (403, "HTTP 403"), (None, "no answer within 0.3 s")])
def test_what_is_refused_or_never_answered_is_not_delivered(status: int | None, why: str) -> None:
    with receiver(status) as there, pytest.raises(NotDelivered, match=why):
        deliver(there.url, news(), 0.3 if status is None else 5)


@pytest.mark.parametrize(
    ("address", "why"),
    [(dead(), "no connection"), ("nonsense://", "no address that Apprise knows"), ("", "no address")],
    ids=["dead", "nonsense", "empty"],
)
def test_nobody_there_and_no_address_are_not_delivered(address: str, why: str) -> None:
    with pytest.raises(NotDelivered, match=why):
        deliver(address, news(), 5)


def test_all_channels_of_the_level_are_told_and_no_other(stack: ExitStack) -> None:
    one, two, above = (stack.enter_context(receiver()) for _ in range(3))
    made = sender(
        {EscalationLevel.INVESTIGATE: ("ONE", "TWO"), EscalationLevel.MANAGER: ("ABOVE",)},
        ONE=one.url,
        TWO=two.url,
        ABOVE=above.url,
    )
    assert outcome(made) == [("investigate", "ONE", "delivered"), ("investigate", "TWO", "delivered")]
    assert (len(one.got), len(two.got), above.got) == (1, 1, [])


def broken_address(kind: str, stack: ExitStack) -> str:
    return dead() if kind == "dead" else stack.enter_context(receiver({"500": 500, "hanging": None}[kind])).url


@pytest.mark.parametrize("kind", ["dead", "500", "hanging"])
def test_a_failed_delivery_is_shown_and_goes_one_level_up(
    stack: ExitStack, kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(delivery, "SECONDS", 0.5 if kind == "hanging" else 5.0)
    above: Receiver = stack.enter_context(receiver())
    channels = {
        EscalationLevel.INVESTIGATE: ("BELOW",),
        EscalationLevel.MANAGER: ("ABOVE",),
        EscalationLevel.IMMEDIATE: ("TOP",),
    }
    receipts = sender(channels, BELOW=broken_address(kind, stack), ABOVE=above.url, TOP=dead()).send(news())

    assert [(each.level, each.status) for each in receipts] == [
        (EscalationLevel.INVESTIGATE, Status.FAILED), (EscalationLevel.MANAGER, Status.DELIVERED),
    ]  # fmt: skip
    first, second = told(receipts)
    assert first.startswith("problem: 'investigate' (BELOW) could not be told of broken-1: ")
    assert second.startswith("'manager' (ABOVE) was told of broken-1 at ")
    assert second.endswith("because 'investigate' could not be told")
    assert "problem: 'investigate' (BELOW) could not be told" in above.got[0]["message"]
    assert "marked-channel-secret" not in f"{receipts}{above.got}"


def test_one_of_two_channels_that_fails_goes_up_as_well(stack: ExitStack) -> None:
    good, above = stack.enter_context(receiver()), stack.enter_context(receiver())
    channels = {EscalationLevel.INVESTIGATE: ("GOOD", "DEAD"), EscalationLevel.ALERT: ("ABOVE",)}
    made = sender(channels, GOOD=good.url, DEAD=dead(), ABOVE=above.url)
    assert [each[1:] for each in outcome(made)] == [("GOOD", "delivered"), ("DEAD", "failed"), ("ABOVE", "delivered")]


def test_a_level_without_a_channel_is_told_at_the_next_one(stack: ExitStack) -> None:
    above = stack.enter_context(receiver())
    assert outcome(sender({EscalationLevel.IMMEDIATE: ("ABOVE",)}, ABOVE=above.url)) == [
        ("immediate", "ABOVE", "delivered")
    ]


def test_nobody_to_tell_is_a_failure_that_is_said() -> None:
    told_at_once = message(SEEN, EscalationLevel.IMMEDIATE, News.NEW, tuple(alarms(SEEN)))
    (receipt,) = sender({EscalationLevel.INVESTIGATE: ("BELOW",)}).send(told_at_once)
    assert (receipt.status, receipt.detail) == (Status.FAILED, "neither it nor a level above it has a channel")


def test_a_channel_whose_secret_is_missing_is_a_failure_and_is_asked_for() -> None:
    made = sender({EscalationLevel.INVESTIGATE: ("slack/TEAM_URL",)})
    (receipt,) = made.send(news())
    assert (receipt.status, receipt.detail.partition(":")[0]) == (Status.FAILED, "no TEAM_URL")
    assert made.credentials.missing["slack/TEAM_URL"].vault == "vault/occ/slack/"


def test_an_address_that_failed_is_not_tried_again_in_the_run(stack: ExitStack) -> None:
    refusing = stack.enter_context(receiver(500))
    made = sender({EscalationLevel.INVESTIGATE: ("TEAM",)}, TEAM=refusing.url)
    first, second = made.send(news()), made.send(news(News.ENDED))
    assert [first[0].detail, second[0].detail] == ["HTTP 500", "HTTP 500, so it was not tried again"]
    assert len(refusing.got) == 1


def a_run(tmp_path: Path, channels: dict[str, Any], **more: Any) -> Any:  # noqa: ANN401 - what escalate needs of a run
    settings = Delivery(
        deliver=bool(channels), channels={EscalationLevel(key): (key.upper(),) for key in channels}, **more
    )
    return SimpleNamespace(
        target=SimpleNamespace(escalation=settings), folder=tmp_path, history=tmp_path / "history" / "toy.json",
        credentials=Credentials(environment={key.upper(): each.url for key, each in channels.items()}),
    )  # fmt: skip


def test_what_reached_nobody_is_told_by_the_next_run(tmp_path: Path, stack: ExitStack) -> None:
    team = stack.enter_context(receiver(500))
    run = a_run(tmp_path, {"investigate": team})
    escalate(run, SEEN)
    team.status = 200
    assert [each.status for each in escalate(run, SEEN)] == [Status.DELIVERED]
    assert [each.status for each in escalate(run, SEEN)] == [Status.EARLIER]
    assert len(team.got) == 2


def test_an_end_that_reached_nobody_is_told_by_the_next_run(tmp_path: Path, stack: ExitStack) -> None:
    team = stack.enter_context(receiver())
    run = a_run(tmp_path, {"investigate": team})
    escalate(run, SEEN)
    team.status = 500
    assert [each.status for each in escalate(run, FINE)] == [Status.FAILED]
    team.status = 200
    assert [(each.status, each.news) for each in escalate(run, FINE)] == [(Status.DELIVERED, News.ENDED)]
    assert escalate(run, FINE) == ()


def test_the_end_is_told_to_each_level_that_was_reached_until_it_knows(tmp_path: Path, stack: ExitStack) -> None:
    team, above = stack.enter_context(receiver(500)), stack.enter_context(receiver())
    run = a_run(tmp_path, {"investigate": team, "manager": above}, repeat=1e-6)
    escalate(run, SEEN)  # reaches the manager alone
    team.status = 200
    escalate(run, SEEN)  # again, and reaches the team
    above.status = 503
    escalate(run, FINE)
    above.status = 200
    escalate(run, FINE)
    assert [title.split(": ")[1] for title in team.titles] == ["investigate", "still", "ended"]
    assert [title.split(": ")[1] for title in above.titles] == ["investigate", "ended", "ended"]
    assert escalate(run, FINE) == ()


def test_what_lasts_is_repeated(tmp_path: Path, stack: ExitStack) -> None:
    team = stack.enter_context(receiver())
    run = a_run(tmp_path, {"investigate": team}, repeat=1e-6)
    escalate(run, SEEN)
    escalate(run, SEEN)
    assert team.titles == ["a toy: investigate: broken-1", "a toy: still: investigate: broken-1"]


def test_a_dry_run_sends_and_remembers_nothing(tmp_path: Path) -> None:
    run = a_run(tmp_path, {})
    for _ in range(2):
        receipts = escalate(run, SEEN)
        assert [each.status for each in receipts] == [Status.DRY_RUN]
    assert not run.history.parent.exists()
    assert list(told(receipts)) == [
        "dry run, nothing was sent (escalations.json has it): would tell 'investigate' of broken-1"
    ]


@pytest.mark.parametrize("content", ["", "[", '[{"level": "nobody"}]', '{"a": 1}'])
def test_a_memory_that_cannot_be_read_means_that_people_are_told(
    tmp_path: Path, stack: ExitStack, content: str
) -> None:
    team = stack.enter_context(receiver())
    run = a_run(tmp_path, {"investigate": team})
    run.history.parent.mkdir()
    run.history.with_suffix(".escalations.json").write_text(content, encoding="utf-8")
    assert [each.status for each in escalate(run, SEEN)] == [Status.DELIVERED]


def test_a_memory_that_cannot_be_kept_is_said_and_harms_nothing(tmp_path: Path, stack: ExitStack) -> None:
    run = a_run(tmp_path, {"investigate": stack.enter_context(receiver())})
    (tmp_path / "history").write_text("no folder", encoding="utf-8")
    (receipt,) = escalate(run, SEEN)
    assert (receipt.status, receipt.detail.partition(":")[0]) == (Status.FAILED, "FileExistsError")


def test_a_fault_of_the_suite_is_said_and_harms_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sending, "due", lambda *_, **__: 1 / 0)
    (receipt,) = escalate(a_run(tmp_path, {}), SEEN)
    assert receipt.line == "problem: 'immediate' could not be told of broken-1: ZeroDivisionError: division by zero"


def test_two_runs_at_once_tell_people_once(tmp_path: Path, stack: ExitStack) -> None:
    team = stack.enter_context(receiver())
    run = a_run(tmp_path, {"investigate": team})
    receipts = in_threads(lambda _: escalate(run, SEEN), range(4), 4)
    assert sorted(each.status for told in receipts for each in told) == [Status.DELIVERED, *[Status.EARLIER] * 3]
    assert len(team.got) == 1
