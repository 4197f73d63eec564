"""What the documents name is there: pages, headings, files, faults, items and options."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from sandbox.faults import REGISTRY
from tests.support.runs.toy import CHECKOUT

PAGES = sorted([CHECKOUT / "README.md", *(CHECKOUT / "docs").rglob("*.md")])
PLACEHOLDERS = {
    "checks/PART/test_NOUN.py",
    "targets/NAME.toml",
    "targets/mine.toml",
    "verifier/commands/NAME.py",
    "smoke/phases/test_phase_N.py",
}
MODULES = {each.name for folder in ("verifier", "sandbox", "tests") for each in (CHECKOUT / folder).rglob("*.py")} | {
    "test_phase_N.py"
}
FOLDERS = "verifier|sandbox|tests|checks|smoke|load|targets|docs|bin|\\.github|\\.ci"


def names(document: Path, pattern: str) -> set[str]:
    """What the pattern finds in a page."""
    return set(re.findall(pattern, document.read_text(encoding="utf-8")))


def anchors(document: Path) -> Iterator[str]:
    """The headings of a page, as GitHub writes them in addresses."""
    for heading in re.findall(r"(?m)^#+ (.+)$", document.read_text(encoding="utf-8")):
        yield re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")


def leads_nowhere(document: Path, link: str) -> bool:
    path, _, anchor = link.partition("#")
    other = (document.parent / path).resolve() if path else document
    return not other.exists() or bool(anchor and anchor not in anchors(other))


@pytest.mark.parametrize("document", PAGES, ids=lambda each: str(each.relative_to(CHECKOUT)))
def test_every_link_and_file_of_a_page_is_there(document: Path) -> None:
    links = names(document, r"\]\((?!https?:)([^)\s]+)\)")
    files = names(document, rf"`((?:{FOLDERS})/[\w./-]*\w)(?:::\w+)?`") - PLACEHOLDERS
    modules = names(document, r"`(\w+\.py)`") - MODULES
    assert {each for each in links if leads_nowhere(document, each)} == set()
    assert {each for each in files if not (CHECKOUT / each).exists()} == set()
    assert modules == set()


def test_every_page_is_in_the_index() -> None:
    index = names(CHECKOUT / "docs" / "README.md", r"\]\(([\w-]+\.md)\)")
    assert {page.name for page in (CHECKOUT / "docs").glob("*.md")} - {"README.md"} == index


@pytest.mark.parametrize("document", PAGES, ids=lambda each: str(each.relative_to(CHECKOUT)))
def test_every_fault_that_a_page_switches_on_exists(document: Path) -> None:
    assert names(document, r"--fault ([a-z][\w-]+)") - set(REGISTRY) == set()
