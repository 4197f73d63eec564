"""Reads the result of a distributed load test (`load/locustfile.py`), if one is given."""

from __future__ import annotations

import json
import shlex
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Self

from pydantic import AwareDatetime, Field, NonNegativeInt, model_validator

from verifier.core.config.contract import Limit
from verifier.core.config.files import Mistakes, validate
from verifier.core.deadline import now
from verifier.core.evidence import Cause, CouldNotLook, Evidence, Record, moment
from verifier.core.probe import Context
from verifier.core.suite import own_suite, place_of
from verifier.probes.platform.preflight import SKEW
from verifier.probes.platform.state import released

FRESH = timedelta(hours=1)
"""A result that is older says nothing of what runs now."""
REMEDY = "load it again (docs/load.md), or leave --load-result out"
Seconds = Annotated[float, Field(ge=0, allow_inf_nan=False)]
Share = Annotated[float, Field(ge=0, le=1)]


class LoadResult(Record):
    """The load that many processes or machines made together, as the file says it.

    Attributes:
        target: the address that was loaded.
        began, ended: when.
        crowds: how many were to report.
        streams, lost: streams asked for, and those that failed or were lost.
        delays: seconds from a change to its event: p50, p95, max; empty where nothing was changed.
        pause: the longest time without a heartbeat in seconds, where nothing was changed.
        most_lost, most_late: the thresholds of the load: a share, and seconds at p95.
        broken: the thresholds that were not kept, in words.
        unseen: why crowds could not look, in words.
    """

    target: str
    began: AwareDatetime
    ended: AwareDatetime
    crowds: NonNegativeInt
    streams: NonNegativeInt
    lost: NonNegativeInt
    delays: dict[str, Seconds]
    pause: Seconds | None
    most_lost: Share
    most_late: Seconds
    broken: tuple[str, ...]
    unseen: tuple[str, ...]

    @model_validator(mode="after")
    def _possible(self) -> Self:
        if self.lost > self.streams:
            raise ValueError(f"{self.lost} of {self.streams} streams cannot be lost")
        if self.ended < self.began:
            raise ValueError("it ended before it began")
        if self.delays and "p95" not in self.delays:
            raise ValueError("delays are without p95")
        return self

    @property
    def figure(self) -> float:
        """The share of the streams that failed or were lost; escalation is decided by it."""
        return self.lost / self.streams if self.streams else 0.0

    def promised(self, limit: Limit) -> str:
        """What the load had to keep, in words: the stricter of its own thresholds and the definition's."""
        share = self.most_lost if limit.share is None else min(self.most_lost, limit.share)
        seconds = self.most_late if limit.seconds is None else min(self.most_late, limit.seconds)
        return f"at most {share:.1%} of the streams lost, 95 % of the events within {seconds:g} s, no silence"

    def objections(self, limit: Limit) -> list[str]:
        """What breaks the load's own thresholds, or the definition where those were looser."""
        found = list(self.broken)
        if limit.share is not None and limit.share < self.figure <= self.most_lost:
            found.append(f"{self.figure:.1%} of the streams lost; the definition allows {limit.share:.1%}")
        late = self.delays.get("p95", 0.0)
        if limit.seconds is not None and limit.seconds < late <= self.most_late:
            found.append(f"p95 {late:.2f} s from a change to its event; the definition allows {limit.seconds:g} s")
        return found

    def blind(self) -> list[str]:
        """Why the load proves nothing, or not all that it should; empty if it does."""
        found = list(self.unseen)
        if self.streams == 0:
            found.append("not one stream was asked for")
        elif self.lost < self.streams and not self.delays and self.pause is None:
            found.append("nothing was heard on the streams")
        return found

    def __str__(self) -> str:
        heard = [f"{name} {seconds:.3g} s" for name, seconds in self.delays.items()]
        heard += [f"longest pause {self.pause:.3g} s"] if self.pause is not None else []
        told = f"from many machines {self.streams} streams in {self.crowds} crowds, {self.lost} failed or lost"
        return ", ".join([told, *heard, f"ended {moment(self.ended)}"])


class DistributedLoad(Evidence):
    """The load that many machines made before this run.

    Attributes:
        result: what was handed to the run; nothing, if nothing was.
    """

    result: LoadResult | None = None


def observe_load_result(context: Context) -> DistributedLoad:
    """Read the result that was handed over, and make sure that it is about what is judged here and now.

    Raises:
        CouldNotLook: precondition, if the file is not readable or about another address; stale-data, if it is from
            before the release or older than an hour.
    """
    path, started = context.options.load_result, now()
    result = None if path is None else _read(path)
    if result is not None:
        _need_this_deployment(context, result)
        _need_now(context, result)
    return DistributedLoad(
        asked="Did a load from many machines keep its thresholds?",
        where=f"the file {path.name}" if path else "no --load-result was given",
        at=started,
        again=f"{_locust()} --headless, as in docs/load.md",
        result=result,
    )


def _locust() -> str:
    file = "load/locustfile.py"
    if not place_of(Path.cwd()).apart:
        return f".venv/bin/locust -f {file}"
    return f"locust -f {shlex.quote(str(own_suite() / file))}"


def _read(path: Path) -> LoadResult:
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise _useless(f"--load-result {path.name}: there is no such file") from None
    except OSError as trouble:
        raise _useless(f"--load-result {path.name} cannot be read: {trouble.strerror}") from None
    except ValueError as trouble:
        raise _useless(f"--load-result {path.name} is not JSON: {trouble}") from None
    try:
        return validate(LoadResult, content, path.name)
    except Mistakes as mistakes:
        what = f"--load-result is no result of load/locustfile.py: {'; '.join(mistakes.lines)}"
        raise _useless(what) from None


def _need_this_deployment(context: Context, result: LoadResult) -> None:
    if result.target != context.url:
        raise _useless(f"--load-result is of {result.target}, and this run judges {context.url}")


def _need_now(context: Context, result: LoadResult) -> None:
    """Require that the load was put on this release, within the last hour."""
    if now() - result.ended > FRESH:
        raise _stale(f"--load-result is of {moment(result.ended)}, and a load counts for an hour")
    if result.ended - now() > timedelta(seconds=SKEW):
        raise _useless(f"--load-result is of {moment(result.ended)}, which is yet to come; are the clocks right?")
    release = released(context)
    if release and result.began < release.created_at:
        told = f"release {release.version} is of {moment(release.created_at)}"
        raise _stale(f"--load-result is of a load that began {moment(result.began)}, and {told}")


def _useless(what: str) -> CouldNotLook:
    return CouldNotLook(Cause.PRECONDITION, what, remedy=REMEDY)


def _stale(what: str) -> CouldNotLook:
    return CouldNotLook(Cause.STALE_DATA, what, remedy=REMEDY)
