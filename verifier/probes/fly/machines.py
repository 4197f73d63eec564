"""Reads a machine from Fly.io's JSON: state, checks, exits and image.

Field names: Fly's Machines API specification. Unknown words are kept; missing values are zero, false or empty.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from verifier.core.machine import Exit, HealthCheck, Machine

SPECIAL_GROUPS = {"fly_app_release_command", "fly_app_test_machine_command", "fly_app_console"}
"""Process groups that serve nobody."""
COMPATIBLE = "bg_deployments_compat"
"""Checks of this name are made up for old clients (fly-go)."""
_GONE = {"destroyed", "destroying", "replaced", "migrated"}


def serves(raw: Mapping[str, Any]) -> bool:
    """Whether this machine of the platform's list is one of the app's: not gone, not a helper, not a bystander.

    A machine that no deploy manages is a bystander, unless it has a service: then the edge sends people to it.
    """
    if metadata(raw).get("fly_process_group") in SPECIAL_GROUPS or _text(raw.get("state")) in _GONE:
        return False
    config = as_object(raw.get("config"))
    managed = bool(metadata(raw).get("fly_platform_version") or metadata(raw).get("fly_release_version"))
    return managed or not config or bool(as_objects(config.get("services")))


def metadata(raw: Mapping[str, Any]) -> dict[str, str]:
    """What the deploy wrote on the machine; also where the configuration is incomplete."""
    config = as_object(raw.get("config")) or as_object(raw.get("incomplete_config"))
    return {str(key): str(value) for key, value in as_object(config.get("metadata")).items()}


def read_machine(raw: Mapping[str, Any]) -> Machine:
    """The record of one machine of the platform's list."""
    config, labels = as_object(raw.get("config")), metadata(raw)
    image, services = as_object(raw.get("image_ref")), as_objects(config.get("services"))
    exits = tuple(_exits(raw))
    checks = {_text(each.get("name")): _text(each.get("status")) for each in as_objects(raw.get("checks"))}
    return Machine(
        id=_text(raw.get("id")),
        state=_text(raw.get("state")) or "unknown",
        region=_text(raw.get("region")),
        group=labels.get("fly_process_group") or "app",
        host_status=_text(raw.get("host_status")) or "not told",
        cordoned=bool(raw.get("cordoned")),
        release=labels.get("fly_release_version"),
        digest=_text(image.get("digest")) or None,
        tag=_text(image.get("tag")) or None,
        repository=_text(image.get("repository")) or None,
        revision=_text(as_object(image.get("labels")).get("org.opencontainers.image.revision")) or None,
        source=_text(config.get("image")) or None,
        instance=_text(raw.get("version") or raw.get("instance_id")) or None,
        config_known=bool(config),
        checks={name: status for name, status in checks.items() if not name.startswith(COMPATIBLE)},
        checks_configured=_configured(config, services),
        autostop=any(each.get("autostop") in (True, "stop", "suspend") for each in services),
        standby=bool(config.get("standbys")),
        serves=bool(services),
        health_checks=_health_checks(config, services) if config else None,
        minimum_running=max((_number(each.get("min_machines_running")) for each in services), default=0),
        primary_region=_text(as_object(config.get("env")).get("PRIMARY_REGION")),
        launched=_launched(raw),
        exits=exits,
        last_exit=str(exits[0]) if exits else None,
    )


def _health_checks(config: Mapping[str, Any], services: list[dict[str, Any]]) -> tuple[HealthCheck, ...]:
    """Those of services, which routing heeds, and those of the machine itself, which it does not (Fly docs)."""
    found = []
    for service in services:
        web = any("http" in (port.get("handlers") or ()) for port in as_objects(service.get("ports")))
        for each in as_objects(service.get("checks")):
            port = _number(each.get("port") or service.get("internal_port"))
            inside = web and port == _number(service.get("internal_port"))
            found.append(_health_check(each, port, routes=True, public=inside))
    named = {name: each for name, each in as_object(config.get("checks")).items() if not name.startswith(COMPATIBLE)}
    return (*found, *(_health_check(as_object(each), _number(as_object(each).get("port"))) for each in named.values()))


def _health_check(raw: Mapping[str, Any], port: int, *, routes: bool = False, public: bool = False) -> HealthCheck:
    kind = _text(raw.get("type")).lower() or "unknown"
    path = (_text(raw.get("path")) or "/") if kind == "http" else ""
    return HealthCheck(kind=kind, path=path, port=port or None, routes=routes, public=public)


def _configured(config: Mapping[str, Any], services: list[dict[str, Any]]) -> int:
    named = [name for name in as_object(config.get("checks")) if not str(name).startswith(COMPATIBLE)]
    return len(named) + sum(len(as_objects(each.get("checks"))) for each in services)


def _exits(raw: Mapping[str, Any]) -> list[Exit]:
    """The machine's ends; where an event tells of them in two places, the monitor's word counts (fly-go)."""
    found = []
    for event in (each for each in as_objects(raw.get("events")) if each.get("type") == "exit"):
        request = as_object(event.get("request"))
        # An empty one is an end like any other: zero and false are left out.
        places = (as_object(request.get("MonitorEvent")).get("exit_event"), request.get("exit_event"))
        told = next((each for each in places if isinstance(each, dict)), None)
        if told is not None:
            found.append(
                Exit(
                    at=_moment(event.get("timestamp")),
                    code=_number(told.get("exit_code")),
                    oom=bool(told.get("oom_killed")),
                    requested=bool(told.get("requested_stop")),
                    restarts=_number(request.get("restart_count")),
                )
            )
    return found


def exit_since_start(raw: Mapping[str, Any]) -> Exit | None:
    """How the process that was started last has ended; nothing if it has not (events come newest first)."""
    for event in as_objects(raw.get("events")):
        if event.get("type") == "exit":
            return next(iter(_exits({"events": [event]})), None)
        if event.get("type") == "start":
            return None
    return None


def _launched(raw: Mapping[str, Any]) -> datetime | None:
    events = as_objects(raw.get("events"))
    given = (each for each in events if each.get("type") in ("launch", "update") and each.get("source") == "user")
    return next((_moment(each.get("timestamp")) for each in given), None)


def _moment(milliseconds: Any) -> datetime | None:  # noqa: ANN401 - any JSON
    try:
        return datetime.fromtimestamp(float(milliseconds) / 1000, UTC)
    except (TypeError, ValueError, OverflowError, OSError):
        return None


def as_object(value: Any) -> dict[str, Any]:  # noqa: ANN401 - any JSON
    """The value, or an empty object where it is none."""
    return value if isinstance(value, dict) else {}


def as_objects(value: Any) -> list[dict[str, Any]]:  # noqa: ANN401 - any JSON
    """The objects of a list; none where it is no list."""
    return [each for each in value if isinstance(each, dict)] if isinstance(value, list) else []


def _text(value: Any) -> str:  # noqa: ANN401 - any JSON
    return "" if value is None else str(value)


def _number(value: Any) -> int:  # noqa: ANN401 - any JSON
    try:
        return int(value)
    except (TypeError, ValueError, OverflowError):
        return 0
