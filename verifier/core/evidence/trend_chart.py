"""A figure from release to release, as SVG text."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from verifier.core.evidence.charts import drawing

Place = tuple[float, float]
_LEFT, _RIGHT, _TOP, _TALL = 20, 660, 20, 110
_NEAR = 4.0
"""How many times the largest figure a limit may be, and still be drawn: beyond it the figures would be a flat line."""
_LINE, _LIMIT, _GOOD = "#2f5f7d", "#b3261e", "#2f7d4f"


def trend(title: str, values: Sequence[tuple[str, float | None]], limit: float | None, unit: str) -> str:
    """A dot for each release, with a line between neighbours; a release without a figure interrupts the line.

    Args:
        title: what the picture shows.
        values: name of the release → its figure, oldest first.
        limit: the largest figure that keeps the promise; drawn, or only told if it lies far above.
        unit: stands after each figure.
    """
    known = [each for _, each in values if each is not None]
    near = limit is not None and limit <= _NEAR * max(known, default=0.0)
    top = max([*known, *([limit * 1.1] if limit and near else []), 1e-9])
    step = (_RIGHT - _LEFT) / max(len(values) - 1, 1)
    places = [
        None if value is None else (round(_LEFT + step * number, 1), _height(value, top))
        for number, (_, value) in enumerate(values)
    ]
    parts = [*map(_line, _neighbours(places)), *_ends([name for name, _ in values])]
    for (name, value), place in zip(values, places, strict=True):
        if place and value is not None:
            colour = _LIMIT if limit is not None and value > limit else _GOOD
            parts.append(_dot(place, colour, f"{name}: {_told(value, unit)}"))
    if limit is not None:
        parts += _limit(_height(limit, top) if near else None, f"limit {_told(limit, unit)}")
    return drawing(f"{title}, release by release", _RIGHT + 160, _TOP + _TALL + 30, parts)


def _told(value: float, unit: str) -> str:
    return f"{value:.3g} {unit}".strip()


def _height(value: float, top: float) -> float:
    return round(_TOP + _TALL * (1 - value / top), 1)


def _neighbours(places: Sequence[Place | None]) -> list[list[Place]]:
    """The places between which a line is drawn, without the gaps."""
    runs: list[list[Place]] = [[]]
    for each in places:
        if each:
            runs[-1].append(each)
        else:
            runs.append([])
    return [run for run in runs if len(run) > 1]


def _line(run: Sequence[Place]) -> str:
    points = " ".join(f"{x},{y}" for x, y in run)
    return f'<polyline points="{points}" fill="none" stroke="{_LINE}" stroke-width="2"/>'


def _dot(place: Place, colour: str, told: str) -> str:
    return f'<circle cx="{place[0]}" cy="{place[1]}" r="4" fill="{colour}"><title>{escape(told)}</title></circle>'


def _limit(y: float | None, told: str) -> list[str]:
    """The line of the limit with its figure; where it lies above the picture, the figure alone."""
    words = escape(told if y is not None else f"{told}, far above")
    text = f'<text x="{_RIGHT + 8}" y="{_TOP if y is None else y + 4}" fill="{_LIMIT}">{words}</text>'
    dashes = f'stroke="{_LIMIT}" stroke-dasharray="6 4"'
    return [text, *([f'<line x1="{_LEFT}" y1="{y}" x2="{_RIGHT}" y2="{y}" {dashes}/>'] if y is not None else [])]


def _ends(names: Sequence[str]) -> list[str]:
    """The zero, and the names of the first and the last release."""
    y = _height(0, 1)
    ends = [(_LEFT, "start", names[0]), *([(_RIGHT, "end", names[-1])] if len(names) > 1 else [])]
    return [
        f'<line x1="{_LEFT}" y1="{y}" x2="{_RIGHT}" y2="{y}" stroke="#999"/>',
        *(
            f'<text x="{x}" y="{y + 18}" text-anchor="{anchor}" fill="#555">{escape(name)}</text>'
            for x, anchor, name in ends
        ),
    ]
