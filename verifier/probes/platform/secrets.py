"""Asks which secrets an app has, by name, and whether its machines have got them. Values are never asked for."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Literal

from verifier.core.deadline import now
from verifier.core.evidence import Evidence, Record
from verifier.core.probe import Context
from verifier.probes.fly.client import fly
from verifier.probes.fly.machines import Machine
from verifier.probes.fly.section import Platform, Secrets
from verifier.probes.platform.state import PlatformState

Reach = Literal["deployed", "partly deployed", "staged", "unknown"]


class Secret(Record):
    """One secret: its name, and how many machines have its newest value.

    A secret that was set after the release which a machine runs is not on that machine (flyctl decides it alike).
    """

    name: str
    reach: Reach
    set_at: datetime | None = None


class SecretState(Evidence):
    """The secrets of one app.

    Attributes:
        app: whose they are.
        wanted: what the target says it needs; names with '|' between them stand for any one of them.
    """

    app: str
    wanted: tuple[str, ...]
    secrets: tuple[Secret, ...]

    @property
    def missing(self) -> list[str]:
        """What is needed and not set, under no name."""
        return [each.replace("|", " or ") for each in self.wanted if not self._set(each)]

    @property
    def waiting(self) -> dict[str, str]:
        """What is needed and set, and not on every machine → how far it got."""
        needed = [secret for each in self.wanted for secret in self._set(each)]
        return {each.name: each.reach for each in needed if each.reach in {"staged", "partly deployed"}}

    @property
    def told(self) -> str:
        """How many of the needed ones are there; and what else waits for a deploy, or cannot be told."""
        found = len(self.wanted) - len(self.missing)
        others = {each.name for each in self.secrets} - {name for each in self.wanted for name in each.split("|")}
        staged = [
            each.name for each in self.secrets if each.name in others and each.reach not in {"deployed", "unknown"}
        ]
        unknown = [each.name for each in self.secrets if each.reach == "unknown"]
        more = f"; staged, and not needed: {', '.join(staged)}" if staged else ""
        more += f"; not known whether deployed: {', '.join(unknown)}" if unknown else ""
        return f"{found} of {len(self.wanted)} needed secrets are set{more}"

    def _set(self, wanted: str) -> list[Secret]:
        return [each for each in self.secrets if each.name in wanted.split("|")]


def observe_secrets(context: Context) -> SecretState:
    """The names of the app's secrets.

    Raises:
        CouldNotLook: the platform does not tell them; or the target does not say which are needed.
    """
    return secrets_of(context, context.target.section(Secrets).names)


def secrets_of(context: Context, wanted: tuple[str, ...]) -> SecretState:
    """The names of the secrets of the context's app, compared with the releases that its machines run."""
    app, started = context.target.app, now()
    platform = context.get("platform", PlatformState)
    with fly(context) as api:
        told, releases = api.secrets(), api.releases()
    made = {str(each.get("version")): _moment(each.get("created_at")) for each in releases}
    made[str(platform.release.version)] = platform.release.created_at
    return SecretState(
        asked="Which secrets are set, and do the machines have them?",
        where=f"{context.target.section(Platform).machines_url} app {app}, secrets by name",
        at=started,
        again=f"fly secrets list -a {app}",
        app=app,
        wanted=wanted,
        secrets=tuple(_secret(each, platform.machines, made) for each in told if each.get("name")),
    )


def _secret(told: Mapping[str, Any], machines: tuple[Machine, ...], made: Mapping[str, datetime | None]) -> Secret:
    at = _moment(told.get("updated_at")) or _moment(told.get("created_at"))
    return Secret(name=str(told["name"]), set_at=at, reach=reach_of(at, machines, made))


def reach_of(at: datetime | None, machines: tuple[Machine, ...], made: Mapping[str, datetime | None]) -> Reach:
    """How many machines have what was set at a moment.

    Args:
        at: when it was set, if that is told.
        machines: the machines, each with the release that it runs.
        made: release → when it was made, as far as that is told.
    """
    releases = [made.get(each.release or "") for each in machines]
    there = [None if at is None or release is None else release >= at for release in releases]
    if not there or (None in there and False not in there):
        return "unknown"
    if False not in there:
        return "deployed"
    return "partly deployed" if True in there else "staged"


def _moment(told: object) -> datetime | None:
    try:
        at = datetime.fromisoformat(str(told))
    except ValueError:
        return None
    return at if at.tzinfo else at.replace(tzinfo=UTC)
