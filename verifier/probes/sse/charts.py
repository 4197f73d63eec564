"""SVG charts of event streams for the report: arrivals over time, and a histogram of delays."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import escape
from itertools import pairwise

from verifier.core.evidence.charts import AXIS, NAMES, TOP, axis, axis_end, drawing, limit_line, position
from verifier.core.evidence.readings import percentile

_ROW = 46
_BARS = 20
_HIGH = 180
_GOOD, _BAD, _OTHER, _PALE = "#2f7d4f", "#b3261e", "#3b5b92", "#e8eee9"
_MOST = 60
"""Characters of an ending that are shown."""


@dataclass(frozen=True)
class Track:
    """One machine's stream; times are seconds after the request was sent.

    Attributes:
        beats: when heartbeats came.
        events: when something else came.
        watched: how long it was listened to.
        said: what is written under the line.
        good: whether it kept its promise.
    """

    name: str
    beats: tuple[float, ...]
    events: tuple[float, ...]
    watched: float
    said: str
    good: bool


def timeline(tracks: Sequence[Track], limit_seconds: float) -> str:
    """When heartbeats and events came on each machine; pauses beyond the limit are red.

    Args:
        tracks: the machines, in the order in which they are drawn.
        limit_seconds: the longest allowed pause.
    """
    end = axis_end([track.watched for track in tracks])
    width, height = NAMES + AXIS + 60, TOP + _ROW * len(tracks) + 44
    legend = ((_GOOD, "heartbeat"), (_OTHER, "other event"), (_BAD, f"pause beyond {limit_seconds:g} s"))
    parts = [
        *axis(end, height - 24),
        *(line for row, track in enumerate(tracks) for line in _track(row, track, end, limit_seconds)),
        *_legend(legend, height - 8),
    ]
    return drawing("Heartbeats and events on each machine", width, height, parts)


def _track(row: int, track: Track, end: float, limit: float) -> Iterator[str]:
    y = TOP + row * _ROW + 14
    yield f'<text x="{NAMES - 10}" y="{y + 5}" text-anchor="end">{escape(track.name)}</text>'
    yield (
        f'<rect x="{NAMES}" y="{y - 8}" width="{position(track.watched, end) - NAMES:g}" height="16" fill="{_PALE}"/>'
    )
    for earlier, later in pairwise([0.0, *track.beats, track.watched]):
        if later - earlier > limit:
            x = position(earlier, end)
            length = position(later, end) - x
            yield f'<rect x="{x}" y="{y - 8}" width="{length:g}" height="16" fill="{_BAD}" fill-opacity="0.35"/>'
            middle = x + length / 2
            yield f'<text x="{middle:g}" y="{y + 4}" text-anchor="middle" font-size="11">{later - earlier:.1f} s</text>'
    for at in track.events:
        yield f'<circle cx="{position(at, end)}" cy="{y}" r="3" fill="{_OTHER}"/>'
    for at in track.beats:
        yield f'<rect x="{position(at, end) - 2}" y="{y - 11}" width="4" height="22" fill="{_GOOD}"/>'
    colour = "#555" if track.good else _BAD
    yield f'<text x="{NAMES}" y="{y + 25}" font-size="11" fill="{colour}">{escape(track.said[: 2 * _MOST])}</text>'


def histogram(seconds: Sequence[float], limit_seconds: float, missing: int = 0) -> str:
    """How long changes took until they arrived.

    Args:
        seconds: one for each arrival.
        limit_seconds: the longest time allowed.
        missing: how many never arrived.
    """
    end = axis_end([*seconds, limit_seconds] if max(seconds, default=0) > limit_seconds / 4 else list(seconds))
    counts = [0] * _BARS
    for each in seconds:
        counts[min(int(each / end * _BARS), _BARS - 1)] += 1
    width, height = NAMES + AXIS + 60, TOP + _HIGH + 50
    parts = [
        *axis(end, height - 30),
        *_bars(counts, end, limit_seconds),
        *(limit_line(limit_seconds, end, height - 16) if limit_seconds <= end else []),
        *_summary(seconds, limit_seconds, end, missing),
    ]
    return drawing("Seconds from a change to its arrival", width, height, parts)


def _bars(counts: list[int], end: float, limit: float) -> Iterator[str]:
    most, floor = max(counts) or 1, TOP + _HIGH
    for number, count in enumerate(counts):
        if count:
            x = position(end * number / _BARS, end)
            high = max(2.0, round((_HIGH - 16) * count / most, 1))
            fill = _BAD if end * number / _BARS >= limit else _GOOD
            yield f'<rect x="{x + 1}" y="{floor - high}" width="{AXIS / _BARS - 2:g}" height="{high}" fill="{fill}"/>'
            middle = x + AXIS / _BARS / 2
            yield f'<text x="{middle:g}" y="{floor - high - 4}" text-anchor="middle" font-size="11">{count}</text>'
    yield f'<line x1="{NAMES}" y1="{floor}" x2="{NAMES + AXIS}" y2="{floor}" stroke="#555"/>'


def _summary(seconds: Sequence[float], limit: float, end: float, missing: int) -> Iterator[str]:
    """The figures beside the bars, one under the other."""
    ordered = sorted(seconds)
    lines = [f"{len(ordered)} arrivals"]
    if ordered:
        lines += [f"p{percent} {percentile(ordered, percent):.3f} s" for percent in (50, 95)]
        lines.append(f"max {ordered[-1]:.3f} s")
    lines.append(f"limit {limit:g} s" + (" (beyond the axis)" if limit > end else ""))
    if missing:
        lines.append(f"{missing} never arrived")
    for number, line in enumerate(lines):
        fill = _BAD if line.endswith("never arrived") else "#333"
        yield f'<text x="{NAMES - 20}" y="{TOP + 16 + 20 * number}" text-anchor="end" fill="{fill}">{line}</text>'


def _legend(entries: Sequence[tuple[str, str]], y: int) -> Iterator[str]:
    for number, (colour, words) in enumerate(entries):
        x = NAMES + number * 170
        yield f'<rect x="{x}" y="{y - 10}" width="10" height="10" fill="{colour}"/>'
        yield f'<text x="{x + 16}" y="{y}" font-size="12" fill="#555">{escape(words)}</text>'
