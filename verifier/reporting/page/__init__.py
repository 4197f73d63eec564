"""The Definition of Done as one page: what a person opens first. It carries all that it shows, in at most 1 MB."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from functools import cache
from importlib.util import cache_from_source
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemBytecodeCache, FileSystemLoader, StrictUndefined, Template
from jinja2.bccache import Bucket
from markupsafe import Markup, escape

from verifier.core.evidence.finding import Severity, cut
from verifier.core.files import write_whole
from verifier.core.redaction import REDACTOR
from verifier.core.verdict.baseline import AcceptedRecord, Baseline
from verifier.reporting.allure_report.results import cut_lines
from verifier.reporting.checklist import meaning
from verifier.reporting.escalation.receipt import told
from verifier.reporting.model import PAGE, Report
from verifier.reporting.page import view
from verifier.reporting.page.pictures import Picture, chosen, pictures

MOST_BYTES = 1_000_000
"""Of the whole page, whatever was found."""
_WIDE = 400
"""Characters of one text."""
_LONGEST = 2_000
"""Characters of a command; a command that is cut must not be typed."""
_HERE = Path(__file__).parent
STYLE = _HERE / "page.css"


def write_page(folder: Path, report: Report, accepted: Baseline | None = None, commit: str | None = None) -> Path:
    """Write the page into the folder of a run.

    Args:
        folder: of the run; pictures are taken from its `allure-results`, and the page links to what lies there.
        report: of the run.
        accepted: the last accepted release, with which the run compared.
        commit: what the release was built from, if the caller said so.

    Raises:
        OSError: it cannot be written.
    """
    links = [name for name in ("index.html", "definition-of-done.md", "verdict.json") if (folder / name).is_file()]
    path = folder / PAGE
    write_whole(path, page(report, pictures(folder / "allure-results", report), accepted, commit, links))
    return path


def page(
    report: Report,
    found: Sequence[Picture] = (),
    accepted: Baseline | AcceptedRecord | None = None,
    commit: str | None = None,
    links: Sequence[str] = (),
) -> str:
    """The page as text, with as much of the details as stays below the limit."""
    template = _template()
    known = _facts(report, accepted) | {"commit": commit, "links": links}
    for limits in view.PAGE_LIMITS:
        text = REDACTOR.text(template.render(known | _shown(report, limits, found)))
        if len(text.encode()) <= MOST_BYTES:
            break
    return text


def _facts(report: Report, accepted: Baseline | AcceptedRecord | None) -> dict[str, Any]:
    return {
        "report": report,
        "accepted": accepted,
        "meaning": meaning(report.verdict, report.counts),
        "severities": list(Severity),
        "told": list(told(report.escalations)),
        "machines": view.machines(report),
        "fresh": {each.signature for each in report.findings.get("new", ())} if accepted else set(),
        "view": view,
        "style": Markup(STYLE.read_text(encoding="utf-8")),  # noqa: S704 - our own file
        "script": Markup((_HERE / "page.js").read_text(encoding="utf-8")),  # noqa: S704 - our own file
    }


def _shown(report: Report, limits: view.PageLimits, found: Sequence[Picture]) -> dict[str, Any]:
    kept = chosen(found, limits.pictures)
    sections = view.sections(report, limits.items)
    return {"limits": limits, "pictures": kept, "pictures_left": len(found) - len(kept), "sections": sections}


class _Compiled(FileSystemBytecodeCache):
    """Keeps compiled templates beside Python's own bytecode, and under the same conditions."""

    def __init__(self) -> None:
        super().__init__(str(Path(cache_from_source(__file__)).parent))

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keep it; where nothing can be written, each run compiles."""
        if not sys.dont_write_bytecode:
            with suppress(OSError):
                super().dump_bytecode(bucket)


@cache
def _template() -> Template:
    """The template of the page; compiling it would take longer than everything else that a short run writes."""
    made = Environment(
        loader=FileSystemLoader(_HERE),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=_printed,
        bytecode_cache=_Compiled(),
    )
    made.filters |= {"command": _command, "block": _block, "listed": _listed}
    return made.get_template("page.html.jinja")


def _printed(value: object) -> object:
    """What the template prints: redacted before it is escaped, and cut; what a filter has made stays as it is."""
    return cut(value, _WIDE) if isinstance(value, str) and not isinstance(value, Markup) else value


def _command(text: str) -> Markup:
    """A line to type, whole or not at all."""
    whole = text if len(text) <= _LONGEST else "(too long for this page: verdict.json has it)"
    return escape(REDACTOR.text(whole))


def _block(text: str) -> Markup:
    """Several lines."""
    return escape(cut_lines(REDACTOR.text(text)))


def _listed(found: Sequence[Any] | Mapping[Any, Any], most: int) -> Iterator[Any]:
    """At most so many."""
    yield from list(found.items() if isinstance(found, Mapping) else found)[:most]
