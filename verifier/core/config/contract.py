"""The Definition of Done: the items of `definition_of_done.toml`, and which of them a run judges."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, StringConstraints, model_validator

from verifier.core.config.files import Written, read_toml, validate
from verifier.core.evidence.finding import Severity
from verifier.core.evidence.readings import Readings
from verifier.core.suite import CONTRACT

FILE = CONTRACT

Identifier = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9]*(-[a-z0-9]+)*$")]
Sentence = Annotated[str, StringConstraints(strip_whitespace=True, min_length=3)]
Positive = Annotated[float, Field(gt=0)]


_REASON_WORDS = 2


def _says_why(text: str) -> str:
    words = {"".join(filter(str.isalpha, word)).casefold() for word in text.split()}
    if len(words - {""}) < _REASON_WORDS:
        raise ValueError("a reason needs at least two words that say why")
    return text


Reason = Annotated[str, StringConstraints(strip_whitespace=True), AfterValidator(_says_why)]
"""Why a person leaves something out, loosens or accepts it: whoever reads the report must be able to object."""


class Stage(StrEnum):
    """When in the life of a release an item is judged; each is a pytest marker."""

    PREDEPLOY = "predeploy"
    MIGRATION = "migration"
    DEPLOY = "deploy"
    POSTDEPLOY = "postdeploy"
    MONITORING = "monitoring"
    PRODUCTION = "production"


_AT_LEAST = ("loads", "lines", "sample", "machines", "days_left")
"""The figures of a limit of which more is stricter."""


class EscalationLevel(StrEnum):
    """Whom to tell; each one stands above those before it."""

    INVESTIGATE = "investigate"
    ALERT = "alert"
    MANAGER = "manager"
    IMMEDIATE = "immediate"

    @property
    def ladder(self) -> tuple[EscalationLevel, ...]:
        """This level and those above it, in order."""
        levels = tuple(EscalationLevel)
        return levels[levels.index(self) :]


class Limit(Written):
    """The figures of a promise. Seconds are seconds, shares are between 0 and 1; `machines`, `days_left`: at least."""

    seconds: Positive | None = None
    tolerance: Annotated[float, Field(ge=0)] | None = None
    statistic: Literal["worst", "p95", "median"] | None = None
    loads: Annotated[int, Field(ge=1)] | None = None
    lines: Annotated[int, Field(ge=1)] | None = None
    count: Annotated[int, Field(ge=0)] | None = None
    share: Annotated[float, Field(ge=0, le=1)] | None = None
    sample: Annotated[int, Field(ge=1)] | None = None
    command: str | None = None
    machines: Annotated[int, Field(ge=1)] | None = None
    days: Positive | None = None
    days_left: Positive | None = None

    @property
    def ceiling(self) -> float:
        """The longest time that still keeps the promise, in seconds: the limit and its tolerance."""
        if self.seconds is None:
            raise ValueError("this limit has no seconds")
        return self.seconds + (self.tolerance or 0.0)

    @property
    def spread(self) -> float:
        """By how many seconds what is steady may vary: the tolerance, or all of the limit where none is given."""
        return self.ceiling if self.tolerance is None else self.tolerance

    def for_each(self, things: Iterable[str]) -> Readings:
        """The ceiling for each of `things`, to compare readings with."""
        return Readings(dict.fromkeys(things, self.ceiling))

    def given(self) -> dict[str, float | int | str]:
        """The figures that were written down, by name."""
        return self.model_dump(exclude_none=True)

    def looser_than(self, other: Limit) -> bool:
        """Whether something that `other` forbids is allowed here."""
        upper = ("seconds", "tolerance", "count", "share", "days")
        grown = any((getattr(self, name) or 0) > (getattr(other, name) or 0) for name in upper)
        fewer = any((getattr(self, name) or 0) < (getattr(other, name) or 0) for name in _AT_LEAST)
        order = {None: 3, "worst": 2, "p95": 1, "median": 0}
        return grown or fewer or order[self.statistic] < order[other.statistic] or self.command != other.command

    def __str__(self) -> str:
        return ", ".join(f"{name} {value}" for name, value in self.given().items())


class Escalation(Written):
    """Whom to tell, and when: above a figure, or on failure."""

    to: EscalationLevel
    above: Positive | None = None
    on: Literal["failed"] | None = None

    @model_validator(mode="after")
    def _one_condition(self) -> Escalation:
        if (self.above is None) == (self.on is None):
            raise ValueError('give either above = FIGURE or on = "failed"')
        return self


class Item(Written):
    """One line of the Definition of Done.

    Attributes:
        judges: a live deployment, the app's files, or the moment and its permission by what the target says of them.
        concerns: whom it hurts when it is broken.
        waivable: whether a failure may be waived, a limit loosened, and the item left out for a free reason.
        applies: of an item that is not waivable: what a target must lack to declare it not applicable.
        fails_on: kinds of defects that break the promise; of those that are not named, people are only warned.
    """

    id: Identifier
    stage: Annotated[tuple[Stage, ...], Field(min_length=1)]
    promise: Sentence
    concerns: Sentence | None = None
    severity: Severity
    limit: Limit | None = None
    escalate: tuple[Escalation, ...] = ()
    judges: Literal["deployment", "files", "target"] = "deployment"
    waivable: bool = True
    applies: Literal["database", "migrations", "platform", "secrets"] | None = None
    fails_on: tuple[Identifier, ...] = ()

    @model_validator(mode="after")
    def _condition(self) -> Item:
        if self.applies and self.waivable:
            raise ValueError("applies is for items with waivable = false; others need no more than a reason")
        return self


class Contract(Written):
    """All items, in the order of the file."""

    item: Annotated[tuple[Item, ...], Field(min_length=1)]

    @model_validator(mode="after")
    def _unique(self) -> Contract:
        ids = [item.id for item in self.item]
        twice = sorted({each for each in ids if ids.count(each) > 1})
        if twice:
            raise ValueError(f"the id {', '.join(twice)} is given twice; every item needs its own")
        return self

    @property
    def ids(self) -> list[str]:
        """The ids of all items."""
        return [each.id for each in self.item]

    def __contains__(self, item: str) -> bool:
        return any(each.id == item for each in self.item)

    def __getitem__(self, item: str) -> Item:
        for each in self.item:
            if each.id == item:
                return each
        raise KeyError(item)

    def judged(self, wanted: Callable[[Stage], bool]) -> dict[str, Stage]:
        """The items that have a wanted stage, each with the first such stage."""
        stages = {each.id: [stage for stage in each.stage if wanted(stage)] for each in self.item}
        return {item: found[0] for item, found in stages.items() if found}


def read_contract(root: Path) -> Contract:
    """The contract in the folder `root`.

    Raises:
        Mistakes: all of them, with key and what would be right.
    """
    return validate(Contract, read_toml(root / FILE, FILE), FILE)
