"""Reads a hostname's record from Fly.io's certificates API, and the addresses that it may lead to."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote

from verifier.core.hostname import Hostname
from verifier.core.platform import NotThere
from verifier.probes.fly.client import Fly
from verifier.probes.fly.machines import as_object, as_objects

AUTHORITIES = ("letsencrypt.org",)
"""The domains of the authority that Fly.io has certificates issued by; for CAA records (Fly docs, custom domains)."""
_KNOWN = {"active": True, "pending_ownership": False, "pending_validation": False}
"""The words for a certificate in the Machines API specification."""
_PRIVATE = "fdaa:"
"""The beginning of addresses of Fly.io's private network."""


def read(api: Fly, base: str, name: str) -> Hostname:
    """The hostname's record, with the addresses of the app where the record tells none.

    Asked for by GET: `POST .../check`, which is what `fly certs show` sends, would start a validation.

    Args:
        api: the platform.
        base: the address of the app at its Machines API.
        name: the hostname.
    """
    try:
        told = as_object(api.ask(f"{base}/certificates/{quote(name, safe='')}", f"the hostname {name}"))
    except NotThere:
        a, aaaa = _addresses(api, base)
        return Hostname(name=name, registered=False, a=a, aaaa=aaaa, authorities=AUTHORITIES)
    wanted = as_object(told.get("dns_requirements"))
    a, aaaa = _texts(wanted.get("a")), _texts(wanted.get("aaaa"))
    if not a and not aaaa:
        a, aaaa = _addresses(api, base)
    status = str(told.get("status") or "")
    return Hostname(
        name=name,
        a=a,
        aaaa=aaaa,
        cname=str(wanted.get("cname") or ""),
        authorities=AUTHORITIES,
        issued=_KNOWN.get(status),
        status=status,
        requested_at=min(_moments(told.get("certificates"), "created_at"), default=None),
        expires_at=_earliest_end(told),
        held_until=moment_of(told.get("rate_limited_until")),
        problems=tuple(_problem(each) for each in as_objects(told.get("validation_errors"))),
    )


def moment_of(told: object) -> datetime | None:
    """A time as Fly.io writes it; nothing if it is none."""
    try:
        at = datetime.fromisoformat(str(told))
    except ValueError:
        return None
    return at if at.tzinfo else at.replace(tzinfo=UTC)


def _addresses(api: Fly, base: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    told = as_object(api.ask(f"{base}/ip_assignments", f"the addresses of {api.app_name}"))
    public = [str(each.get("ip") or "") for each in as_objects(told.get("ips")) if not _is_private(each)]
    return tuple(each for each in public if "." in each), tuple(each for each in public if ":" in each)


def _is_private(address: Mapping[str, Any]) -> bool:
    return str(address.get("ip") or "").startswith(_PRIVATE) or bool(address.get("egress"))


def _earliest_end(told: Mapping[str, Any]) -> datetime | None:
    """Of each kind of key the newest certificate counts, and of these the first to end."""
    newest: dict[str, datetime] = {}
    for entry in as_objects(told.get("certificates")):
        for each in as_objects(entry.get("issued")) or [entry]:
            end = moment_of(each.get("expires_at"))
            kind = str(each.get("type") or "")
            if end is not None:
                newest[kind] = max(end, newest.get(kind, end))
    return min(newest.values(), default=None)


def _moments(entries: object, key: str) -> list[datetime]:
    found = (moment_of(each.get(key)) for each in as_objects(entries))
    return [each for each in found if each is not None]


def _problem(raw: Mapping[str, Any]) -> str:
    return ": ".join(str(raw[key]) for key in ("message", "remediation") if raw.get(key)) or str(raw.get("code") or "")


def _texts(value: object) -> tuple[str, ...]:
    return tuple(str(each) for each in value) if isinstance(value, list) else ()
