"""Learns from all labelled records how likely it is that the words of a line tell of a failure.

    .venv/bin/python -m tests.support.corpora.log_words.likelihood [WITHOUT FILE]

The second form leaves out records, to measure on them what was learned from all others.
Logistic regression with a squared penalty, over features weighed by how rare they are, each line scaled to length one;
what weighs least is left out, and the rest is learned anew. A record counts once, however many lines it has. Judge a
first meeting before anything is learned from it.
"""

from __future__ import annotations

import json
import math
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import numpy as np
from scipy.optimize import minimize
from scipy.sparse import csr_matrix
from scipy.special import expit

from tests.support.corpora.first_meetings import FOLDER as MET
from tests.support.corpora.logs import FOLDER, LEARNED, MEETINGS, corpus
from verifier.probes.logs.weighing.likelihood import WEIGHTS, features
from verifier.probes.logs.weighing.line import read_line, wording

KEPT = 12000
"""Features that are kept: a third of a megabyte, as good as all of them on records that nothing was learned from."""
_PENALTY = 50.0
"""The inverse of the penalty's strength; on records that nothing was learned from, 20 and 150 do as well."""
_TWICE = 2
"""Records in which a feature must stand to be learned."""
_OWN = 0.5
"""What a record counts that was written beside the rules: more of it is hard than in a fair sample."""


class Example(NamedTuple):
    """One line: its features, whether it tells of a failure, and what it counts."""

    features: set[str]
    failure: bool
    counts: float


def sources() -> dict[str, list[tuple[tuple[str, ...], str, bool, float]]]:
    """The labelled records by file: lines, the platform's level, whether they tell of a failure, what they count."""
    found = {}
    for path in sorted(MET.rglob("logs.json")):
        records = json.loads(path.read_text(encoding="utf-8"))
        name = path.relative_to(FOLDER.parent).as_posix()
        found[name] = [(tuple(each["lines"]), "info", each["truth"] == "error", 1.0) for each in records]
    for folder, counts in ((FOLDER, _OWN), (MEETINGS, _OWN), (LEARNED, 1.0)):
        name = folder.relative_to(FOLDER.parent).as_posix()
        found[name] = [(each.lines, each.level, each.error, counts) for each in corpus(folder)]
    return found


def _examples(lines: tuple[str, ...], level: str, failure: bool, counts: float) -> Iterator[Example]:  # noqa: FBT001
    """The lines of a record; of a failure those that the rules know to be errors, or else all as one."""
    read = [read_line(each, level) for each in lines]
    if failure and not any(each.bad for each in read):
        yield Example(features("\n".join(map(wording, read)), str(read[0].stated)), failure, counts)
        return
    read = [each for each in read if each.bad or not failure]
    for each in read:
        yield Example(features(wording(each), str(each.stated)), failure, counts / len(read))


def learn(examples: list[Example]) -> tuple[float, dict[str, tuple[float, float]]]:
    """The bias, and for each feature that is kept its weight and the square of how rare it is."""
    seen = Counter(each for example in examples for each in example.features)
    rarity = {each: math.log((1 + len(examples)) / (1 + count)) + 1 for each, count in seen.items() if count >= _TWICE}
    bias, weights = _fit(examples, rarity)
    rarity = {each: rarity[each] for each in sorted(rarity, key=lambda one: -abs(weights[one]))[:KEPT]}
    bias, weights = _fit(examples, rarity)
    return bias, {each: (weights[each], rare**2) for each, rare in rarity.items()}


def _fit(examples: list[Example], rarity: dict[str, float]) -> tuple[float, dict[str, float]]:
    places = {each: number for number, each in enumerate(sorted(rarity))}
    rows = [[each for each in sorted(example.features) if each in rarity] for example in examples]
    lengths = [math.sqrt(sum(rarity[each] ** 2 for each in row)) or 1 for row in rows]
    values = [rarity[each] / length for row, length in zip(rows, lengths, strict=True) for each in row]
    ends = np.cumsum([0, *map(len, rows)])
    matrix = csr_matrix((values, [places[each] for row in rows for each in row], ends), (len(rows), len(places)))
    truth = np.array([each.failure for each in examples], float)
    counts = np.array([each.counts for each in examples])

    def loss(given: np.ndarray) -> tuple[float, np.ndarray]:
        score = matrix @ given[:-1] + given[-1]
        off = counts * (expit(score) - truth)
        value = counts @ (np.logaddexp(0, score) - truth * score) + given[:-1] @ given[:-1] / (2 * _PENALTY)
        return float(value), np.append(matrix.T @ off + given[:-1] / _PENALTY, off.sum())

    best = minimize(loss, np.zeros(len(places) + 1), jac=True, method="L-BFGS-B", options={"maxiter": 500}).x
    return float(best[-1]), {each: float(best[place]) * rarity[each] for each, place in places.items()}


def _written(name: str, weight: float, rare: float) -> str:
    return f"{json.dumps(name, ensure_ascii=False)}: [{weight * 1000:.0f}, {rare * 1000:.0f}]"


def main(without: str = "", out: str = str(WEIGHTS)) -> None:
    """Write the weights of today's records, or of those whose file does not have `without` in its name."""
    told = {name: records for name, records in sources().items() if not without or without not in name}
    records = [each for every in told.values() for each in every]
    bias, words = learn([one for each in records for one in _examples(*each)])
    head = json.dumps({each: len(every) for each, every in told.items()}, indent=1)
    lines = ",\n".join(_written(each, *words[each]) for each in sorted(words))
    text = f'{{"records": {head},\n"bias": {bias * 1000:.0f},\n"words": {{\n{lines}\n}}}}\n'
    Path(out).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main(*sys.argv[1:])
