"""The command itself: people are told when the verdict is written, and nothing of it changes the verdict."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from tests.support.runs.toy import KEPT, TARGET, Ended, MakeSuite, Suite, check, checks, contract
from tests.support.servers.receiver import Receiver, receiver

WRONG = check("wrong", "measured(1); raise BrokenPromise(Finding(subject='door', problem='it is shut', remedy='open'))")
WELL = check("wrong", "measured('open')")
CHANNELS = '[escalation]\ndeliver = true\nchannels = { investigate = ["TEAM_URL"], immediate = ["slack/PAGER_URL"] }\n'


@pytest.fixture
def there() -> Iterator[Receiver]:
    with receiver() as listening:
        yield listening


def suite_of(make_suite: MakeSuite, there: Receiver, settings: str = CHANNELS, to: str = "immediate") -> Suite:
    items = contract("kept", "wrong", wrong=f'escalate = [{{ to = "{to}", on = "failed" }}]\n')
    made = make_suite({"checks/test_toy.py": checks(KEPT, WRONG)}, contract=items, target=TARGET + settings)
    made.environment = {"PAGER_URL": there.url, "TEAM_URL": there.url.replace("hook", "team")}
    return made


def receipts(run: Ended) -> list[tuple[str, str, str, str]]:
    told: list[dict[str, Any]] = run.verdict["escalations"]
    return [(each["level"], each["news"], each["channel"], each["status"]) for each in told]


def test_a_failure_is_told_once_and_its_end_as_well(make_suite: MakeSuite, there: Receiver) -> None:
    suite = suite_of(make_suite, there)
    first, second = suite.run(), suite.run()
    suite.write({"checks/test_toy.py": checks(KEPT, WELL)})
    third = suite.run()

    assert there.titles == ["a toy: immediate: wrong", "a toy: ended: immediate: wrong"]
    assert [each.ending for each in (first, second, third)] == [("NOT DONE", 1)] * 2 + [("DONE", 0)]
    assert receipts(first) == [("immediate", "new", "slack/PAGER_URL", "delivered")]
    assert receipts(second) == [("immediate", "new", "", "told earlier")]
    assert receipts(third) == [("immediate", "ended", "slack/PAGER_URL", "delivered")]
    shown_without_the_address(first, there)


def shown_without_the_address(run: Ended, there: Receiver) -> None:
    """The receipt stands in terminal, checklist and page, and what was sent is kept."""
    for name in ("definition-of-done.md", "definition-of-done.html"):
        assert "(slack/PAGER_URL) was told of wrong at" in (run.folder / name).read_text(encoding="utf-8")
    assert "'immediate' (slack/PAGER_URL) was told of wrong at" in run.output
    message = json.loads((run.folder / "escalations.json").read_text(encoding="utf-8"))["messages"][0]
    assert message["body"] == there.got[0]["message"]
    assert [each for each in run.root.rglob("*") if each.is_file() and b"marked-channel" in each.read_bytes()] == []
    assert "marked-channel" not in run.output


def test_what_could_not_be_told_goes_up_is_shown_and_does_not_change_the_verdict(
    make_suite: MakeSuite, there: Receiver
) -> None:
    suite = suite_of(make_suite, there, to="investigate")
    suite.environment["TEAM_URL"] = "json://127.0.0.1:9/marked-channel-secret"
    first = suite.run()
    suite.write({"checks/test_toy.py": checks(KEPT, WELL)})
    suite.environment["PAGER_URL"] = "json://127.0.0.1:9/marked-channel-secret"
    second = suite.run()

    assert (first.ending, second.ending) == (("NOT DONE", 1), ("DONE", 0))
    assert receipts(first) == [
        ("investigate", "new", "TEAM_URL", "failed"), ("immediate", "new", "slack/PAGER_URL", "delivered"),
    ]  # fmt: skip
    assert receipts(second) == [("immediate", "ended", "slack/PAGER_URL", "failed")]
    said = "problem: 'immediate' (slack/PAGER_URL) could not be told of the end of wrong: no connection"
    for text in (second.output, (second.folder / "definition-of-done.md").read_text(encoding="utf-8")):
        assert said in text
    assert second.verdict["run"]["problems"] == []


def test_a_run_is_dry_by_default_and_says_what_it_would_send(make_suite: MakeSuite, there: Receiver) -> None:
    run = suite_of(make_suite, there, CHANNELS.replace("deliver = true\n", "")).run()
    assert there.got == []
    assert receipts(run) == [("immediate", "new", "", "dry run")]
    assert "dry run, nothing was sent (escalations.json has it): would tell 'immediate' of wrong" in run.output


def test_a_preview_at_another_address_tells_nobody(make_suite: MakeSuite, there: Receiver) -> None:
    suite = suite_of(make_suite, there, CHANNELS + '[reports]\nfeedback = "notes"\n')
    run = suite.run("--base-url", "http://127.0.0.1:8")
    assert (there.got, receipts(run)[0][3]) == ([], "dry run")
    assert not (suite.root / "notes").exists()


def test_a_missing_address_is_asked_for(make_suite: MakeSuite, there: Receiver) -> None:
    suite = suite_of(make_suite, there)
    suite.environment = {}
    run = suite.run()
    request = (run.folder / "credential-requests.md").read_text(encoding="utf-8")
    assert "**Checked**: vault/occ/slack/ (not found)\n" in request
    assert receipts(run) == [("immediate", "new", "slack/PAGER_URL", "failed")]
