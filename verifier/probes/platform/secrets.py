"""Asks which secrets an app has, by name, and whether its machines have their newest values. Never reads a value."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Literal

from verifier.core.deadline import now
from verifier.core.evidence import Evidence, Record
from verifier.core.machine import Machine
from verifier.core.platform import PlatformSection
from verifier.core.probe import Context
from verifier.probes.platform.section import Secrets
from verifier.probes.platform.state import PlatformState, by_hand, opened

Reach = Literal["deployed", "partly deployed", "staged", "unknown"]


class Secret(Record):
    """One secret: its name, and how many machines have its newest value.

    A secret that was set after the release which a machine runs is not on that machine.
    """

    name: str
    reach: Reach
    set_at: datetime | None = None


class SecretState(Evidence):
    """The secrets of one app.

    Attributes:
        app: whose they are.
        wanted: what the target says it needs; names with '|' between them stand for any one of them.
        to_set: what to type to set one.
        to_deploy: what to type to bring what is set to the machines.
    """

    app: str
    wanted: tuple[str, ...]
    secrets: tuple[Secret, ...]
    to_set: str = ""
    to_deploy: str = ""

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
    app, lines, started = context.target.app, by_hand(context), now()
    seen = context.get("platform", PlatformState)
    with opened(context) as platform:
        told, releases = platform.secrets(), platform.releases()
    made = {str(each.version): each.created_at for each in (*releases, seen.release)}
    return SecretState(
        asked="Which secrets are set, and do the machines have them?",
        where=f"{context.target.section(PlatformSection).where} app {app}, secrets by name",
        at=started,
        again=lines.secrets,
        app=app,
        wanted=wanted,
        to_set=lines.set_secret,
        to_deploy=lines.deploy_secrets,
        secrets=tuple(
            Secret(name=each.name, set_at=each.set_at, reach=reach_of(each.set_at, seen.machines, made))
            for each in told
        ),
    )


def reach_of(at: datetime | None, machines: tuple[Machine, ...], made: Mapping[str, datetime]) -> Reach:
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
