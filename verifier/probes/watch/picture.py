"""The courses of all signals over the time that was watched, as one picture."""

from __future__ import annotations

import math
from collections.abc import Iterable
from html import escape

from verifier.core.evidence.charts import drawing
from verifier.core.execution.watch_journal import WatchHeader
from verifier.probes.watch.tracks import Look, SignalTrack

_LEFT, _WIDE, _ROW, _TOP = 150, 700, 40, 34
_MOST = 350
"""Points of a course."""
_COLOURS = {Look.BAD: "#b3261e", Look.MISSED: "#d8d8d8", Look.BLIND: "#d8d8d8"}


def courses(tracks: Iterable[SignalTrack], header: WatchHeader) -> str:
    """A row for each signal: its figure, red where it was bad, grey where nothing was seen."""
    rows = list(tracks)
    parts = [
        f'<text x="{_LEFT}" y="20" fill="#555">{header.began:%Y-%m-%d %H:%M:%S} UTC</text>',
        f'<text x="{_LEFT + _WIDE}" y="20" text-anchor="end" fill="#555">{header.until:%H:%M:%S} UTC</text>',
        *(part for row, track in enumerate(rows) for part in _row(row, track)),
    ]
    return drawing("The signals over the time that was watched", _LEFT + _WIDE + 110, _TOP + _ROW * len(rows), parts)


def _row(row: int, track: SignalTrack) -> list[str]:
    bottom = _TOP + row * _ROW + _ROW - 8
    figures = [(place, each) for place, each in enumerate(track.figures) if not math.isnan(each)]
    top = max((each for _, each in figures), default=0.0)
    step = max(1, len(track.figures) // _MOST)
    points = [
        f"{_x(place, track):.1f},{bottom - (24 * each / top if top else 0):.1f}"
        for place, each in figures
        if place % step == 0 or each == top
    ]
    most = f"{top:.3g} {track.signal.unit} at most" if figures else "nothing seen"
    return [
        f'<text x="{_LEFT - 10}" y="{bottom - 6}" text-anchor="end">{escape(track.signal.name)}</text>',
        f'<line x1="{_LEFT}" y1="{bottom}" x2="{_LEFT + _WIDE}" y2="{bottom}" stroke="#ddd"/>',
        *_marks(track, bottom),
        f'<polyline points="{" ".join(points)}" fill="none" stroke="#2f7d4f" stroke-width="1.5"/>',
        f'<text x="{_LEFT + _WIDE + 8}" y="{bottom - 6}" fill="#555" font-size="11">{escape(most)}</text>',
    ]


def _marks(track: SignalTrack, bottom: int) -> list[str]:
    """A stripe for each row of intervals that were bad or unseen."""
    found, place, looks = [], 0, track.looks
    while place < len(looks):
        end = place
        while end < len(looks) and looks[end] == looks[place]:
            end += 1
        if looks[place] in _COLOURS:
            x, wide = _x(place, track), max(1.0, _x(end, track) - _x(place, track))
            colour = _COLOURS[Look(looks[place])]
            found.append(f'<rect x="{x:.1f}" y="{bottom - 26}" width="{wide:.1f}" height="26" fill="{colour}"/>')
        place = end
    return found


def _x(place: int, track: SignalTrack) -> float:
    return _LEFT + _WIDE * place / len(track.looks)
