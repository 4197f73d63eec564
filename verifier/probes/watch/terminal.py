"""What the terminal shows while a deployment is watched: a line for the whole, and a curve for each signal."""

from __future__ import annotations

import math

from verifier.probes.watch.tally import WatchTally
from verifier.probes.watch.tracks import Look, SignalTrack

_BLOCKS = "▁▂▃▄▅▆▇█"
_UNSEEN, _BAD = "·", "✗"
_COLUMNS = 40
_NEWS = 6
"""Findings that are shown at once; the report has all."""


def lines(tally: WatchTally) -> str:
    """The whole as text: how far it is, the signals, and what a person should hear of at once."""
    passed = tally.passed
    signals = [f"{name:<16} {spark(track, passed)}  {track.said}" for name, track in tally.tracks.items()]
    return "\n".join([tally.told(), *signals, *(f"! {each}" for each in news(tally))])


def news(tally: WatchTally) -> list[str]:
    """What was found, whom to tell, and who was told; the newest last."""
    told = [f"tell: {each}" for each in tally.escalated.values()][:_NEWS]
    found = [
        f"{track.signal.item}: {each.finding.problem}: {each.finding.subject} ({each.first:%H:%M:%S} UTC)"
        for track in tally.tracks.values()
        for each in list(track.found.values())[:_NEWS]
    ]
    return [*found[-_NEWS:], *told, *tally.told_people[-_NEWS:]]


def spark(track: SignalTrack, passed: int) -> str:
    """The last intervals as one character each: the figure as a block, `✗` where it was bad, `·` where unseen."""
    places = range(max(0, passed - _COLUMNS), passed)
    figures = [track.figures[each] for each in places if not math.isnan(track.figures[each])]
    top = max(figures, default=0.0)
    return "".join(_sign(track, each, top) for each in places)


def _sign(track: SignalTrack, place: int, top: float) -> str:
    if track.looks[place] in {Look.MISSED, Look.BLIND}:
        return _UNSEEN
    if track.looks[place] == Look.BAD:
        return _BAD
    figure = track.figures[place]
    return _BLOCKS[0] if math.isnan(figure) or top <= 0 else _BLOCKS[min(7, int(8 * figure / top))]
