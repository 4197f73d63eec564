"""Judges set-ups of `tests/data/rls/` one by one: `python -m tests.support.corpora.held_out FILE [NAME …]`."""

from __future__ import annotations

import sys
from collections.abc import Iterator

import psycopg

from tests.support.corpora.rls import set_ups
from tests.support.corpora.rls_judging import judge
from verifier.embedded.server import scratch_server


def told(file: str, names: list[str]) -> Iterator[str]:
    """What is missed, told wrongly or has no answer, and labels that standing in for people does not show."""
    count, missed, alarmed, silent = [0, 0], 0, 0, 0
    with scratch_server() as server, psycopg.connect(server.database("set_ups")) as connection:
        for each in set_ups(file):
            if names and each.name not in names:
                continue
            it = judge(connection, each)
            count[bool(each.label)] += 1
            if wrong := (each.label | each.published) ^ it.tried:
                yield f"{each.name}: labelled otherwise than tried: {sorted(wrong)}"
            if gone := each.label - it.found:
                missed += not (each.label & it.found)
                yield f"{each.name}: not told{' in part' if each.label & it.found else ''}: {sorted(gone)}"
            if more := it.found - each.label:
                alarmed += not each.label
                yield f"{each.name}: told, and not labelled: {sorted(more)}"
            if it.doubts and not it.found:
                silent += 1
                yield f"{each.name}: no answer: {it.doubts}"
    protected, opened = count
    yield f"not told at all {missed} of {opened}, told wrongly {alarmed} of {protected}, no answer {silent} of all"


if __name__ == "__main__":
    for line in told(sys.argv[1], sys.argv[2:]):
        sys.stdout.write(f"{line}\n")
