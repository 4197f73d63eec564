"""What the caller asked for, from the words of the command: what is judged, where, and where it is told."""

from __future__ import annotations

import os
from collections.abc import Collection
from pathlib import Path

import pytest

from verifier.core.config.contract import Contract, Stage
from verifier.core.config.expected_release import ExpectedRelease, read_shipped
from verifier.core.config.target import Target, read_target, target_of_files
from verifier.core.execution.run import CallerOutputs
from verifier.core.probe import CallerOptions
from verifier.plugin.inventory import deployed_phases
from verifier.plugin.options import emergency, refuse_unknown_items, refuse_what_needs_a_target, target_file
from verifier.plugin.selection import wanted_stages

_OF_FILES = {Stage.PREDEPLOY, Stage.MIGRATION}
"""Stages that start no deployment: they judge files."""
_TELL_NOBODY = {
    "escalation": {"deliver": False},
    "reports": {"feedback": None},
    "figures": {"push": None, "traces": None},
}
"""A preview at another address is not what people want to hear of."""


def judged_items(config: pytest.Config, contract: Contract) -> dict[str, Stage]:
    """The judged items with their stages."""
    judged = contract.judged(wanted_stages(config))
    if not judged:
        raise pytest.UsageError(f"-m {config.option.markexpr!r}: no item of the contract has such a stage")
    refuse_unknown_items(config, contract, judged)
    return judged


def judges_files_only(config: pytest.Config, contract: Contract, stages: Collection[Stage]) -> bool:
    """Whether nobody asked for a deployment: no target, no fault, and stages or items that judge files."""
    option = config.option
    if option.target or option.fault:
        return False
    if option.item:
        return all(contract[each].judges != "deployment" for each in option.item)
    return set(stages) <= _OF_FILES


def wanted_target(
    config: pytest.Config, root: Path, contract: Contract, judged: dict[str, Stage]
) -> tuple[Path | None, Target]:
    """The target's file and content; the file of none, where files are judged and no deployment."""
    option = config.option
    if judges_files_only(config, contract, judged.values()):
        refuse_what_needs_a_target(config)
        return None, target_of_files(contract)
    path = target_file(root, option.target, config.invocation_params.dir)
    called = option.target if (option.target or "").endswith(".toml") else None
    target = read_target(path, contract, called=called)
    if option.base_url and target.start:
        raise pytest.UsageError(
            f"--base-url: the target {target.name} is started here and tells its own address; add another --target"
        )
    if option.base_url:
        target = read_target(path, contract, overlay={"url": option.base_url, **_TELL_NOBODY}, called=called)
    return path, target


def shipped_release(config: pytest.Config) -> ExpectedRelease:
    """What the caller says was shipped; only the controlling process can read it from its input."""
    options, capture = config.option, config.pluginmanager.get_plugin("capturemanager")
    if options.expect_from == "-" and capture:
        # While pytest captures, the input is empty; it takes it again by itself, at the first check.
        capture.suspend_global_capture(in_=True)
    return read_shipped(
        release=options.expect_release,
        image=options.expect_image,
        sha=options.expect_sha,
        source=options.expect_from,
    )


def caller_options(config: pytest.Config, target: Target, judged: dict[str, Stage]) -> CallerOptions:
    """What probes must know of the words."""
    option = config.option
    return CallerOptions(
        restore_drill=option.restore_drill,
        rehearse_rollback=option.rehearse_rollback,
        previous_release=option.previous_release,
        # As the caller meant it; pytest may have been started elsewhere than in the suite's folder.
        app_dir=option.app_dir and Path(config.invocation_params.dir, option.app_dir).resolve(),
        since=option.since,
        schema_from=option.schema_from,
        load_result=option.load_result and Path(config.invocation_params.dir, option.load_result).resolve(),
        phases=deployed_phases(config, target),
        emergency=emergency(config, judged),
        approvals=option.approvals and Path(config.invocation_params.dir, option.approvals).resolve(),
    )


def caller_outputs(config: pytest.Config) -> CallerOutputs:
    """Where the caller wants results besides, by the options of allure-pytest and pytest."""
    option, start = config.option, config.invocation_params.dir
    return CallerOutputs(
        allure=Path(start, option.allure_report_dir) if option.allure_report_dir else None,
        clean=option.clean_alluredir,
        junit=Path(start, os.path.expandvars(option.xmlpath)).expanduser() if option.xmlpath else None,
        openmetrics=option.openmetrics and Path(start, option.openmetrics),
    )
