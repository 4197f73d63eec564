"""Whatever people do to a target or a contract, they get one round of messages, never a traceback."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support.runs.toy import CHECKOUT
from verifier.core.config.contract import read_contract
from verifier.core.config.files import Mistakes
from verifier.core.config.target import read_target

CONTRACT = (CHECKOUT / "definition_of_done.toml").read_text(encoding="utf-8")
TARGETS = {path.stem: path.read_text(encoding="utf-8") for path in sorted((CHECKOUT / "targets").glob("*.toml"))}
EACH = 100
"""Mutated files of each kind."""
VALUES = st.sampled_from(
    [
        "1",
        "-1",
        "nan",
        "inf",
        '""',
        '"\\u0000"',
        "[]",
        "{}",
        "true",
        "1979-05-27",
        "[[]]",
        "9" * 5_000,
        "{a = {a = 1}}",
        '"\\u001b[2J"',
        '"../../etc/passwd"',
        "'" + "x" * 9_000 + "'",
        '["a", 1]',
        "0x1f",
        "1e400",
        '"$(id)"',
        "=",
        "[" * 5_000,
    ]
)


@st.composite
def mutated(draw: st.DrawFn, text: str) -> bytes:
    """The text after one to four things that happen to files."""
    lines = text.splitlines()
    for _ in range(draw(st.integers(1, 4))):
        at = draw(st.integers(0, len(lines) - 1))
        match draw(st.sampled_from(["value", "drop", "double", "key", "cut", "swap", "byte"])):
            case "value":
                lines[at] = f"{lines[at].partition('=')[0]}= {draw(VALUES)}"
            case "drop":
                del lines[at : at + draw(st.integers(1, 5))]
            case "double":
                lines[at:at] = lines[at : at + draw(st.integers(1, 5))]
            case "key":
                lines[at] = draw(st.sampled_from("abcdefgxyz_-.")) + lines[at]
            case "cut":
                lines[at] = lines[at][: draw(st.integers(0, len(lines[at])))]
            case "swap":
                other = draw(st.integers(0, len(lines) - 1))
                lines[at], lines[other] = lines[other], lines[at]
            case "byte":
                place = draw(st.integers(0, len(lines[at])))
                lines[at] = lines[at][:place] + draw(st.characters(exclude_categories=["Cs"])) + lines[at][place:]
        lines = lines or [""]
    content = "\n".join(lines).encode()
    return content + draw(st.sampled_from([b"", b"", b"", b"\xff\xfe", b"\x00"]))


@pytest.fixture(scope="module")
def folder() -> Path:
    """A folder with the contract as it is."""
    made = Path(tempfile.mkdtemp())
    shutil.copy(CHECKOUT / "definition_of_done.toml", made)
    (made / "targets").mkdir()
    return made


def told(mistakes: Mistakes, file: str) -> list[str]:
    """The messages: each of one file, in one line that a person can read, and not without end."""
    assert mistakes.lines
    for line in mistakes.lines:
        assert line.startswith(file), line
        assert len(line) < 3_000, line
    return mistakes.lines


@settings(max_examples=EACH)
@given(data=st.data())
def test_a_contract_that_was_mistyped_is_read_or_told_about(data: st.DataObject, folder: Path) -> None:
    other = folder / "contract"
    other.mkdir(exist_ok=True)
    (other / "definition_of_done.toml").write_bytes(data.draw(mutated(CONTRACT)))
    try:
        read_contract(other)
    except Mistakes as mistakes:
        told(mistakes, "definition_of_done.toml")


@settings(max_examples=EACH)
@given(data=st.data())
def test_a_target_that_was_mistyped_is_read_or_told_about(data: st.DataObject, folder: Path) -> None:
    name = data.draw(st.sampled_from(sorted(TARGETS)))
    path = folder / "targets" / f"{name}.toml"
    path.write_bytes(data.draw(mutated(TARGETS[name])))
    try:
        read_target(path, read_contract(folder))
    except Mistakes as mistakes:
        told(mistakes, f"targets/{name}.toml")
