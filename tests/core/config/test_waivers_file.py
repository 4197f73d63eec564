"""Mistakes in `waivers.toml`: all at once, with the place and what would be right."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from tests.support.runs.toy import contract, waiver
from verifier.core.config.contract import Contract, read_contract
from verifier.core.config.files import Mistakes
from verifier.core.config.waivers import Waiver, read_waivers

TODAY = datetime.now(UTC).date()
MISTAKES = {
    "an item that is not there": (waiver("kepd"), "waiver[1].item: the contract has no such item; did you mean"),
    "an item that is not waivable": (waiver("firm"), "waiver[1].item: firm is not waivable; mend the deployment"),
    "a target that is not there": (
        waiver("kept", target='"toi"'), "waiver[1].target: no such target; did you mean 'toy'?",
    ),
    "no owner": (waiver("kept", owner=""), "waiver[1].owner: missing; it must be given"),
    "no ticket": (waiver("kept", ticket=""), "waiver[1].ticket: missing; it must be given"),
    "an empty ticket": (waiver("kept", ticket='" "'), "waiver[1].ticket: String should have at least 2 characters"),
    "no reason": (waiver("kept", reason=""), "waiver[1].reason: missing; it must be given"),
    "a reason that says nothing": (waiver("kept", reason='"known"'), "waiver[1].reason: a reason needs at least two"),
    "no end": (waiver("kept", expires=""), "waiver[1].expires: missing; it must be given"),
    "no beginning": (waiver("kept", made=""), "waiver[1].made: missing; it must be given"),
    "an end that is no date": (waiver("kept", expires='"soon"'), "waiver[1].expires: Input should be a valid date"),
    "more than thirty days": (waiver("kept", days=31), "waiver[1]: expires: "),
    "an end before its beginning": (waiver("kept", days=-1), "waiver[1]: expires: "),
    "a beginning that is to come": (
        waiver("kept", made="2999-01-01", expires="2999-01-02"), "waiver[1].made: 2999-01-01 is still to come",
    ),
    "no subject": (waiver("kept", subjects="[]"), "waiver[1].subjects: Tuple should have at least 1 item"),
    "no problem": (
        waiver("kept").replace('problem = "blue paint"\n', ""), "waiver[1]: give either signature, or problem and",
    ),
    "both ways to name it": (
        waiver("kept") + 'signature = "0123456789ab"\n', "waiver[1]: give either signature, or problem and subjects",
    ),
    "a signature that is none": (
        waiver("kept", signature='"all"'), "waiver[1].signature: String should match pattern",
    ),
    "a key that is not known": (waiver("kept", until="2999-01-01"), "waiver[1].until: unknown key"),
    "a table that is not known": ("[waivers]\n", "waivers: unknown key; did you mean 'waiver'?"),
    "no TOML": ("[[waiver]\n", "not TOML: "),
}  # fmt: skip


def read(folder: Path, text: str) -> tuple[Waiver, ...]:
    (folder / "waivers.toml").write_text(text, encoding="utf-8")
    return read_waivers(folder, items(folder), ["toy"], TODAY)


def items(folder: Path) -> Contract:
    text = contract("kept", firm="waivable = false\n")
    (folder / "definition_of_done.toml").write_text(text, encoding="utf-8")
    return read_contract(folder)


@pytest.mark.parametrize("name", MISTAKES)
def test_a_mistake_is_named_with_its_place(tmp_path: Path, name: str) -> None:
    text, told = MISTAKES[name]
    with pytest.raises(Mistakes) as caught:
        read(tmp_path, text)
    assert any(line.startswith(f"waivers.toml: {told}") for line in caught.value.lines), caught.value.lines


def test_all_mistakes_are_told_at_once(tmp_path: Path) -> None:
    with pytest.raises(Mistakes) as caught:
        read(tmp_path, waiver("kepd") + waiver("kept", target='"toi"') + waiver("kept") + waiver("firm"))
    assert [line.split(": ")[1] for line in caught.value.lines] == [
        "waiver[1].item",
        "waiver[2].target",
        "waiver[4].item",
    ]


def test_no_file_is_no_waiver(tmp_path: Path) -> None:
    assert read_waivers(tmp_path, items(tmp_path), ["toy"], TODAY) == ()


@pytest.mark.parametrize("days", [0, 30])
def test_one_day_and_thirty_days_are_allowed(tmp_path: Path, days: int) -> None:
    (found,) = read(tmp_path, waiver("kept", days=days))
    assert (found.expires - found.made).days == days


@pytest.mark.parametrize("words", ["*", ".*", "%", "", " ", "^.*$", "(.*)", "?"])
@pytest.mark.parametrize("key", ["problem", "subject"])
def test_what_would_name_anything_is_over_broad(tmp_path: Path, key: str, words: str) -> None:
    text = waiver("kept", problem=words) if key == "problem" else waiver("kept", subjects=f'["wall", "{words}"]')
    (found,) = read(tmp_path, text)
    assert found.over_broad


@pytest.mark.parametrize("words", ["/", "*.css", "public.*", "a", "-"])
def test_what_has_a_word_is_not(tmp_path: Path, words: str) -> None:
    (found,) = read(tmp_path, waiver("kept", subject=words))
    assert not found.over_broad


def test_the_last_day_counts(tmp_path: Path) -> None:
    (found,) = read(tmp_path, waiver("kept", made="2026-01-01", expires="2026-01-03"))
    assert [found.expired(date(2026, 1, day)) for day in (2, 3, 4)] == [False, False, True]
