"""The figures of a run in the format of OpenMetrics 1.0 (https://prometheus.io/docs/specs/om/open_metrics_spec/).

All of them are gauges, so that a reader of Prometheus' older text format understands the same file. What was not seen
has no sample: a figure of 0 would say that it was.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from statistics import median
from typing import TYPE_CHECKING

from verifier.core.verdict.ledger import Verdict
from verifier.core.verdict.results import Outcome
from verifier.reporting.model import JudgedItem, Report

if TYPE_CHECKING:  # loaded by who wants figures
    from prometheus_client import CollectorRegistry

PREFIX = "definition_of_done_"
_VERDICTS = (Verdict.DONE, Verdict.NOT_DONE, Verdict.UNVERIFIED, Verdict.PARTIAL)
_UNITS = ("seconds", "share", "count")

Sample = tuple[Mapping[str, str], float]
Family = tuple[str, str, Iterable[Sample]]
"""Name without the prefix, what it tells, and its samples: labels beside the target, and value."""


def openmetrics(report: Report) -> bytes:
    """The figures of a run, in UTF-8."""
    from prometheus_client.openmetrics.exposition import generate_latest  # noqa: PLC0415 - only for who wants the file

    written: bytes = generate_latest(registry_of(report))  # type: ignore[no-untyped-call]
    return written


def registry_of(report: Report) -> CollectorRegistry:
    """The same as a registry of `prometheus_client`, for whoever pushes them."""
    from prometheus_client import CollectorRegistry  # noqa: PLC0415 - only for who wants them
    from prometheus_client.core import GaugeMetricFamily  # noqa: PLC0415 - the same
    from prometheus_client.registry import Collector  # noqa: PLC0415 - the same

    registry, target = CollectorRegistry(), report.target

    class Figures(Collector):
        """What the registry asks."""

        def collect(self) -> Iterator[GaugeMetricFamily]:
            for name, told, samples in _families(report):
                family = GaugeMetricFamily(PREFIX + name, told)
                for labels, value in samples:
                    family.add_sample(PREFIX + name, {"target": target, **labels}, value)
                if family.samples:
                    yield family

    registry.register(Figures())
    return registry


def _families(report: Report) -> Iterator[Family]:
    run, outcomes = report.run, Counter(each.outcome for each in report.items)
    yield "verdict", "1 for the verdict of the run.", [({"verdict": v}, float(v == report.verdict)) for v in _VERDICTS]
    yield "exit_status", "Exit status of the run; 0 is DONE alone.", [({}, report.exit_status)]
    yield "finished_timestamp_seconds", "When the run ended, in Unix time.", [({}, run.finished.timestamp())]
    yield "run_seconds", "How long the run took.", [({}, run.seconds)]
    yield "items", "Judged items by outcome.", [({"outcome": each}, outcomes[each]) for each in Outcome]
    yield "item", "1 for the outcome of an item.", [(_labels(each), 1) for each in report.items]
    yield "item_findings", "Findings of a failed item.", _findings(report)
    yield "item_figure", "The worst figure that was measured of an item.", _of_items(report.items, "figure")
    yield "item_limit", "The largest figure that keeps the promise of an item.", _of_items(report.items, "ceiling")
    yield "load_seconds", "How long a part of the page took to show its content.", _samples(report.samples)
    causes = [({"cause": each.cause}, len(each.items)) for each in report.unseen]
    yield "unseen_items", "Items that one reason leaves open, by cause.", _summed(causes)
    yield "waivers", "Waivers of judged items by state.", _summed([({"state": w.state}, 1) for w in report.waivers])
    if report.release:
        yield "release_version", "Number of the release that was judged.", [({}, report.release["version"])]


def _labels(item: JudgedItem) -> dict[str, str]:
    return {"item": item.id, "stage": item.stage, "severity": item.severity, "outcome": item.outcome}


def _findings(report: Report) -> list[Sample]:
    return [({"item": each.id}, sum(len(group.members) for group in each.groups)) for each in report.of(Outcome.FAILED)]


def _of_items(items: Iterable[JudgedItem], name: str) -> Iterator[Sample]:
    for item in items:
        value = getattr(item, name)
        if value is not None:
            unit = next((each for each in _UNITS if each in (item.limit or {})), "")
            yield {"item": item.id, "unit": unit}, value


def _samples(taken: Mapping[str, Sequence[float]]) -> Iterator[Sample]:
    for part, seconds in taken.items():
        if seconds:
            yield {"part": part, "statistic": "worst"}, max(seconds)
            yield {"part": part, "statistic": "median"}, median(seconds)


def _summed(samples: Iterable[Sample]) -> list[Sample]:
    """Samples with the same labels as one."""
    found: Counter[tuple[tuple[str, str], ...]] = Counter()
    for labels, value in samples:
        found[tuple(labels.items())] += int(value)
    return [(dict(labels), value) for labels, value in found.items()]
