"""What tells the states of tiles apart: compares tiles as served, held back and failing."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from verifier.probes.browser.survey.pages import SeenPages, SeenTile

_SPECIAL = re.compile(r"[\\^$.|?*+()\[\]{}/]")
_GENERATED = re.compile(r"\.(css|sc|jsx?)-|[-_](?=[a-z]*\d)[a-z0-9]{5,}$|[-_](?=[A-Za-z0-9]*[A-Z])[A-Za-z0-9]{5,}$")
"""Classes that a build tool has named, and names anew with every build."""


_NAMES = {
    "loading": re.compile(r"load|wait|pend|busy|skeleton|spinner|progress", re.IGNORECASE),
    "error": re.compile(r"err|fail|broken|alert|invalid|danger", re.IGNORECASE),
    "ready": re.compile(r"ready|load|done|success|ok|healthy", re.IGNORECASE),
}
"""Words that say which state they mean, where several tokens tell it equally well."""


@dataclass(frozen=True)
class States:
    """How tiles show their states.

    Attributes:
        moving: the ids of tiles that told a state by something that can be selected.
        loading: a selector that fits in tiles that are held back, and in none that is served.
        error: the same of tiles that fail.
        ready: what fits only when they are served. Others may be ready in other ways, so it is not relied upon.
        text: tile → the regular expression of its words when it is served.
    """

    moving: tuple[str, ...]
    loading: str
    error: str
    ready: str
    text: Mapping[str, str]


def states_of(seen: SeenPages) -> States:
    """Compare the tiles of the dashboard in its three states.

    Figures and times change from load to load, so a change by itself tells nothing: a state is what looks alike in
    tiles that are in it, and like nothing that is served.
    """
    served = seen.dashboard.tiles if seen.dashboard else ()
    known, waiting, failed = _tokens(served), _tokens(seen.held), _tokens(seen.failing)
    loading = _cover("loading", seen.held, known | failed) or _cover("loading", seen.held, known)
    error = _cover("error", seen.failing, known | waiting)
    moved = _having(seen.held, loading) | _having(seen.failing, error)
    ready = _cover("ready", [each for each in served if each.id in moved], waiting | failed)
    phrases = [*([] if loading else _phrases(seen.held, served)), *([] if error else _phrases(seen.failing, served))]
    return States(
        moving=tuple(each.id for each in served if each.id in moved),
        loading=", ".join(loading),
        error=", ".join(error),
        ready=", ".join(ready),
        text={each.id: _pattern(each, phrases) for each in served},
    )


def _having(tiles: Iterable[SeenTile], marks: Collection[str]) -> set[str]:
    """The ids of the tiles that have one of these."""
    return {each.id for each in tiles if not each.tokens.isdisjoint(marks)}


def literal(words: str) -> str:
    """A regular expression, of Python and of JavaScript, that matches exactly these words."""
    return _SPECIAL.sub(lambda found: "\\" + found.group(), words)


def _tokens(tiles: Iterable[SeenTile]) -> frozenset[str]:
    return frozenset(token for tile in tiles for token in tile.tokens)


def _cover(state: str, tiles: Iterable[SeenTile], elsewhere: Collection[str]) -> list[str]:
    """Selectors, as few as possible, of what tiles have that is nowhere else, and that tells the state.

    A class that one tile has may come from its data; it counts only if its name says the state, or all have it.
    """
    strange = [{each for each in tile.tokens if each not in elsewhere} for tile in tiles]
    left = [each for each in strange if each]
    counted = Counter(token for each in left for token in each if not _GENERATED.search(token))
    named = {each for each in counted if _NAMES[state].search(each)}
    telling = {each for each, number in counted.items() if each in named or (number > 1 and number == len(left))}
    chosen: list[str] = []
    while left := [each & telling for each in left if each & telling]:
        best = max(sorted(set().union(*left)), key=lambda token: (sum(token in each for each in left), token in named))
        chosen.append(best)
        left = [each for each in left if best not in each]
    return chosen


def _phrases(tiles: Collection[SeenTile], served: Iterable[SeenTile]) -> list[str]:
    """What several tiles say in a state, besides their headings, and none that is served."""
    counted = Counter(_rest(each) for each in tiles)
    shown = {_rest(each) for each in served}
    return [words for words, number in counted.items() if words and number > 1 and words not in shown]


def _rest(tile: SeenTile) -> str:
    return tile.words.removeprefix(tile.heading).strip()


def _pattern(tile: SeenTile, phrases: Iterable[str]) -> str:
    """Its heading, and more than that if it has more; but not what several tiles say in another state."""
    if not tile.words.startswith(tile.heading):
        return literal(tile.heading)
    refused = "".join(rf"(?!\s*{literal(each)}$)" for each in phrases)
    return f"^{literal(tile.heading)}{refused}" + (r"\s*\S" if _rest(tile) else "")
