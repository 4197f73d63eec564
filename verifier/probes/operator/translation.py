"""What the failure of a flow means: a wait in vain is a broken promise, a page that does not come could not be seen.

A flow may use Playwright directly, as `playwright codegen` writes it: its errors are told in the same way as those of
the operator's own verbs.
"""

from __future__ import annotations

import re
from typing import Any

import pytest
from playwright.sync_api import Error
from playwright.sync_api import TimeoutError as TookTooLong

from verifier.core.deadline import monotonic
from verifier.core.evidence.finding import BrokenPromise
from verifier.probes.browser.session import in_plain_words, is_lost, unstuck
from verifier.probes.operator.person import TIMEOUT, Operator
from verifier.probes.operator.waiting import Waiting

_FLOW = 60.0
"""Seconds for a whole flow, which takes some of them on an idle machine."""
_NAVIGATES = re.compile(r"Page\.(goto|reload|go_back|go_forward|wait_for_url|wait_for_load_state): |net::ERR_")
_LIMIT = re.compile(r"Timeout (\d+)ms exceeded")
_EXPECTED = re.compile(r"with timeout (\d+)ms")
_WAITED_FOR = re.compile(r"waiting for (.+)")


@pytest.hookimpl(wrapper=True)
def pytest_pyfunc_call(pyfuncitem: pytest.Function) -> Any:  # noqa: ANN401 - pytest's wrapper
    """Let no flow wait for ever for a page that is stuck, and say what its errors mean."""
    operator = pyfuncitem.funcargs.get("operator")
    if not isinstance(operator, Operator):
        return (yield)
    try:
        with unstuck(operator.page, operator.deadline, _FLOW):
            done = yield
            operator.end_step()
            return done
    except Error as trouble:
        explain(operator, trouble)
        raise
    except AssertionError as trouble:
        explain_expectation(operator, trouble)
        raise


def explain(operator: Operator, trouble: Error) -> None:
    """Raise what the error means; nothing, where it can only be a fault of the suite."""
    deadline, ended = operator.deadline, monotonic()
    if isinstance(trouble, TookTooLong) and not deadline.over:
        # What has a time limit of its own is given up before a page is known to be stuck.
        with unstuck(operator.page, deadline, TIMEOUT):
            operator.page.evaluate("1")
    if deadline.over or _NAVIGATES.search(trouble.message) or is_lost(trouble):
        # The page crashed or was closed under it, or did not come: that is no fault of the suite.
        with in_plain_words(deadline, operator.page.url if not deadline.over else "the page"):
            raise trouble
    if isinstance(trouble, TookTooLong):
        call, _, said = trouble.message.partition(": ")
        waited = _WAITED_FOR.search(said)
        what = waited[1].strip() if waited else call
        if limit := _LIMIT.search(said):
            _require_time(operator, limit, what, ended)
        raise operator.broken(what, "was waited for in vain", operator.seen()) from None


def explain_expectation(operator: Operator, trouble: AssertionError) -> None:
    """Let an `expect(…)` break a promise only where this machine could look meanwhile.

    Raises:
        CouldNotLook: precondition; it was too busy.
    """
    waited = None if isinstance(trouble, BrokenPromise) else _EXPECTED.search(str(trouble))
    if waited:
        _require_time(operator, waited, str(trouble).partition("\n")[0], monotonic())


def _require_time(operator: Operator, limit: re.Match[str], what: str, ended: float) -> None:
    """Go on only where this machine could look, while Playwright itself waited for so many milliseconds."""
    seconds = int(limit[1]) / 1000
    Waiting(operator.delay, seconds, ended - seconds).require_time(what)
