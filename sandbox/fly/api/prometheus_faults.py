"""Faults of the platform's Prometheus."""

from collections.abc import Callable

from sandbox.fault import Fault, Hook, declare, unverified

Labels = tuple[tuple[str, str], ...]
Vector = dict[Labels, str]
COUNTED: Hook[Callable[[Vector], Vector]] = Hook()
"""Changes to the result of a query for responses."""
UP: Hook[Callable[[Vector], Vector]] = Hook()
"""Changes to the result of the query for machines."""


def _empty(_vector: Vector) -> Vector:
    return {}


_EMPTY = Fault(
    "prometheus-empty",
    "the platform's Prometheus answers with empty vectors: rates have another source, what is collected has none",
    (),
    unverified("no-data", "metrics-collecting"),
    stages="monitoring",
)
COUNTED.add(_EMPTY, _empty)
UP.add(_EMPTY, _empty)


# Harmless: there is another source.
@COUNTED.by(Fault("prometheus-nan", "the platform's Prometheus answers NaN", stages="monitoring"))
def _nan(vector: Vector) -> Vector:
    return dict.fromkeys(vector or [()], "NaN")


@UP.by(
    Fault(
        "metrics-not-collected-on-one-machine",
        "the platform's Prometheus has no metrics of one machine",
        ("metrics-collecting",),
        stages="monitoring",
        one_machine=True,
    )
)
def _without_the_first(vector: Vector) -> Vector:
    return dict(list(vector.items())[1:])


SAMPLES_OLD = declare(
    Fault(
        "metrics-samples-old",
        "the newest sample of every machine in the platform's Prometheus is four minutes old",
        ("metrics-collecting",),
        value="240",
        stages="monitoring",
    )
)
