"""The report shows every machine against everything that was seen of it, and leaves no hole blank."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest

from verifier.core.evidence.store import EvidenceStore
from verifier.reporting.matrix import as_markdown, as_picture, read_matrix

WELL, BAD, OPEN = ({"said": said, "well": well} for said, well in (("fine", True), ("odd | <b>", False), ("", None)))
RELEASE = {"machines": {"m1": "started", "m2": "stopped"}}


def keep(folder: Path, name: str, content: Any) -> None:  # noqa: ANN401 - any JSON
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_text(json.dumps(content), encoding="utf-8")


@pytest.fixture
def evidence(tmp_path: Path) -> Path:
    keep(tmp_path, "machines.cells.json", {"state": {"m1": WELL, "m2": BAD}})
    keep(tmp_path, "health.cells.json", {"health": {"edge": WELL, "m1": WELL}})
    keep(tmp_path, "events.cells.json", {"event stream": {"*": {"said": "unreachable", "well": None}}})
    keep(tmp_path, "agent_machines.cells.json", {"state": {"a1": BAD}})
    return tmp_path


def test_every_machine_stands_against_every_look(evidence: Path) -> None:
    matrix = read_matrix(EvidenceStore(evidence), RELEASE)

    assert matrix is not None
    assert matrix["columns"] == ["state", "health", "event stream"]
    assert list(matrix["machines"]) == ["edge", "m1", "m2"]
    assert matrix["machines"]["m2"] == {
        "state": BAD,
        "health": {"said": "not looked", "well": None},
        "event stream": {"said": "unreachable", "well": None},
    }


def test_of_two_workers_the_one_that_saw_something_bad_is_right(evidence: Path) -> None:
    for worker, cell in (("gw0", OPEN), ("gw1", BAD), ("gw2", WELL)):
        keep(evidence / worker, "health.cells.json", {"health": {"m1": cell}})

    matrix = read_matrix(EvidenceStore(evidence), RELEASE)

    assert matrix is not None
    assert matrix["machines"]["m1"]["health"] == BAD


def test_the_table_is_one_line_for_each_machine(evidence: Path) -> None:
    lines = as_markdown(read_matrix(EvidenceStore(evidence), RELEASE) or {})

    assert len(lines) == 2 + 3
    assert lines[-1] == "| `m2` | ❌ odd / <b> | ❓ not looked | ❓ unreachable |"
    assert {line.count("|") for line in lines} == {5}


def test_the_picture_is_sound_and_holds_every_machine(evidence: Path) -> None:
    picture = ET.fromstring(as_picture(read_matrix(EvidenceStore(evidence), RELEASE) or {}))  # noqa: S314 - our own text

    words = [each.text for each in picture.iter() if each.tag.endswith("text")]
    assert {"m1", "m2", "edge", "odd | <b>", "unreachable"} <= set(words)


def test_without_machines_there_is_no_table(tmp_path: Path) -> None:
    keep(tmp_path, "health.cells.json", {"health": {"*": OPEN}})

    assert read_matrix(EvidenceStore(tmp_path), None) is None
