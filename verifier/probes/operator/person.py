"""A person at the dashboard: opens, clicks, types and sees, by role and accessible name.

A wait in vain is a broken promise, where the page answers; a page that does not come could not be looked at.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from playwright.sync_api import Locator, Page, Response
from playwright.sync_api import TimeoutError as TookTooLong

from verifier.core import causes
from verifier.core.deadline import Deadline
from verifier.core.evidence import Cause, CouldNotLook
from verifier.core.evidence.finding import BrokenPromise, Finding
from verifier.core.verdict.steps import Steps
from verifier.probes.browser.section import Dashboard
from verifier.probes.browser.session import in_plain_words, unstuck
from verifier.probes.operator.waiting import Waiting
from verifier.probes.operator.words import named, seen

Value = TypeVar("Value")
TIMEOUT = 5.0
"""Seconds that an operator waits for something to appear."""
_PAUSE = 0.1
"""Seconds between two looks at a page."""


class Operator:
    """A person at the dashboard, with a page of its own.

    What a verb is about is told by a locator, and in words that are the same in every run: they make a finding known
    again. A locator of `role` brings its own words.

    Args:
        page: the browser's page.
        url: the deployment's address.
        dashboard: what the target tells of the dashboard.
        deadline: of the run.
        steps: where the steps of the flow are noted.
        writable: whether the target may be written to.
        delay: for how many seconds since a moment this machine was too busy to look (`OwnDelay.since`).

    Attributes:
        page: the browser's page, for what has no word here.
        observers: called with the operator and the name of each step when it ends, while its page or dialog is still
            open.
    """

    def __init__(  # noqa: PLR0913 - what a person has at hand
        self,
        page: Page,
        url: str,
        dashboard: Dashboard,
        deadline: Deadline,
        steps: Steps | None = None,
        *,
        writable: bool = False,
        delay: Callable[[float], float] = lambda _began: 0.0,
    ) -> None:
        self.page = page
        self.url = url
        self.dashboard = dashboard
        self.deadline = deadline
        self.writable = writable
        self.delay = delay
        self.observers: list[Callable[[Operator, str], None]] = []
        self._steps = Steps() if steps is None else steps
        self._step = ""
        self._answer: Response | None = None
        page.on("response", self._keep)

    def step(self, name: str, *, writes: bool = False) -> bool:
        """Begin a step of the flow; it lasts until the next one begins.

        Args:
            name: what a person does or sees, the same in every run.
            writes: whether it changes something in the target.

        Returns:
            Whether it may be taken. A step that writes is only noted where the target forbids writing:
            `if operator.step("approve it", writes=True): …`
        """
        self.end_step()
        may = self._steps.begin(name, may=self.writable or not writes)
        self._step = name if may else ""
        return may

    def end_step(self) -> None:
        """The present step has been taken."""
        ended, self._step = self._step, ""
        for observe in self.observers if ended else ():
            observe(self, ended)

    @property
    def on_a_page(self) -> bool:
        """Whether the last answer that made a page was one: not a refusal, nor a server's error."""
        return self._answer is not None and self._answer.ok

    def role(self, role: Any, name: str, *, within: Locator | None = None) -> Locator:  # noqa: ANN401 - Playwright's literal
        """What has this role and exactly this accessible name, on the page or within something on it."""
        found = (within or self.page).get_by_role(role, name=name, exact=True)
        return found.describe(f"the {role} '{name}'")

    def open(self, path: str | None = None) -> None:
        """Go to a route, by default to the dashboard.

        Raises:
            CouldNotLook: no answer, a refusal or a server error, or a page for strangers, or one that is stuck.
            BrokenPromise: there is no such page.
        """
        address = self.url + (path or self.dashboard.path)
        with in_plain_words(self.deadline, address):
            answer = self.page.goto(address, wait_until="load")
        self._require_page(answer)
        with unstuck(self.page, self.deadline):
            if self.dashboard.signed_in and self.page.locator(self.dashboard.signed_in).count() == 0:
                raise CouldNotLook(Cause.UNAUTHORIZED, f"{address} shows '{self.page.title()}', not the dashboard")

    def follow(self, label: str) -> None:
        """Follow a link of the navigation, by a part of its label."""
        link = self.page.locator(self.dashboard.navigation).filter(has_text=label)
        self.click(link, f"a link '{label}' in the navigation")

    def sees(self, locator: Locator, what: str = "") -> None:
        """Wait until it is visible.

        Raises:
            BrokenPromise: it does not appear.
        """
        self._wait(locator, "visible", named(locator, what), "is not shown")

    def sees_no_more(self, locator: Locator, what: str = "") -> None:
        """Wait until it is gone.

        Raises:
            BrokenPromise: it stays.
        """
        self._wait(locator, "hidden", named(locator, what), "does not go away")

    def click(self, locator: Locator, what: str = "") -> None:
        """Click it, as soon as it can be clicked.

        Raises:
            BrokenPromise: it is not there, or cannot be clicked.
        """
        self._do(lambda: locator.first.click(timeout=TIMEOUT * 1000), named(locator, what), "cannot be clicked")

    def type(self, locator: Locator, text: str, what: str = "") -> None:
        """Put this text into a field, in the place of what is in it; a slider takes its value so, too.

        Raises:
            BrokenPromise: it is not there, or takes no text.
        """
        self._do(lambda: locator.first.fill(text, timeout=TIMEOUT * 1000), named(locator, what), "takes no text")

    def choose(self, locator: Locator, label: str, what: str = "") -> None:
        """Choose the option with this label.

        Raises:
            BrokenPromise: it is not there, or has no such option.
        """
        words = f"does not offer '{label}'"
        self._do(lambda: locator.first.select_option(label=label, timeout=TIMEOUT * 1000), named(locator, what), words)

    def press(self, key: str, locator: Locator | None = None, what: str = "") -> None:
        """Press a key, as Playwright calls it ("Escape", "ArrowRight"): on something, or where the focus is.

        Raises:
            BrokenPromise: what it is pressed on is not there.
        """
        if locator is None:
            self.page.keyboard.press(key)
            return
        self._do(lambda: locator.first.press(key, timeout=TIMEOUT * 1000), named(locator, what), f"takes no {key}")

    def reads(
        self,
        locator: Locator,
        wanted: Callable[[str], bool],
        what: str = "",
        *,
        than: str = "",
        within: float = TIMEOUT,
    ) -> str:
        """Wait until its text is as wanted; hands the text over.

        Args:
            locator: what is read.
            wanted: whether a text is as wanted.
            what: what it is.
            than: the text that is wanted, in words.
            within: seconds.

        Raises:
            BrokenPromise: it is not there, or never reads so.
        """
        what = named(locator, what)
        self.sees(locator, what)
        text = self._until(lambda: locator.first.inner_text().strip(), wanted, within, what)
        if wanted(text):
            return text
        instead = f" instead of {than}" if than else ""
        raise self.broken(what, "reads otherwise", f"'{text}'{instead} after {within:g} s")

    def agrees(self, shown: Callable[[], Value], told: Callable[[], Value], what: str) -> Value:
        """Wait until the page shows what somebody else tells, who may change it meanwhile; hands over what is shown.

        Raises:
            BrokenPromise: the two do not come to agree.
        """

        def agree(answers: tuple[Value, Value, Value]) -> bool:
            return answers[1] in (answers[0], answers[2])

        answers = self._until(lambda: (told(), shown(), told()), agree, TIMEOUT, what)
        _, seen, after = answers
        if agree(answers):
            return seen
        raise self.broken(what, "differs from what the service says", f"{seen} instead of {after} after {TIMEOUT:g} s")

    def awaits(self, happened: Callable[[], bool], what: str, problem: str) -> None:
        """Wait for something that no locator tells of; else `what` has this `problem`.

        Raises:
            BrokenPromise: it does not happen.
        """
        if not self._until(happened, bool, TIMEOUT, what):
            self._require_page(self._answer)
            raise self.broken(what, problem, f"not within {TIMEOUT:g} s; {self.seen()}")

    def _until(self, ask: Callable[[], Value], wanted: Callable[[Value], bool], within: float, what: str) -> Value:
        """Ask until the answer is as wanted, or `within` seconds are over; the page's events are served meanwhile."""

        def sleep(seconds: float) -> None:
            self.page.wait_for_timeout(seconds * 1000)

        waiting = Waiting(self.delay, within)
        while True:
            answer = self.deadline.shorter(waiting.rest).eventually(ask, wanted, pause=_PAUSE, sleep=sleep)
            if wanted(answer) or self.deadline.over or not waiting.goes_on(what):
                return answer

    def _keep(self, answer: Response) -> None:
        """Note the answer that the page itself is made of."""
        if answer.request.is_navigation_request() and answer.frame == self.page.main_frame:
            self._answer = answer

    def _require_page(self, answer: Response | None) -> None:
        """Let nobody judge what an answer without the page shows."""
        if answer is None or answer.ok:
            return
        cause = causes.of_status(answer.status)
        if cause == Cause.PRECONDITION:
            raise self.broken("page", "does not answer", f"HTTP {answer.status}")
        raise CouldNotLook(cause, f"{answer.url} answers HTTP {answer.status}")

    def _wait(self, locator: Locator, state: Any, what: str, problem: str) -> None:  # noqa: ANN401 - Playwright's literal
        waiting = Waiting(self.delay, TIMEOUT)
        while True:
            try:
                locator.first.wait_for(state=state, timeout=waiting.rest * 1000)
            except TookTooLong:
                self._require_page(self._answer)  # a link may have led to none
                if not waiting.goes_on(what):
                    raise self.broken(what, problem, f"not within {TIMEOUT:g} s; {self.seen()}") from None
            else:
                return

    def _do(self, act: Callable[[], object], what: str, problem: str) -> None:
        waiting = Waiting(self.delay, TIMEOUT)
        try:
            act()
        except TookTooLong:
            self._require_page(self._answer)
            waiting.require_time(what)
            raise self.broken(what, problem, self.seen()) from None

    def broken(self, what: str, problem: str, seen: str) -> BrokenPromise:
        """The promise about `what` is broken: `problem`, in words that are the same in every run; `seen` this time."""
        subject = self._route() or self.page.url
        return BrokenPromise(Finding(subject=subject, problem=f"{what} {problem}", detail=seen, place=self.page.url))

    def _route(self) -> str:
        return self.page.url.removeprefix(self.url)

    def seen(self) -> str:
        """What the page shows, in a line."""
        return seen(self.page, self.deadline)
