"""Samples every signal of a deployment in a rhythm for as long as the caller asked; goes on where another stopped."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack
from datetime import datetime, timedelta
from functools import partial

from verifier.core.deadline import now
from verifier.core.evidence import Cause, CouldNotLook
from verifier.core.execution.watch_journal import (
    JOURNAL,
    JournalWriter,
    SignalSample,
    WatchEnd,
    WatchHeader,
    append,
    read_journal,
)
from verifier.core.platform import PlatformSection
from verifier.core.probe import Context, WatchOrder
from verifier.core.suite import judging
from verifier.core.threads import in_threads
from verifier.probes.platform.state import PlatformState, observe_platform
from verifier.probes.sse.subscriptions import Subscriptions
from verifier.probes.watch import log_follower, stream_holder, terminal
from verifier.probes.watch.evidence import WatchState
from verifier.probes.watch.log_follower import LogFollower
from verifier.probes.watch.notifier import Notifier
from verifier.probes.watch.rounds import as_samples, asked, differences, of_this_round, pin
from verifier.probes.watch.section import Watching
from verifier.probes.watch.signal_reading import Found
from verifier.probes.watch.signals import samplers, signals_of
from verifier.probes.watch.stream_holder import StreamHolder
from verifier.probes.watch.tally import WatchTally

AT_ONCE = 8
STEADY = 5.0
"""Seconds in which a second deploy shows itself, before what looks broken counts as broken."""
_LEAST = 3.0
"""Seconds for one round of questions, at least."""
_TELLING = 30.0
"""Seconds that are waited for people to be told, before what became of it is written down."""
_DEPLOY = 60.0
"""Seconds before a new release was seen in which its deploy may have stopped machines."""


def observe_watch(context: Context) -> WatchState:
    """Watch until the time is over, something is broken for certain, or another release is deployed.

    Raises:
        CouldNotLook: no watch was asked for, its beginning could not be seen, or the run was stopped.
    """
    order = context.options.watch
    if order is None:
        raise CouldNotLook(Cause.PRECONDITION, "no watch was asked for", remedy=judging("-m monitoring --watch 1h"))
    with ExitStack() as stack:
        watch = _Watch(context, order, stack)
        try:
            return watch.run()
        except CouldNotLook as trouble:
            if trouble.cause not in {Cause.INTERRUPTED, Cause.TIMEOUT}:
                raise
            words = f"-m monitoring --target={context.target.name} --resume={context.folder.name}"
            remedy = f"go on with it: {judging(words)}"
            raise CouldNotLook(trouble.cause, f"{trouble.what}; {watch.tally.told()}", remedy=remedy) from None


class _Watch:
    """One process's part of a watch."""

    def __init__(self, context: Context, order: WatchOrder, stack: ExitStack) -> None:
        self._context, self._order = context, order
        given = context.target.section(PlatformSection).given
        self._platform = context.get("platform", PlatformState) if given else None
        self._settings = context.target.section(Watching)
        header, samples = self._begun()
        self._header = header
        self._journal = JournalWriter(context.folder / JOURNAL, header, samples)
        _hand_over(order, context)
        self.tally = WatchTally(context, header, signals_of(context), samples, resumed=order.resume is not None)
        self._notifier = Notifier(context.notify)
        self._samplers = [*samplers(header.began)]
        self._log = self._follow()
        self._hold_streams(stack)
        self._steady_at = header.began
        self._started = self._platform.started if self._platform else ()
        self._ended: str = ""
        self._cause: Cause | None = None

    def _begun(self) -> tuple[WatchHeader, tuple[SignalSample, ...]]:
        """The watch that is gone on with, or a new one."""
        earlier = read_journal(self._order.resume) if self._order.resume else None
        if earlier:
            return earlier.header, earlier.samples
        seconds = self._order.seconds
        header = WatchHeader(
            target=self._context.target.name,
            url=self._context.url,
            began=now(),
            seconds=seconds,
            every=self._settings.interval(seconds),
            pin=pin(self._platform) if self._platform else {},
        )
        return header, ()

    def _follow(self) -> LogFollower | None:
        """The log, where the platform has one and an item of it is judged."""
        if self._platform is None or not self.tally.wants(log_follower.SHOWS):
            return None
        follower = LogFollower(self._context, self._platform, self._header.began)
        self._samplers.append((log_follower.SHOWS, follower.look))
        return follower

    def _hold_streams(self, stack: ExitStack) -> None:
        if self.tally.wants(stream_holder.SHOWS):
            subscriptions = stack.enter_context(Subscriptions(self._context))
            self._samplers.append((stream_holder.SHOWS, StreamHolder(subscriptions).look))

    def run(self) -> WatchState:
        """Take the rounds that are left."""
        deadline = self._context.deadline
        while not self._ended and (interval := self._header.interval(now())) < self._header.intervals:
            if deadline.over:
                cause = Cause.INTERRUPTED if deadline.stopped else Cause.TIMEOUT
                raise CouldNotLook(cause, "the run ended while it watched")
            if interval not in self.tally.done:
                self._round(interval)
            self._notifier.tell(self.tally.to_tell(now() - timedelta(seconds=STEADY)))
            self.tally.told_people = self._notifier.lines()
            self._context.tell(terminal.lines(self.tally), left=self._seconds_to(self._header.until))
            self._judge()
            if not self._ended:
                deadline.wait(self._seconds_to(self._header.begins(interval + 1)))
        return self._result()

    def _seconds_to(self, at: datetime) -> float:
        return max(0.0, (at - now()).total_seconds())

    def _round(self, interval: int) -> None:
        """Ask everything once, at the same time, and write it down."""
        context = self._of_this_round()
        wanted = [each for each in self._samplers if self.tally.wants(each[0])]
        ask: list[Callable[[], Found | bool]] = [partial(self._changed, context)]
        ask += [partial(asked, context, *each) for each in wanted]
        changed, *found = in_threads(lambda each: each(), ask, AT_ONCE)
        if changed is True:
            return
        shown = [each for each in found if not isinstance(each, bool)]
        samples = [sample for each in shown for sample in as_samples(interval, each, self.tally.tracks)]
        self._journal.append(*samples)
        self.tally.add(interval, samples)

    def _of_this_round(self) -> Context:
        return of_this_round(self._context, self._platform, max(_LEAST, self._header.every))

    def _changed(self, context: Context | None = None) -> bool:
        """Look at release and machines; whether they changed, which ends the watch."""
        if self._platform is None:
            return False
        at = now()
        try:
            seen = observe_platform(context or self._of_this_round())
        except CouldNotLook as trouble:
            self.tally.platform_silent = str(trouble)
            return False
        self.tally.platform_silent = ""
        changes = differences(self._header.pin, pin(seen))
        if changes:
            # What a deploy stops looked broken before the release was there.
            self.tally.forget_since(max(self._steady_at, at - timedelta(seconds=_DEPLOY)))
            self._end("another deploy: " + "; ".join(changes), Cause.STALE_DATA)
        elif {each.id for each in seen.machines if each.state == "started"} >= set(self._started):
            self._platform, self._steady_at = seen, at
        return bool(changes)

    def _judge(self) -> None:
        """End the watch where the answer is certain, unless the caller wants all of it."""
        certain = self.tally.certain()
        if not certain or self._order.to_the_end or self._ended:
            return
        # What a deploy stops looks broken at first.
        steady = self._context.deadline.shorter(STEADY)
        if not steady.eventually(self._changed, bool, pause=1.0):
            self._end(f"certain already: {certain} (--watch-all watches on)", Cause.INTERRUPTED)

    def _end(self, why: str, cause: Cause) -> None:
        self._ended, self._cause = self._ended or why, self._cause or cause

    def _result(self) -> WatchState:
        if not self._ended:
            self._changed()
        log_end = self._read_to_the_end() if self._log and self._cause != Cause.STALE_DATA else None
        until = now()
        self._journal.append(WatchEnd(at=until, why=self._ended))
        self.tally.told_people = self._notifier.lines(self._context.deadline.shorter(_TELLING).remaining())
        return self.tally.state(until, self._ended, self._cause, log_end=log_end, log=self._log)

    def _read_to_the_end(self) -> CouldNotLook | None:
        """Read what the log tells of the last round; why it does not, if so."""
        if self._log is None:
            return None
        try:
            gap = self._log.read_to_the_end()
            samples = tuple(as_samples(self._header.intervals, self._log.shown(self._context), self.tally.tracks))
        except CouldNotLook as trouble:
            return trouble
        self._journal.append(*samples)
        self.tally.finish(samples)
        return gap


def _hand_over(order: WatchOrder, context: Context) -> None:
    """Note in the journal that was gone on with where the watch goes on, so that nobody resumes it twice."""
    if order.resume:
        earlier = read_journal(order.resume)
        if earlier and earlier.end is None:
            append(order.resume, WatchEnd(at=now(), why=f"gone on with in {context.folder.name}"))
