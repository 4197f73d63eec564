"""What becomes of each check: its stages, its turn, its evidence, its result."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from verifier.core.config.contract import Contract
from verifier.core.config.phases import phase_of
from verifier.core.execution.run import COLLECTOR, RUN
from verifier.core.redaction import REDACTOR
from verifier.core.subject import Probe, probes
from verifier.core.verdict.assertions import compared
from verifier.core.verdict.outcomes import Notes, judge, notes_of, proven_item
from verifier.plugin.inventory import deployed_phases, of_a_watch

CONTRACT = pytest.StashKey[Contract]()
_NOTES = pytest.StashKey[Notes]()
"""Those of the check that runs."""
_FLOW = 9.0
"""Seconds after which a check that wants no evidence has its turn: it looks by itself, so others come first."""


@pytest.hookimpl(tryfirst=True)
def pytest_itemcollected(item: pytest.Item) -> None:
    """Give a check the stage markers of its item, and Allure the link to it."""
    contract, proven = item.config.stash[CONTRACT], proven_item(item)
    if proven in contract:
        for stage in contract[proven].stage:
            item.add_marker(getattr(pytest.mark, stage.value))
    item.extra_keyword_matches.add(proven)  # -k ITEM
    item.add_marker(pytest.mark.allure_label(item.nodeid, label_type="check"))


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Leave out the suite's flows of a phase for which the target or the caller brings others."""
    run = config.stash.get(RUN, None)
    return True if run is not None and run.phase_files.replaced(collection_path) else None


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out phases that are not deployed and items that nobody asked for, and judge first what is seen first."""
    run, chosen = config.stash.get(RUN, None), set(config.option.item)
    wanted = [each for each in items if not chosen or proven_item(each) in chosen]
    if run is not None:
        phases = {None, *deployed_phases(config, run.target)}
        wanted = [each for each in wanted if phase_of(each.nodeid) in phases]
        wanted = [each for each in wanted if run.options.watch or not of_a_watch(each.nodeid)]
    config.hook.pytest_deselected(items=[each for each in items if each not in wanted])
    items[:] = wanted
    known = {each.name: each for each in probes()}
    items.sort(key=lambda item: _when([known[name] for name in _fixtures(item) if name in known]))


def _when(wanted: list[Probe]) -> tuple[bool, float]:
    """The place of a check that wants these: those that disturb the others come after them."""
    return any(each.last for each in wanted), max((each.seconds for each in wanted), default=_FLOW)


def pytest_collection_finish(session: pytest.Session) -> None:
    """Start every observation that the selected checks need; a worker starts them as its checks come."""
    config = session.config
    run = config.stash.get(RUN, None)
    if run is None or run.worker or getattr(config.option, "tx", None):
        return
    collector = config.stash[COLLECTOR]
    selected = [item for item in session.items if proven_item(item) not in run.target.not_applicable]
    named = {name for item in selected for name in _fixtures(item)}
    wanted = [each for each in collector.probes.values() if each.name in named and not each.last]
    for each in sorted(wanted, key=lambda each: (each.late, -each.seconds)):
        collector.start(each.name)


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    """Skip checks of items that the target declares not applicable."""
    run = item.config.stash.get(RUN, None)
    reason = run and run.target.not_applicable.get(proven_item(item))
    if reason:
        pytest.skip(f"not applicable: {reason}")


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Any:  # noqa: ANN401 - pytest's wrapper
    """Put the result into the report, in words that can travel; and keep secrets out of all other words."""
    report: pytest.TestReport = yield
    if RUN not in item.config.stash:
        return report
    result = judge(item, call, report)
    # An attribute of plain values travels from a worker process, as all that a report has.
    report.check_result = result.as_plain()  # type: ignore[attr-defined]
    report.sections = [(REDACTOR.text(title), REDACTOR.text(text)) for title, text in report.sections]
    if report.outcome == "failed":
        report.longrepr = result.message
    elif isinstance(report.longrepr, tuple):
        path, line, reason = report.longrepr
        report.longrepr = (path, line, REDACTOR.text(reason))
    if hasattr(report, "wasxfail"):
        report.wasxfail = REDACTOR.text(report.wasxfail)
    return report


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_make_collect_report(collector: pytest.Collector) -> Any:  # noqa: ANN401, ARG001 - pytest's wrapper
    """Keep secrets out of what is said of a file that cannot be collected."""
    report: pytest.CollectReport = yield
    if report.outcome == "failed":
        report.longrepr = REDACTOR.text(str(report.longrepr))
    return report


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_pyfunc_call(pyfuncitem: pytest.Function) -> Any:  # noqa: ANN401 - pytest's wrapper
    """Let comparisons that fail in the body of a check know whose they are."""
    pyfuncitem.config.stash[_NOTES] = notes_of(pyfuncitem)
    return (yield)


def pytest_assertrepr_compare(config: pytest.Config, op: str, left: object, right: object) -> list[str] | None:
    """A comparison that fails, as findings."""
    notes = config.stash.get(_NOTES, None)
    if notes is None:
        return None
    notes.compared = compared(op, left, right)
    return [" ".join(str(each).split()) for each in notes.compared]


def _fixtures(item: pytest.Item) -> list[str]:
    return list(getattr(item, "fixturenames", ()))
