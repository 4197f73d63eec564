"""Pictures for the report, as SVG text without script, font or image from elsewhere."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

Reading = tuple[str, float | None, str]
"""A tile, milliseconds until its content (nothing if it never came), and its state."""
_NAMES, _AXIS, _ROW, _TOP = 220, 640, 30, 40
_QUARTERS = (0.05, 0.1, 0.25, 0.5, 1.0, 1.5, 2.0, 3.0, 5.0, 10.0, 15.0, 30.0, 60.0)
"""Seconds; round figures for a quarter of the axis."""
_GOOD = {"healthy", "attention"}
_COLOURS = {"good": "#2f7d4f", "slow": "#b3261e", "bad": "#6f6f6f"}


def waterfall(readings: Sequence[Reading], limit_seconds: float | None) -> str:
    """Tiles against the time since the navigation began.

    Args:
        readings: the tiles, in the order in which they are drawn.
        limit_seconds: where to draw the limit.
    """
    end = _end([each / 1000 for _, each, _ in readings if each is not None], limit_seconds)
    width, height = _NAMES + _AXIS + 160, _TOP + _ROW * len(readings) + 20
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}"',
        ' role="img" font-family="sans-serif" font-size="13">',
        "<title>Seconds until each tile shows content, in the slowest load</title>",
        f'<rect width="{width}" height="{height}" fill="#fff"/>',
        *_axis(end, height),
        *(line for row, reading in enumerate(readings) for line in _bar(row, reading, end, limit_seconds)),
        *([] if limit_seconds is None else _limit(limit_seconds, end, height)),
        "</svg>",
    ]
    return "\n".join(parts) + "\n"


def _end(seconds: list[float], limit: float | None) -> float:
    """The end of the axis beyond everything that is drawn on it, so that its quarters are round figures."""
    largest = max([*seconds, (limit or 0.0) * 1.1, 0.1])
    quarter = next((each for each in _QUARTERS if 4 * each >= largest), largest / 4)
    return 4 * quarter


def _x(seconds: float, end: float) -> float:
    return round(_NAMES + _AXIS * min(seconds, end) / end, 1)


def _axis(end: float, height: int) -> list[str]:
    lines = []
    for tick in (end * part / 4 for part in range(5)):
        x = _x(tick, end)
        lines.append(f'<line x1="{x}" y1="{_TOP - 8}" x2="{x}" y2="{height - 14}" stroke="#ddd"/>')
        lines.append(f'<text x="{x}" y="{_TOP - 14}" text-anchor="middle" fill="#555">{tick:.3g} s</text>')
    return lines


def _bar(row: int, reading: Reading, end: float, limit: float | None) -> list[str]:
    name, milliseconds, state = reading
    y = _TOP + row * _ROW
    seconds = None if milliseconds is None else milliseconds / 1000
    said = state if seconds is None else f"{seconds:.2f} s {state}"
    x = _x(end if seconds is None else seconds, end)
    dashes = ' fill-opacity="0.25" stroke="#6f6f6f" stroke-dasharray="4 3"' if seconds is None else ""
    fill = _COLOURS[_kind(seconds, state, limit)]
    return [
        f'<text x="{_NAMES - 10}" y="{y + 17}" text-anchor="end">{escape(name)}</text>',
        f'<rect x="{_NAMES}" y="{y + 3}" width="{max(x - _NAMES, 1):g}" height="{_ROW - 10}" fill="{fill}"{dashes}/>',
        f'<text x="{x + 6}" y="{y + 17}">{escape(said)}</text>',
    ]


def _kind(seconds: float | None, state: str, limit: float | None) -> str:
    if seconds is None or state not in _GOOD:
        return "bad"
    return "slow" if limit is not None and seconds > limit else "good"


def _limit(limit: float, end: float, height: int) -> list[str]:
    x = _x(limit, end)
    return [
        f'<line x1="{x}" y1="{_TOP - 8}" x2="{x}" y2="{height - 14}" stroke="#b3261e" stroke-width="2"/>',
        f'<text x="{x}" y="{height - 2}" text-anchor="middle" fill="#b3261e">limit {limit:g} s</text>',
    ]
