"""Reads a release and its command from Fly.io's JSON. flyctl uses these routes; they are undocumented."""

from __future__ import annotations

import shlex
import tomllib
from collections.abc import Iterable, Mapping
from typing import Any

from verifier.core.evidence import Cause, CouldNotLook
from verifier.core.machine import Release, ReleaseCommand
from verifier.probes.fly.client import Fly
from verifier.probes.fly.machines import exit_since_start, metadata

COMMAND_GROUP = "fly_app_release_command"
_DEFINITION = (
    "query($appName:String!){app(name:$appName){currentRelease:currentReleaseUnprocessed{version configDefinition}}}"
)


def read_release(raw: Mapping[str, Any]) -> Release:
    """The record of a release.

    Raises:
        CouldNotLook: no-data, if it has no number or no time.
    """
    try:
        return Release(
            id=str(raw["id"]),
            version=int(raw["version"]),
            status=str(raw.get("status") or "unknown"),
            created_at=raw["created_at"],
            image=raw.get("image_ref"),
            strategy=str(raw["strategy"]).lower() if raw.get("strategy") else None,
        )
    except (KeyError, TypeError, ValueError) as trouble:
        raise CouldNotLook(Cause.NO_DATA, f"the release is not readable: {trouble}") from None


def read_command(machines: Iterable[Mapping[str, Any]], version: int) -> ReleaseCommand | None:
    """The release command's machine of this release; of several, the one that was made last."""
    found = [
        each
        for each in machines
        if metadata(each).get("fly_process_group") == COMMAND_GROUP
        and metadata(each).get("fly_release_version") == str(version)
    ]
    if not found:
        return None
    raw = max(found, key=lambda each: str(each.get("created_at") or ""))
    init = ((raw.get("config") or raw.get("incomplete_config") or {}).get("init")) or {}
    words = [*(init.get("entrypoint") or []), *(init.get("exec") or []), *(init.get("cmd") or [])]
    return ReleaseCommand(
        machine=str(raw.get("id")),
        state=str(raw.get("state") or "unknown"),
        words=tuple(str(each) for each in words),
        exit=exit_since_start(raw),
    )


def configured_command(api: Fly, version: int) -> tuple[str, ...] | None:
    """The release command of the configuration that the release was made with, as far as GraphQL tells it."""
    told = api.graphql(_DEFINITION, "the configuration of the release", appName=api.app_name)
    release = (told.get("app") or {}).get("currentRelease") or {}
    definition = release.get("configDefinition")
    if isinstance(definition, str):
        definition = tomllib.loads(definition)
    if not isinstance(definition, dict) or not definition or release.get("version") not in {None, version}:
        return None
    command = (definition.get("deploy") or {}).get("release_command")
    return tuple(shlex.split(str(command))) if command else ()
