"""Judges the files of a history in order, each against what earlier files created."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from importlib import import_module
from pkgutil import walk_packages

from pglast import ast

from verifier.probes.migrations import rules
from verifier.probes.migrations.catalogue import ObjectCatalogue
from verifier.probes.migrations.reading import read
from verifier.probes.migrations.rules.judging import judge
from verifier.probes.migrations.verdicts import MigrationFinding

for _each in walk_packages(rules.__path__, f"{rules.__name__}."):
    import_module(_each.name)  # every module of the package registers its rules


@dataclass(frozen=True)
class MigrationFile:
    """A file of the history: its path below the application's folder, its bytes, whether it is judged."""

    path: str
    content: bytes
    judged: bool = True


def judge_history(sources: Iterable[MigrationFile], *, unshipped: bool = False) -> dict[str, list[MigrationFinding]]:
    """The findings of each judged file.

    Args:
        sources: all files, in the runner's order.
        unshipped: whether all judged files are shipped together, so that a later one may drop what an earlier one
            created. Otherwise each file is judged as if all before it were live.
    """
    sources = tuple(sources)
    catalogue = ObjectCatalogue()
    if unshipped:
        catalogue.coming = frozenset(_made(each for each in sources if each.judged))
    found: dict[str, list[MigrationFinding]] = {}
    for each in sources:
        findings = judge(read(each.content), catalogue, each.path)
        if each.judged:
            found[each.path] = findings
        if not (each.judged and unshipped):
            catalogue.ship()
        catalogue.search([])
    return found


def _made(sources: Iterable[MigrationFile]) -> Iterator[str]:
    """The tables that files make, by their full names."""
    empty = ObjectCatalogue()
    for each in sources:
        nodes = (statement.node for statement in read(each.content).statements)
        yield from (empty.relation(node.relation) for node in nodes if isinstance(node, ast.CreateStmt))
