"""Pictures for the report, as SVG text without script, font or image from elsewhere."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape

Reading = tuple[str, float | None, str]
"""A tile, milliseconds until its content (nothing if it never came), and its state."""
NAMES, AXIS, _ROW, TOP = 220, 640, 30, 40
_QUARTERS = (0.05, 0.1, 0.25, 0.5, 1.0, 1.5, 2.0, 3.0, 5.0, 10.0, 15.0, 20.0, 30.0, 60.0)
"""Seconds; round figures for a quarter of the axis."""
_GOOD = {"healthy", "attention"}
_COLOURS = {"good": "#2f7d4f", "slow": "#b3261e", "bad": "#6f6f6f"}


def waterfall(readings: Sequence[Reading], limit_seconds: float | None) -> str:
    """Tiles against the time since the navigation began.

    Args:
        readings: the tiles, in the order in which they are drawn.
        limit_seconds: where to draw the limit.
    """
    end = axis_end([each / 1000 for _, each, _ in readings if each is not None], limit_seconds)
    width, height = NAMES + AXIS + 160, TOP + _ROW * len(readings) + 20
    parts = [
        *axis(end, height),
        *(line for row, reading in enumerate(readings) for line in _bar(row, reading, end, limit_seconds)),
        *([] if limit_seconds is None else limit_line(limit_seconds, end, height)),
    ]
    return drawing("Seconds until each tile shows content, in the slowest load", width, height, parts)


def drawing(title: str, width: int, height: int, parts: Iterable[str]) -> str:
    """A whole picture of these parts, on white."""
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}"',
        ' role="img" font-family="sans-serif" font-size="13">',
        f"<title>{escape(title)}</title>",
        f'<rect width="{width}" height="{height}" fill="#fff"/>',
        *parts,
        "</svg>",
    ]
    return "\n".join(lines) + "\n"


def axis_end(seconds: list[float], limit: float | None = None) -> float:
    """The end of the axis beyond everything that is drawn on it, so that its quarters are round figures."""
    largest = max([*seconds, (limit or 0.0) * 1.1, 0.1])
    quarter = next((each for each in _QUARTERS if 4 * each >= largest), largest / 4)
    return 4 * quarter


def position(seconds: float, end: float) -> float:
    """Where on the picture, from its left edge, a time lies; what is beyond the end lies at the end."""
    return round(NAMES + AXIS * min(seconds, end) / end, 1)


def axis(end: float, height: int) -> list[str]:
    """The lines of a time axis with their figures, on a picture of this height."""
    lines = []
    for tick in (end * part / 4 for part in range(5)):
        x = position(tick, end)
        lines.append(f'<line x1="{x}" y1="{TOP - 8}" x2="{x}" y2="{height - 14}" stroke="#ddd"/>')
        lines.append(f'<text x="{x}" y="{TOP - 14}" text-anchor="middle" fill="#555">{tick:.3g} s</text>')
    return lines


def _bar(row: int, reading: Reading, end: float, limit: float | None) -> list[str]:
    name, milliseconds, state = reading
    y = TOP + row * _ROW
    seconds = None if milliseconds is None else milliseconds / 1000
    said = state if seconds is None else f"{seconds:.2f} s {state}"
    x = position(end if seconds is None else seconds, end)
    dashes = ' fill-opacity="0.25" stroke="#6f6f6f" stroke-dasharray="4 3"' if seconds is None else ""
    fill = _COLOURS[_kind(seconds, state, limit)]
    return [
        f'<text x="{NAMES - 10}" y="{y + 17}" text-anchor="end">{escape(name)}</text>',
        f'<rect x="{NAMES}" y="{y + 3}" width="{max(x - NAMES, 1):g}" height="{_ROW - 10}" fill="{fill}"{dashes}/>',
        f'<text x="{x + 6}" y="{y + 17}">{escape(said)}</text>',
    ]


def _kind(seconds: float | None, state: str, limit: float | None) -> str:
    if seconds is None or state not in _GOOD:
        return "bad"
    return "slow" if limit is not None and seconds > limit else "good"


def limit_line(limit: float, end: float, height: int) -> list[str]:
    """The line of a limit, with its figure."""
    x = position(limit, end)
    return [
        f'<line x1="{x}" y1="{TOP - 8}" x2="{x}" y2="{height - 14}" stroke="#b3261e" stroke-width="2"/>',
        f'<text x="{x}" y="{height - 2}" text-anchor="middle" fill="#b3261e">limit {limit:g} s</text>',
    ]
