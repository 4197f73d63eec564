"""The end of a run: the target is as it was, and what all probes saw together is judged."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any

import pytest

from verifier.core.cleanup import CleanupTask
from verifier.core.execution.collector import Collector
from verifier.core.execution.run import Run
from verifier.core.redaction import REDACTOR
from verifier.core.subject import ClosingCheck, offered, subjects
from verifier.core.verdict.ledger import Ledger

TEARDOWN_FAILED = "teardown of the checks failed"


class Closing:
    """What comes when all checks have ended, whatever ended them; what goes wrong then is noted, never raised.

    Args:
        config: of the controlling process.
        run: the run.
        ledger: its account.
    """

    def __init__(self, config: pytest.Config, run: Run, ledger: Ledger) -> None:
        self._config = config
        self._run = run
        self._ledger = ledger

    def clean_up(self, collector: Collector, rest: Callable[[], None]) -> None:
        """Wait until what the run changed in the target is as it was, and say what is not; whatever ended the run.

        Args:
            collector: of this process.
            rest: tells the watchdog that what follows is bounded in itself.
        """
        cleanup = self._run.cleanup
        cleanup.close()
        if all(each.failed for each in cleanup.left()) and not cleanup.running():
            self._ledger.problems += cleanup.problems()
            return
        # The probe that still watches hears that it is over; the watchdog must not end what is bounded in itself.
        self._run.deadline.stop()
        rest()
        try:
            if cleanup.left():
                self._say("what this run stopped or replaced is being restored; Ctrl-C skips that")
            cleanup.finish()
            for each in cleanup.left():
                self._undo(each, collector)
        except KeyboardInterrupt:
            self.interrupted("Ctrl-C")
        self._ledger.problems += cleanup.problems()

    def _undo(self, task: CleanupTask, collector: Collector) -> None:
        """Do a task that a worker process has left behind; one that failed is not tried again."""
        mine = task.name in self._run.cleanup.running()
        if task.failed or mine:
            return
        if any(undo(self._run.context(collector), task) for undo in offered("undo")):
            self._run.cleanup.done(task)

    def _say(self, text: str) -> None:
        reporter: Any = self._config.pluginmanager.get_plugin("terminalreporter")
        if reporter:
            reporter.write_line(f"({text})")

    def judge_the_whole(self, collector: Collector) -> None:
        """Judge what is judged when all other checks have ended."""
        for check in (each for subject in subjects() for each in subject.closing):
            if self._wanted(check):
                self._judge(check, collector)

    def _wanted(self, check: ClosingCheck) -> bool:
        chosen = self._config.option.item
        left_out = check.item in self._run.target.not_applicable or (chosen and check.item not in chosen)
        return check.item in self._ledger.judged and not left_out and not (check.asks and self._ledger.interrupted)

    def _judge(self, check: ClosingCheck, collector: Collector) -> None:
        try:
            self._ledger.hear(check.judge.get()(self._run, collector))
            self._ledger.finish(check.name)
        except KeyboardInterrupt:
            self.interrupted("Ctrl-C")
        except Exception as trouble:  # noqa: BLE001 - here nobody else writes down what was seen until now
            self.trouble(f"the last look at {check.item} failed", trouble)

    def trouble(self, what: str, trouble: Exception) -> None:
        """Note what went wrong in the suite itself; nothing, where only a driver is missed that Ctrl-C has ended."""
        self.note(what, trouble_lines(trouble, interrupted=bool(self._ledger.interrupted)))

    def note(self, what: str, told: list[str]) -> None:
        """Note the same of errors that are in words already."""
        if told:
            self._ledger.problems.append(REDACTOR.text(f"{what}: {'; '.join(told)}"))

    def interrupted(self, why: str) -> None:
        """Note why the run ends early; the first reason counts."""
        self._ledger.interrupted = self._ledger.interrupted or why


def trouble_lines(trouble: BaseException, *, interrupted: bool) -> list[str]:
    """Each of the errors in it; none where only a driver is missed that Ctrl-C has ended."""
    troubles = [each for each in _each(trouble) if not (interrupted and _driver_is_gone(each))]
    told = (f"{type(each).__name__}: {str(each).strip().partition(chr(10))[0]}" for each in troubles)
    return list(dict.fromkeys(told))


def _driver_is_gone(trouble: BaseException | None) -> bool:
    """Whether only Playwright's driver is missed, which Ctrl-C at a terminal ends together with its browsers."""
    return any(words in str(trouble) for words in ("Playwright connection closed", "while reading from the driver"))


def worth_telling(record: logging.LogRecord) -> bool:
    """Whether asyncio's word is more than that nobody waits any longer for a driver that is gone."""
    return not (record.exc_info and _driver_is_gone(record.exc_info[1]))


def _each(trouble: BaseException) -> list[BaseException]:
    """The exceptions of a group; the one itself, if it is none."""
    if isinstance(trouble, BaseExceptionGroup):
        return [leaf for each in trouble.exceptions for leaf in _each(each)]
    return [trouble]
