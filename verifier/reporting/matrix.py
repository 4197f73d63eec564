"""Every machine against everything that was seen of it: the table of the checklist, and a picture for Allure."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape
from typing import Any

from verifier.core.evidence import EVERY
from verifier.core.evidence.store import EvidenceStore
from verifier.core.machine import EDGE

Cells = dict[str, dict[str, dict[str, Any]]]
_UNSEEN = {"said": "not looked", "well": None}
_SIGNS = {True: "✅", False: "❌", None: "❓"}
_COLOURS = {True: ("#e3f1e7", "#1d5c37"), False: ("#fbe3e1", "#8f1d15"), None: ("#f1efe6", "#5f5a45")}
_WORDS, _CHARACTER, _ROW, _PAD = 34, 7.2, 30, 10
"""Characters of a cell, their width, the height of a row, and what is left free, in pixels."""
_ORDER = ("state", "host", "release and image", "platform checks", "quiet since the deploy", "health", "event stream")


def read_matrix(store: EvidenceStore, release: Mapping[str, Any] | None) -> dict[str, Any] | None:
    """Machines, columns and cells from the kept records of all processes of a run; nothing if no machine is known."""
    cells: Cells = {}
    for told in store.cells():
        for column, found in told.items():
            for machine, cell in found.items():
                _take(cells.setdefault(column, {}), machine, cell)
    seen = {each for found in cells.values() for each in found}
    # The machines of the app; those of another app beside it are judged by themselves.
    named = sorted(set(release["machines"] if release else ()) or seen - {EDGE, EVERY})
    columns = sorted(cells, key=lambda each: (_ORDER.index(each) if each in _ORDER else len(_ORDER), each))
    if not named or not columns:
        return None
    rows = [*([EDGE] if EDGE in seen else []), *named]
    return {
        "columns": columns,
        "machines": {each: {title: _cell(cells[title], each) for title in columns} for each in rows},
    }


def _take(column: dict[str, dict[str, Any]], machine: str, cell: dict[str, Any]) -> None:
    """Of two processes that looked at the same, the one that saw something bad is right, then the one that saw."""
    known = column.get(machine, _UNSEEN)["well"]
    if known is None or cell["well"] is False:
        column[machine] = cell


def _cell(column: Mapping[str, dict[str, Any]], machine: str) -> dict[str, Any]:
    if machine == EDGE and machine not in column:
        return {"said": "", "well": None}
    return column.get(machine) or column.get(EVERY) or _UNSEEN


def as_markdown(matrix: Mapping[str, Any]) -> list[str]:
    """The table, a line each."""
    lines = ["| machine | " + " | ".join(matrix["columns"]) + " |", "|---" * (len(matrix["columns"]) + 1) + "|"]
    for machine, cells in matrix["machines"].items():
        told = [
            f"{_SIGNS[each['well']]} {_bare(each['said'])}" if each["said"] else ""
            for each in map(cells.__getitem__, matrix["columns"])
        ]
        lines.append(f"| `{machine}` | " + " | ".join(told) + " |")
    return lines


def _bare(text: str) -> str:
    return " ".join(text.replace("|", "/").split())


def as_picture(matrix: Mapping[str, Any]) -> str:
    """The same as SVG, without script, font or image from elsewhere."""
    columns = ["machine", *matrix["columns"]]
    rows = [
        [{"said": machine, "well": True}, *(cells[title] for title in matrix["columns"])]
        for machine, cells in matrix["machines"].items()
    ]
    widths = [
        _PAD * 2 + _CHARACTER * max(len(_short(each)) for each in (title, *(row[place]["said"] for row in rows)))
        for place, title in enumerate(columns)
    ]
    width, height = round(sum(widths) + 2 * _PAD), _ROW * (len(rows) + 1) + 2 * _PAD
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}"',
        ' role="img" font-family="ui-monospace, Menlo, Consolas, monospace" font-size="12">',
        "<title>Every machine, and what was seen of it</title>",
        f'<rect width="{width}" height="{height}" fill="#fff"/>',
    ]
    for place, (title, wide) in enumerate(zip(columns, widths, strict=True)):
        left = _PAD + sum(widths[:place])
        parts.append(_text(left + _PAD, _PAD, title, "#333", bold=True))
        for number, row in enumerate(rows, 1):
            parts += _drawn(left, _PAD + _ROW * number, wide, row[place], head=place == 0)
    return "\n".join([*parts, "</svg>"]) + "\n"


def _drawn(left: float, top: float, wide: float, cell: Mapping[str, Any], *, head: bool) -> list[str]:
    if not cell["said"]:
        return []
    ground, ink = ("#fff", "#222") if head else _COLOURS[cell["well"]]
    box = (
        f'<rect x="{left + 1:.1f}" y="{top + 1:.1f}" width="{wide - 2:.1f}" height="{_ROW - 2}" rx="3" fill="{ground}">'
    )
    return [f"{box}<title>{escape(cell['said'])}</title></rect>", _text(left + _PAD, top, cell["said"], ink, bold=head)]


def _text(left: float, top: float, text: str, ink: str, *, bold: bool) -> str:
    weight = ' font-weight="600"' if bold else ""
    return f'<text x="{left:.1f}" y="{top + _ROW * 0.64:.1f}" fill="{ink}"{weight}>{escape(_short(text))}</text>'


def _short(text: str) -> str:
    text = " ".join(text.split())
    return text if len(text) <= _WORDS else text[: _WORDS - 1] + "…"
