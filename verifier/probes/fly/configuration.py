"""Reads fly.toml: what it tells of services, health checks and the release command, and keys that flyctl ignores.

flyctl publishes no schema. The keys are those of its configuration (flyctl: internal/appconfig, with the types of
fly-go that it embeds), which `fly config validate --strict` knows and `fly deploy` silently drops others of.
"""

from __future__ import annotations

import difflib
import shlex
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from verifier.core.config.files import Mistakes, read_toml
from verifier.core.evidence import Cause, CouldNotLook
from verifier.core.machine import ConfigurationFile, ConfiguredApp, ConfiguredService

FILE = "fly.toml"
_HTTP = "http_service"
_CHECK = "grace_period headers interval method path protocol timeout tls_server_name tls_skip_verify type restart_limit"
_MACHINE_CHECK = "command entrypoint image kill_signal kill_timeout"
_SERVICE = (
    "auto_start_machines auto_stop_machines concurrency internal_port machine_checks min_machines_running processes"
)
_GUEST = "cpu_kind cpus gpu_kind gpus host_dedication_id kernel_args memory memory_mb persist_rootfs processes size"
_KEYS = {
    "": "app build checks console_command container deploy env experimental files host_dedication_id http_service "
    "kill_signal kill_timeout machine_checks machine_config metrics mount mounts primary_region processes restart "
    "services statics swap_size_mb vm",
    "build": "args build-target builder buildpacks builtin compression compression_level dockerfile ignorefile image "
    "settings",
    "checks.*": f"{_CHECK} port processes",
    "deploy": "max_unavailable release_command release_command_timeout release_command_vm seed_command strategy "
    "wait_timeout",
    "deploy.release_command_vm": _GUEST,
    "experimental": "allowed_public_ports attached auto_rollback cmd enable_consul enable_etcd entrypoint exec "
    "lazy_load_images machine_config use_zstd",
    "files": "guest_path local_path processes raw_value secret_name",
    "http_service": f"{_SERVICE} checks force_https http_options tls_options",
    "http_service.checks": _CHECK,
    "http_service.concurrency": "hard_limit soft_limit type",
    "http_service.http_options": "compress h2_backend headers_read_timeout idle_timeout response",
    "http_service.machine_checks": _MACHINE_CHECK,
    "http_service.tls_options": "alpn default_self_signed versions",
    "machine_checks": _MACHINE_CHECK,
    "metrics": "https path port processes",
    "mounts": "auto_extend_size_increment auto_extend_size_limit auto_extend_size_threshold destination initial_size "
    "processes scheduled_snapshots snapshot_retention source",
    "restart": "policy processes retries",
    "services": f"{_SERVICE} http_checks ports protocol tcp_checks",
    "services.concurrency": "hard_limit soft_limit type",
    "services.http_checks": _CHECK,
    "services.machine_checks": _MACHINE_CHECK,
    "services.ports": "end_port force_https handlers http_options port proxy_proto_options start_port tls_options",
    "services.tcp_checks": "grace_period interval restart_limit timeout",
    "statics": "guest_path index_document tigris_bucket url_prefix",
    "vm": _GUEST,
}
"""Place → the keys that are known there. Elsewhere every key is: those are names of people's own."""
_NEAR = 0.75
"""How alike two keys must be for one to be the other, misspelt."""


def read_configuration(root: Path, name: str | None) -> ConfigurationFile:
    """What the file tells, as every platform tells it.

    Raises:
        CouldNotLook: no-data if there is none, precondition if it cannot be read.
    """
    name = name or FILE
    if not (root / name).is_file():
        raise CouldNotLook(
            Cause.NO_DATA,
            f"{root.name} has no {name}",
            remedy='name it: [source] configuration = "PATH" of the target; or, if the app runs elsewhere, '
            '[platform] machines = "none"',
        )
    try:
        content = read_toml(root / name, name)
        misspelt, unknown = _strange(content)
        return ConfigurationFile(
            file=name,
            services=tuple(_services(content)),
            checks=len(_table(content, "checks")) + sum(each.checks for each in _services({**content, "checks": {}})),
            command=tuple(shlex.split(str(_table(content, "deploy").get("release_command") or ""))),
            misspelt=misspelt,
            unknown=unknown,
            validate_command=f"fly config validate --strict --config {shlex.quote(name)}",
        )
    except (Mistakes, ValueError, TypeError) as trouble:
        raise CouldNotLook(
            Cause.PRECONDITION, f"{name} cannot be read: {trouble}", remedy=f"fly config validate --config {name}"
        ) from None


def configured_app(root: Path) -> ConfiguredApp | None:
    """The app that the file names, and the paths of its health checks; nothing if there is no such file."""
    try:
        content = read_toml(root / FILE, FILE)
    except Mistakes:
        return None
    name, checks = content.get("app"), {key: content.get(key) for key in (_HTTP, "services", "checks")}
    if not isinstance(name, str):
        return None
    return ConfiguredApp(file=FILE, name=name, checked=tuple(dict.fromkeys(_paths(checks))))


def _paths(content: object) -> Iterator[str]:
    """Every `path`: services have them in their checks alone."""
    if isinstance(content, Mapping):
        yield from (each for key, each in content.items() if key == "path" and str(each).startswith("/"))
    inside = content.values() if isinstance(content, Mapping) else content if isinstance(content, list) else ()
    for each in inside:
        yield from _paths(each)


def _services(content: Mapping[str, Any]) -> Iterator[ConfiguredService]:
    checks = _table(content, "checks")
    if _HTTP in content:
        http = _table(content, _HTTP)
        own = _tables(http, "checks")
        yield _service(_HTTP, http, len(own) + _covering(checks, http), forces_https=http.get("force_https") is True)
    for number, each in enumerate(_tables(content, "services")):
        own = [*_tables(each, "http_checks"), *_tables(each, "tcp_checks")]
        yield _service(
            f"services[{number}]", each, len(own) + _covering(checks, each), forces_https=_forces_https(each)
        )


def _service(name: str, raw: Mapping[str, Any], checks: int, *, forces_https: bool | None) -> ConfiguredService:
    return ConfiguredService(
        name=name,
        checks=checks,
        forces_https=forces_https,
        # A truth value is an old spelling: false for "off", true for "stop".
        stops_idle=raw.get("auto_stop_machines") not in {None, False, "off", "false"},
        minimum_running=int(raw.get("min_machines_running") or 0),
    )


def _covering(checks: Mapping[str, Any], service: Mapping[str, Any]) -> int:
    """How many checks of no service look at its port; one without a port looks at the first service's."""
    return sum(
        each.get("port") in {None, service.get("internal_port", 8080)}
        for each in checks.values()
        if isinstance(each, Mapping)
    )


def _forces_https(service: Mapping[str, Any]) -> bool | None:
    """Whether every port that takes plain HTTP sends it on; nothing, if none takes HTTP."""
    ports = _tables(service, "ports")
    takes = [set(each.get("handlers") or ()) for each in ports]
    if not any("http" in each for each in takes):
        return None
    plain = [port for port, handlers in zip(ports, takes, strict=True) if handlers & {"http", "tls"} == {"http"}]
    return all(each.get("force_https") is True for each in plain)


def _strange(content: Mapping[str, Any]) -> tuple[dict[str, str], tuple[str, ...]]:
    """The keys that are not known: those that are near one that is, and the others."""
    misspelt: dict[str, str] = {}
    unknown: list[str] = []
    for place, key in _unknown(content, ""):
        near = difflib.get_close_matches(key, _KEYS[place].split(), n=1, cutoff=_NEAR)
        if near:
            misspelt[f"{place}.{key}".lstrip(".")] = near[0]
        else:
            unknown.append(f"{place}.{key}".lstrip("."))
    return misspelt, tuple(unknown)


def _unknown(value: Any, place: str) -> Iterator[tuple[str, str]]:  # noqa: ANN401 - raw TOML
    """Place and key of each that is not known; tables of a list stand at the list's own place."""
    if isinstance(value, list):
        for each in value:
            yield from _unknown(each, place)
    if not isinstance(value, Mapping):
        return
    for key, inner in value.items():
        if place in _KEYS and key not in _KEYS[place].split():
            yield place, key
            continue
        below = f"{place}.{key}".lstrip(".")
        yield from _unknown(inner, below if below in _KEYS else f"{place}.*" if f"{place}.*" in _KEYS else "-")


def _table(content: Mapping[str, Any], key: str) -> dict[str, Any]:
    found = content.get(key) or {}
    if not isinstance(found, dict):
        raise TypeError(f"{key} is no table")
    return found


def _tables(content: Mapping[str, Any], key: str) -> list[dict[str, Any]]:
    """The tables of a list; a single one may be written without brackets."""
    found = content.get(key) or []
    listed = [found] if isinstance(found, dict) else found
    if not isinstance(listed, list) or not all(isinstance(each, dict) for each in listed):
        raise TypeError(f"{key} is no list of tables")
    return listed
