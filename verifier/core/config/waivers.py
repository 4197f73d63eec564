"""Known failures that are accepted for a while: `waivers.toml`, checked against the contract."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Annotated

from pydantic import Field, StringConstraints, model_validator

from verifier.core.config.contract import Contract, Reason
from verifier.core.config.files import Mistakes, Written, read_toml, validate
from verifier.core.config.target import FILES
from verifier.core.config.target_files import known_targets
from verifier.core.deadline import now
from verifier.core.evidence.finding import Finding, signature
from verifier.core.spelling import or_rather

FILE = "waivers.toml"
LONGEST = 30
"""Days that a waiver may last."""
_WILD = re.compile(r"[\s.*?%+^$|()\[\]]*")
"""What is left of a pattern that would match anything: signs, and no word."""

Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=2)]
Signature = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{12}$")]


class Waiver(Written):
    """One failure of one item on one target, who answers for it, and until when.

    Attributes:
        signature: of one finding, as `verdict.json` tells it; or else `problem` and `subjects`, word for word.
        made: the day when it was accepted; `expires` is at most `LONGEST` days later, and the last day.
    """

    target: str
    item: str
    signature: Signature | None = None
    problem: str | None = None
    subjects: Annotated[tuple[str, ...], Field(min_length=1)] | None = None
    reason: Reason
    owner: Name
    ticket: Name
    made: date
    expires: date

    @model_validator(mode="after")
    def _names_a_finding(self) -> Waiver:
        by_words = (self.problem is not None, self.subjects is not None)
        if by_words != ((False, False) if self.signature else (True, True)):
            raise ValueError("give either signature, or problem and subjects, as verdict.json tells them")
        return self

    @model_validator(mode="after")
    def _ends_in_time(self) -> Waiver:
        latest = self.made + timedelta(days=LONGEST)
        if not self.made <= self.expires <= latest:
            raise ValueError(
                f"expires: {self.expires} must be from {self.made} (made) to {latest}, {LONGEST} days later"
            )
        return self

    @property
    def over_broad(self) -> bool:
        """Whether it names a pattern that would match anything. It would cover nothing here."""
        words = (self.problem, *self.subjects) if self.problem is not None and self.subjects else ()
        return any(_WILD.fullmatch(each) for each in words)

    def expired(self, today: date) -> bool:
        """Whether its last day is over."""
        return self.expires < today

    def covers(self, item: str, finding: Finding, today: date) -> bool:
        """Whether it waives this finding of this item today."""
        return not self.expired(today) and not self.over_broad and self.names(item, finding)

    def names(self, item: str, finding: Finding) -> bool:
        """Whether this finding is the one that it names, be it still valid or not."""
        if item != self.item:
            return False
        if self.signature:
            return signature(item, finding) == self.signature
        return finding.problem == self.problem and finding.subject in (self.subjects or ())


class Waivers(Written):
    """All waivers of the suite, in the order of the file."""

    waiver: tuple[Waiver, ...] = ()


def read_waivers(root: Path, contract: Contract, targets: Collection[str], today: date) -> tuple[Waiver, ...]:
    """The waivers in the folder `root`; none, if it has no such file.

    Args:
        root: the folder of the suite.
        contract: which items there are, and which of them may be waived.
        targets: the names of all targets.
        today: in UTC.

    Raises:
        Mistakes: all of them, with the place and what would be right.
    """
    path = root / FILE
    return parsed(read_toml(path, FILE), contract, targets, today) if path.exists() else ()


def waivers_of(target: str, root: Path, contract: Contract) -> tuple[Waiver, ...]:
    """The waivers of this target, today; a mistake in one of another target is told as well, before its turn comes.

    Raises:
        Mistakes: as `read_waivers` does.
    """
    known = {*known_targets(root), target, FILES}
    return tuple(each for each in read_waivers(root, contract, known, now().date()) if each.target == target)


def parsed(content: dict[str, object], contract: Contract, targets: Collection[str], today: date) -> tuple[Waiver, ...]:
    """The same, of a file's content.

    Raises:
        Mistakes: as `read_waivers` does.
    """
    found = validate(Waivers, content, FILE).waiver
    lines = [
        f"{FILE}: waiver[{number}].{line}"
        for number, each in enumerate(found, 1)
        for line in _mistakes(each, contract, targets, today)
    ]
    if lines:
        raise Mistakes(lines)
    return found


def _mistakes(waiver: Waiver, contract: Contract, targets: Collection[str], today: date) -> Iterator[str]:
    if waiver.target not in targets:
        yield f"target: no such target{or_rather(waiver.target, targets)}"
    if waiver.item not in contract:
        yield f"item: the contract has no such item{or_rather(waiver.item, contract.ids)}"
    elif not contract[waiver.item].waivable:
        yield f"item: {waiver.item} is not waivable; mend the deployment instead"
    if waiver.made > today + timedelta(days=1):  # east of here it may be tomorrow already
        yield f"made: {waiver.made} is still to come; give the day when the failure was accepted"
