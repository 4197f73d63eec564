"""Implements `Platform` for Fly.io."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import datetime
from typing import Any

import httpx

from verifier.core.deadline import now
from verifier.core.evidence import Cause, CouldNotLook
from verifier.core.hostname import Hostname
from verifier.core.machine import App, Machine, Release, ReleaseCommand
from verifier.core.platform import Counted, Fleet, LogPage, Platform, StoredSecret, VolumeSnapshot
from verifier.core.probe import Context
from verifier.probes.fly import hostnames, logs, prometheus, registry
from verifier.probes.fly.client import Fly
from verifier.probes.fly.control import Power
from verifier.probes.fly.hostnames import moment_of
from verifier.probes.fly.machines import metadata, read_machine, serves
from verifier.probes.fly.release import COMMAND_GROUP, configured_command, read_command, read_release
from verifier.probes.fly.section import FlySection
from verifier.probes.http.client import client

_DEPLOYED = {"deployed": True, "suspended": True, "pending": False, "dead": False}
"""What the words for an app mean (fly-go); the full set is not known."""


@contextmanager
def opened(context: Context) -> Iterator[FlyPlatform]:
    """Fly.io, for as long as the block lasts."""
    with client(context.target) as session:
        yield FlyPlatform(context, session)


class FlyPlatform(Platform):
    """Asks Fly.io about the target's app."""

    def __init__(self, context: Context, session: httpx.Client) -> None:
        self._api = Fly(context, session)
        self._power = Power(context, session)
        self._context, self._session = context, session

    def access(self) -> str:
        """Whose token it is; kinds of tokens differ in what is told of them, and nothing hangs on it."""
        self._api.app()
        try:
            tokens = self._api.tokens()
        except CouldNotLook as trouble:
            return f"not told ({trouble.cause})"
        return "; ".join(f"organization {each.get('org_slug') or 'not told'}" for each in tokens) or "not told"

    def fleet(self) -> Fleet:
        """The machines that serve, and those that no deploy manages."""
        told = self._api.machines()
        counted = Counter(str(each.get("id")) for each in told)
        if twice := [name for name, times in counted.items() if times > 1]:
            raise CouldNotLook(Cause.NO_DATA, f"the platform names machines more than once: {', '.join(twice)}")
        others = (each for each in told if not serves(each) and not metadata(each) and each.get("state") != "destroyed")
        return Fleet(
            tuple(read_machine(each) for each in told if serves(each)),
            {str(each.get("id")): str(each.get("state")) for each in others},
        )

    def machine(self, machine: str) -> Machine:
        """One machine; may be asked more often than the list."""
        return read_machine(self._api.machine(machine))

    def release(self) -> Release:
        """The newest release."""
        return read_release(self._api.release())

    def releases(self, limit: int = 25) -> list[Release]:
        """The newest releases that are readable."""
        found = []
        for each in self._api.releases(limit=limit):
            with suppress(CouldNotLook):
                found.append(read_release(each))
        return found

    def release_command(self, release: Release) -> ReleaseCommand | None:
        """The machine that ran the release's command; it destroys itself when it has ended."""
        return read_command(self._api.machines(deleted=True, group=COMMAND_GROUP), release.version)

    def configured_command(self, release: Release) -> tuple[str, ...] | None:
        """The command of the configuration that the release was made with."""
        return configured_command(self._api, release.version)

    def log_page(self, cursor: str, machine: str | None = None) -> LogPage:
        """A hundred lines at most."""
        return logs.log_page(self._api, cursor, machine)

    def secrets(self) -> list[StoredSecret]:
        """The names, with the time of the newest value."""
        told = [each for each in self._api.secrets() if each.get("name")]
        return [
            StoredSecret(str(each["name"]), moment_of(each.get("updated_at")) or moment_of(each.get("created_at")))
            for each in told
        ]

    def stop(self, machine: str) -> float:
        """With the signal and the time that its own configuration gives it."""
        return self._power.stop(machine)

    def start(self, machine: str) -> None:
        """It must be at rest."""
        self._power.start(machine)

    def replace(self, machine: str, image: str) -> None:
        """By an update of its configuration, in which the image alone is another one."""
        config = self._api.machine(machine).get("config")
        if not isinstance(config, dict):
            told = f"the platform does not show the configuration of {machine}, so nothing in it is changed"
            raise CouldNotLook(Cause.NO_DATA, told)
        self._power.update(machine, {**config, "image": image})

    def counted(self, since: datetime, until: datetime) -> Counted:
        """What Fly.io's Prometheus counted."""
        return prometheus.counted(self._api, since, until)

    def collected(self) -> dict[str, datetime]:
        """The machines that Fly.io's Prometheus tells of as being up."""
        return prometheus.collected(self._api, now())

    def prometheus(self, route: str, params: Mapping[str, str]) -> Any:  # noqa: ANN401 - any JSON
        """That of the organization; a VictoriaMetrics."""
        return self._api.prometheus(route, params)

    def app(self) -> App:
        """The app; its status is 'suspended' while it sleeps."""
        told = self._api.app()
        status = str(told.get("status") or "")
        return App(name=self._api.app_name, status=status, deployed=_DEPLOYED.get(status))

    def hostname(self, name: str) -> Hostname:
        """What Fly.io's record of the hostname says; of one that it does not know, the addresses of the app alone."""
        base = f"{self._context.target.section(FlySection).machines_url}/v1/apps/{self._api.app_name}"
        return hostnames.read(self._api, base, name)

    def has_image(self, image: str) -> bool:
        """Whether Fly.io's registry has the image's manifest."""
        return registry.has_image(self._context, self._session, image)

    def snapshots(self, app: str) -> dict[str, list[VolumeSnapshot]]:
        """Of each volume that is there."""
        volumes = [str(each["id"]) for each in self._api.volumes(app) if each.get("state") != "destroyed"]
        return {
            volume: [
                VolumeSnapshot(str(each.get("created_at") or ""), str(each.get("status") or ""))
                for each in self._api.snapshots(volume, app)
            ]
            for volume in volumes
        }
