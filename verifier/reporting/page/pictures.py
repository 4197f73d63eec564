"""The pictures that probes made, as they lie among the published results: each content once, the small ones first."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import unescape
from pathlib import Path
from typing import Any

from verifier.core.verdict.results import Outcome
from verifier.reporting.allure_report.results import MATRIX
from verifier.reporting.model import Report

_KINDS = {"image/svg+xml", "image/webp", "image/png"}
_TITLE = re.compile(r"<title>(.*?)</title>", re.DOTALL)


@dataclass(frozen=True)
class Picture:
    """One picture.

    Attributes:
        item: the id of the item that shows it.
        title: what it shows.
        kind: its media type.
        content: its bytes.
    """

    item: str
    title: str
    kind: str
    content: bytes

    @property
    def source(self) -> str:
        """The picture as an address that needs no file."""
        return f"data:{self.kind};base64,{base64.b64encode(self.content).decode()}"


def pictures(results: Path, report: Report) -> list[Picture]:
    """What checks attached, from Allure's result files: each under the first item that has it, what failed first."""
    attached = dict(_attached(results))
    found: dict[str, Picture] = {}
    for item in sorted(report.items, key=lambda each: each.outcome != Outcome.FAILED):
        # Of an item that failed, what its other checks saw would only hide what went wrong.
        worst = [check for check in item.checks if check.outcome == item.outcome == Outcome.FAILED] or item.checks
        for each in (each for check in worst for each in attached.get(check.check, ())):
            source = results / each["source"]
            if each.get("type") in _KINDS and each["name"] != MATRIX and source.is_file():
                content = source.read_bytes()
                made = Picture(item.id, _title(each["name"], content), each["type"], content)
                found.setdefault(hashlib.sha256(content).hexdigest(), made)
    return list(found.values())


def chosen(found: Sequence[Picture], most: int) -> list[Picture]:
    """The smallest that together take up no more than so many bytes of the page, in the order in which they came."""
    taken, kept = 0, set()
    for each in sorted(found, key=lambda each: len(each.content)):
        taken += len(each.content) * 4 // 3
        if taken <= most:
            kept.add(each)
    return [each for each in found if each in kept]


def _attached(results: Path) -> Iterator[tuple[str, list[dict[str, Any]]]]:
    for path in sorted(results.glob("*-result.json")) if results.is_dir() else ():
        result = json.loads(path.read_text(encoding="utf-8"))
        yield result["fullName"], result.get("attachments", [])


def _title(name: str, content: bytes) -> str:
    told = _TITLE.search(content.decode("utf-8", "replace")) if name.endswith(".svg") else None
    return unescape(told[1]) if told else Path(name).stem.replace("-", " ")
