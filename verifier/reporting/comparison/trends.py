"""The accepted releases of a target as one page: each figure beside its limit, release by release."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from verifier.core.config.contract import Contract
from verifier.core.evidence.trend_chart import trend
from verifier.core.redaction import REDACTOR
from verifier.core.verdict.baseline import Baseline
from verifier.reporting.page import STYLE

_HERE = Path(__file__).parent


@dataclass(frozen=True)
class Series:
    """One figure over the releases, oldest first.

    Attributes:
        title: what was measured.
        name: the id of the item, or what was measured several times.
        values: a figure for each release; nothing where it has none.
        limit: the largest that keeps the promise, as it is now; nothing where there is none.
        unit: s, %, or empty for a count.
    """

    title: str
    name: str
    values: tuple[float | None, ...]
    limit: float | None
    unit: str

    @property
    def last(self) -> str:
        """The newest figure, in words."""
        told = [each for each in self.values if each is not None]
        return f"{told[-1]:.3g} {self.unit}".strip()


def trends_page(kept: Baseline, contract: Contract) -> str:
    """The page, which carries all that it shows.

    Args:
        kept: what the history of the target keeps.
        contract: for the promises, the units and the order of the items.
    """
    environment = Environment(
        loader=FileSystemLoader(_HERE), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    shown = {
        "kept": kept,
        "groups": {"Items": list(_items(kept, contract)), "Medians": list(_medians(kept))},
        "picture": lambda series: Markup(_picture(series, kept)),  # noqa: S704 - our own, and escaped there
        "style": Markup(STYLE.read_text(encoding="utf-8")),  # noqa: S704 - our own file
    }
    return REDACTOR.text(environment.get_template("trends.html.jinja").render(shown))


def _items(kept: Baseline, contract: Contract) -> Iterator[Series]:
    """The items that have figures, in the order of the contract; those that it no longer has come last."""
    named = {name for release in kept.releases for name in release.figures}
    for name in (*(each for each in contract.ids if each in named), *sorted(named - set(contract.ids))):
        limit = contract[name].limit if name in contract else None
        share = limit is not None and limit.seconds is None and limit.share is not None
        seconds = limit is not None and limit.seconds is not None
        told = [each.figures[name] for each in kept.releases if name in each.figures]
        factor = 100.0 if share else 1.0
        yield Series(
            title=contract[name].promise if name in contract else name,
            name=name,
            values=tuple(factor * each.figures[name][0] if name in each.figures else None for each in kept.releases),
            limit=factor * told[-1][1],
            unit="%" if share else "s" if seconds else "",
        )


def _medians(kept: Baseline) -> Iterator[Series]:
    for name in sorted({name for release in kept.releases for name in release.medians}):
        yield Series(name, name, tuple(each.medians.get(name) for each in kept.releases), None, "s")


def _picture(series: Series, kept: Baseline) -> str:
    labels = [each.release or each.accepted[:10] for each in kept.releases]
    return trend(series.title, list(zip(labels, series.values, strict=True)), series.limit, series.unit)
