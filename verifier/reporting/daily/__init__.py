"""The daily look at a deployment, kept for some months: a file of looks for each target, and a page of days."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from enum import StrEnum
from pathlib import Path
from typing import NamedTuple

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup
from pydantic import AwareDatetime, BaseModel, ValidationError

from verifier.core.evidence import Record
from verifier.core.evidence.finding import Finding
from verifier.core.files import write_whole
from verifier.core.redaction import REDACTOR
from verifier.core.verdict.ledger import UNVERIFIED_STATUS, Verdict

MOST = 400
"""Looks that are kept of a target: a year of daily ones."""
SHOWN = 60
"""Days on the page."""
_HERE = Path(__file__).parent


class State(StrEnum):
    """What one measure of a day came to, worst first."""

    BAD = "bad"
    UNKNOWN = "unknown"
    GOOD = "good"


class Measure(Record):
    """One line of the daily look.

    Attributes:
        name: what is measured.
        said: what was seen, in few words.
        state: what that means.
        figure: the same as a number, for the chart.
        unit: of the figure.
        findings: what is wrong.
        remedy: what to do or to type where nothing could be seen.
    """

    name: str
    said: str
    state: State
    figure: float | None = None
    unit: str = ""
    findings: tuple[Finding, ...] = ()
    remedy: str = ""


class DailyLook(Record):
    """One look at a deployment."""

    target: str
    title: str
    at: AwareDatetime
    release: str
    measures: tuple[Measure, ...]

    @property
    def verdict(self) -> Verdict:
        """What all of it comes to."""
        states = {each.state for each in self.measures}
        if State.BAD in states:
            return Verdict.NOT_DONE
        return Verdict.DONE if states == {State.GOOD} else Verdict.UNVERIFIED

    @property
    def exit_status(self) -> int:
        """0 only where everything was seen to be well."""
        return {Verdict.DONE: 0, Verdict.NOT_DONE: 1}.get(self.verdict, UNVERIFIED_STATUS)


class _Looks(BaseModel):
    looks: tuple[DailyLook, ...] = ()


class DayBar(NamedTuple):
    """One day of one measure: its state (empty if nobody looked), what was said, and its height of 100."""

    day: date
    state: str
    said: str
    height: float


def remember(folder: Path, look: DailyLook) -> Path:
    """Keep a look beside the earlier ones of its target, and write the page of its days; the page's path.

    Raises:
        OSError: they cannot be written.
    """
    path = folder / f"{look.target}-days.json"
    looks = (*read_looks(path), look)[-MOST:]
    write_whole(path, REDACTOR.text(_Looks(looks=looks).model_dump_json(indent=1)) + "\n")
    shown = folder / f"{look.target}-days.html"
    write_whole(shown, page(looks))
    return shown


def read_looks(path: Path) -> tuple[DailyLook, ...]:
    """The looks that are kept at `path`; none, if there is no file that can be understood."""
    try:
        return _Looks.model_validate_json(path.read_text(encoding="utf-8")).looks
    except (OSError, ValueError, ValidationError):
        return ()


def page(looks: Sequence[DailyLook]) -> str:
    """The days of a target as one page that asks nobody for anything."""
    made = Environment(
        loader=FileSystemLoader(_HERE), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    style = Markup((_HERE.parent / "page" / "page.css").read_text(encoding="utf-8"))  # noqa: S704 - our own file
    latest = looks[-1]
    names = dict.fromkeys(each.name for look in looks[-SHOWN:] for each in look.measures)
    charts = {name: bars(looks, name) for name in names}
    return REDACTOR.text(
        made.get_template("days.html.jinja").render(look=latest, looks=looks, charts=charts, style=style)
    )


def bars(looks: Iterable[DailyLook], name: str) -> list[DayBar]:
    """A measure day by day, up to the newest look: the worst look of each day stands for it."""
    by_day: dict[date, list[Measure]] = {}
    for look in looks:
        by_day.setdefault(look.at.date(), []).extend(each for each in look.measures if each.name == name)
    last = max(by_day)
    days = [last - timedelta(days=back) for back in reversed(range(min(SHOWN, (last - min(by_day)).days + 1)))]
    worst = {day: min(found, key=_badness) for day, found in by_day.items() if found}
    top = max((each.figure or 0.0 for day, each in worst.items() if day in days), default=0.0)
    return [_bar(day, worst.get(day), top) for day in days]


def _badness(measure: Measure) -> tuple[int, float]:
    return list(State).index(measure.state), -(measure.figure or 0.0)


def _bar(day: date, measure: Measure | None, top: float) -> DayBar:
    if measure is None:
        return DayBar(day, "", "nobody looked", 0.0)
    height = 100 * measure.figure / top if measure.figure is not None and top else 100.0
    return DayBar(day, str(measure.state), measure.said, max(6.0, height))
