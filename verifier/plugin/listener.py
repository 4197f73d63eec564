"""Passes what pytest reports in the controlling process to the ledger; at the end, the run is judged and reported."""

from __future__ import annotations

import logging
import threading
from contextlib import suppress
from functools import cached_property
from typing import Any

import pytest

from verifier.core.credentials import MissingCredential
from verifier.core.evidence import Cause
from verifier.core.execution.run import COLLECTOR, Run
from verifier.core.redaction import REDACTOR
from verifier.core.subject import subjects
from verifier.core.verdict.ledger import UNVERIFIED_STATUS, Ledger
from verifier.core.verdict.outcomes import proven_item
from verifier.core.verdict.results import CheckResult, Outcome
from verifier.plugin.closing import TEARDOWN_FAILED, Closing, worth_telling
from verifier.plugin.progress import Progress
from verifier.plugin.watch_options import to_go_on
from verifier.plugin.watchdog import Watchdog
from verifier.reporting import Published, publish, write_incomplete
from verifier.reporting.building import judged_item, observed_release, report_of
from verifier.reporting.caller_outputs import forget_earlier
from verifier.reporting.model import Report
from verifier.reporting.terminal import closing_lines, item_line, summary_lines

_LAST_WORDS = 2.0
"""Seconds in which a run that hangs may tell its verdict."""


class Listener:
    """The ledger's ear; registered in the controlling process only.

    Args:
        config: of the controlling process.
        run: the run.
        ledger: what is heard goes there.
    """

    def __init__(self, config: pytest.Config, run: Run, ledger: Ledger) -> None:
        self._config = config
        self._run = run
        self._ledger = ledger
        self._html = config.option.html == "write"
        self._published: Published | None = None
        self._shown: set[str] = set()
        self._end = Closing(config, run, ledger)
        self._watchdog = Watchdog(run.deadline, self._end.interrupted, self._last_resort)
        logging.getLogger("asyncio").addFilter(worth_telling)
        forget_earlier(run.caller_outputs)
        write_incomplete(run)

    @cached_property
    def _progress(self) -> Progress:
        """What shows how far the run is; made when pytest's own terminal is there."""
        return Progress(self._config, self._run.running)

    @pytest.hookimpl(wrapper=True)
    def pytest_sessionstart(self) -> Any:  # noqa: ANN401 - pytest's wrapper
        """Watch the deadline from the first moment on, the start of the deployment included."""
        self._watchdog.start()
        return (yield)

    def pytest_collection_finish(self, session: pytest.Session) -> None:
        """Checks that were made when collecting, by parameters, are in the inventory one by one."""
        self._progress.start()
        for item in session.items:
            if not proven_item(item):
                self._ledger.problems.append(f"{item.nodeid} was collected, and proves no item")
            self._expand(item.nodeid)

    @pytest.hookimpl(optionalhook=True)
    def pytest_xdist_make_scheduler(self, config: pytest.Config, log: object) -> object | None:
        """Workers get the checks that disturb the others when there are no others any more."""
        if config.getoption("dist") != "loadfile":
            return None
        from verifier.plugin.scheduler import LastFileLast  # noqa: PLC0415 - pytest-xdist is loaded only where it is used

        disturbing = {item for subject in subjects() for item in subject.disturbs}
        return LastFileLast(config, log, disturbs=lambda check: self._ledger.proves(check) in disturbing)

    @pytest.hookimpl(optionalhook=True)
    def pytest_xdist_node_collection_finished(self, ids: list[str]) -> None:
        """The same, as a worker tells of it."""
        for check in ids:
            self._expand(check)

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        """A file that cannot be imported is a problem of the run."""
        if report.failed:
            lines = REDACTOR.text(str(report.longrepr)).strip().splitlines()
            self._ledger.problems.append(
                f"{report.nodeid} cannot be collected: {lines[-1] if lines else 'no reason given'}"
            )

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """One part of a check; or the news that the worker that ran it died."""
        result = getattr(report, "check_result", None)
        if isinstance(result, dict):
            self._ledger.hear(CheckResult.of_plain(result))
        elif report.failed:
            self._crashed(report)
        self._progress.start()
        if report.when == "teardown":
            self._ledger.finish(report.nodeid)
            self._show(self._ledger.proves(report.nodeid))

    def pytest_report_teststatus(self, report: pytest.TestReport) -> tuple[str, str, Any] | None:
        """Unverified is counted by itself; and where items are shown as they become certain, checks are not."""
        result: Any = getattr(report, "check_result", None)
        unverified = bool(result) and result["outcome"] == Outcome.UNVERIFIED
        if not self._progress.wanted:
            return ("unverified", "U", ("UNVERIFIED", {"yellow": True})) if unverified else None
        if report.when != "call" and report.passed:
            return "", "", ""
        broken = "error" if report.when != "call" else "failed"
        return "unverified" if unverified else broken if report.failed else report.outcome, "", ""

    def _show(self, item: str | None) -> None:
        """Show an item that is judged when it is certain."""
        if item and item in self._ledger.judged and item not in self._shown and self._ledger.certain(item):
            self._shown.add(item)
            result = judged_item(self._ledger.result_of(item))
            if result.checks and result.outcome != Outcome.NOT_APPLICABLE:
                self._progress.show(item_line(result, self._progress.width))

    def pytest_keyboard_interrupt(self, excinfo: pytest.ExceptionInfo[BaseException]) -> None:
        """Ctrl-C, what the watchdog made of the deadline or of SIGTERM, or the end of a debugger."""
        left = str(excinfo.value) if isinstance(excinfo.value, pytest.exit.Exception) else ""
        self._end.interrupted(self._run.interrupted or left or "Ctrl-C")

    def pytest_enter_pdb(self) -> None:
        """Let the deadline wait for the person in the debugger, who has the terminal."""
        self._progress.stop()
        self._run.deadline.pause()

    def pytest_leave_pdb(self) -> None:
        """Go on."""
        self._run.deadline.resume()

    @pytest.hookimpl(optionalhook=True)
    def pytest_testnodedown(self, node: Any, error: object) -> None:  # noqa: ANN401 - a class of pytest-xdist
        """A worker left; take over which secrets it missed, and what it could not put away."""
        output = getattr(node, "workeroutput", {})
        self._run.credentials.searched |= output.get("searched", {})
        for name, told in output.get("missing", {}).items():
            self._run.credentials.missing[name] = MissingCredential.model_validate(told)
        if troubles := output.get("troubles"):
            self._end.note(TEARDOWN_FAILED, troubles)
        if error:
            self._ledger.problems.append(f"a worker process ended unexpectedly: {REDACTOR.text(str(error))[:300]}")

    @pytest.hookimpl(wrapper=True, trylast=True)
    def pytest_sessionfinish(self, session: pytest.Session) -> Any:  # noqa: ANN401 - pytest's wrapper
        """Add up, write everything down, and set the exit status; whatever the fixtures that end only now do."""
        ended = None
        self._progress.stop()
        try:
            ended = yield
        except KeyboardInterrupt:
            self._end.interrupted("Ctrl-C")
        except Exception as trouble:  # noqa: BLE001 - what was seen until now must not stay unsaid because of it
            self._end.trouble(TEARDOWN_FAILED, trouble)
        self._ledger.target = self._run.target
        self._end.interrupted(self._run.interrupted)
        collector = session.config.stash.get(COLLECTOR, None)
        if collector is not None:
            self._end.clean_up(collector, self._watchdog.rest)
            self._end.judge_the_whole(collector)
        for item in self._ledger.judged:
            self._show(item)
        self._watchdog.rest()
        self._run.deadline.stop()
        session.exitstatus = self._close()
        return ended

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """The checklist and what to do, for people."""
        everything = terminalreporter.verbosity > 0
        for line, markup in summary_lines(self._report(), self._progress.width, everything=everything):
            terminalreporter.write_line(REDACTOR.text(line), **markup)

    def pytest_unconfigure(self, config: pytest.Config) -> None:
        """The last lines: verdict, exit status, where the report is."""
        reporter: Any = config.pluginmanager.get_plugin("terminalreporter")
        if reporter:
            for line, markup in closing_lines(self._ledger, self._run, self._published, self._progress.width):
                reporter.write_line(REDACTOR.text(line), **markup)
            if further := to_go_on(self._run):
                reporter.write_line(REDACTOR.text(further), yellow=True)
        self._run.end()
        self._watchdog.leave()

    def _report(self) -> Report:
        return report_of(self._run, self._ledger, observed_release(self._run))

    def _close(self) -> int:
        """Publish; whatever goes wrong then, the status never becomes 0 because of it."""
        try:
            self._published = publish(self._run, self._ledger, html=self._html)
        except KeyboardInterrupt:
            self._end.interrupted("Ctrl-C while the report was written")
            self._write_again()
        except Exception as trouble:  # noqa: BLE001 - a report that cannot be written must not hide the verdict
            self._end.trouble("the report could not be written", trouble)
            self._write_again()
        self._watchdog.stop()
        return self._ledger.exit_status()

    def _say_last(self) -> None:
        capture = self._config.pluginmanager.get_plugin("capturemanager")
        if capture:
            capture.suspend_global_capture(in_=True)  # of the check that hangs
        terminal = self._config.get_terminal_writer()
        terminal.line()
        width = terminal.fullwidth
        lines = summary_lines(self._report(), width)
        for line, _ in [*lines, *closing_lines(self._ledger, self._run, None, width)]:
            terminal.line(REDACTOR.text(line))
        terminal.flush()

    def _write_again(self) -> None:
        """The verdict that is on disk must be the one that the process ends with, or none."""
        try:
            publish(self._run, self._ledger, html=False, allure=False)
        except Exception:  # noqa: BLE001 - a folder that cannot be written to cannot hold a wrong verdict either
            with suppress(OSError):
                (self._run.folder / "verdict.json").unlink(missing_ok=True)

    def _expand(self, check: str) -> None:
        name, _, _ = check.partition("[")
        item = self._ledger.proves(name) or self._ledger.proves(check)
        if name != check and item:
            self._ledger.expand(name, check, item)

    def _crashed(self, report: pytest.TestReport) -> None:
        item = self._ledger.proves(report.nodeid)
        message = REDACTOR.text(str(report.longrepr))
        if item is None:
            self._ledger.problems.append(message)
            return
        self._ledger.hear(
            CheckResult(
                report.nodeid,
                item,
                report.nodeid,
                Outcome.UNVERIFIED,
                cause=str(Cause.INTERNAL),
                message=message,
            )
        )

    def _last_resort(self) -> int:
        """From the watchdog's thread: the main thread does not react, so only the verdict is written."""
        self._progress.stop()
        self._run.cleanup.finish()
        self._ledger.problems += self._run.cleanup.problems()
        self._write_again()
        status = self._ledger.exit_status() or UNVERIFIED_STATUS
        # A terminal that nobody reads from must not hold up the end.
        words = threading.Thread(target=self._say_last, daemon=True)
        words.start()
        words.join(_LAST_WORDS)
        if self._run.deployment:
            self._run.deployment.stop()
        return status
