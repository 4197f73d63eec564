"""Reads the file in the checkout that tells the platform how to run the app."""

from __future__ import annotations

from verifier.core.deadline import now
from verifier.core.evidence import Evidence
from verifier.core.evidence.finding import Finding, findings
from verifier.core.machine import ConfigurationFile
from verifier.core.platform import PlatformSection
from verifier.core.probe import Context
from verifier.probes.source.checkout import AppCheckout, root_of
from verifier.probes.source.section import AppSource


class AppConfiguration(Evidence):
    """The file, as every platform tells it."""

    told: ConfigurationFile

    @property
    def services(self) -> dict[str, str]:
        """Service → its health checks, and what else is judged of it."""
        return {each.name: f"{each.checks} health checks" for each in self.told.services}

    def unwatched(self) -> list[Finding]:
        """Services that no health check looks at; the file itself, if it has no check at all."""
        remedy = f"add a check to it in {self.told.file}: path, interval, timeout, grace_period"
        blind = {each.name: "" for each in self.told.services if not each.checks}
        if not self.told.services and not self.told.checks:
            blind = {self.told.file: "no service, and no check"}
        return findings("no health check", blind, remedy=remedy)

    def plain_http(self) -> list[Finding]:
        """Services that answer plain HTTP."""
        open_ones = [each.name for each in self.told.services if each.forces_https is False]
        return findings("plain HTTP is not sent to HTTPS", open_ones, remedy=f"force_https = true in {self.told.file}")

    def may_be_empty(self) -> list[Finding]:
        """Services of which no machine stays when nobody uses them."""
        few = {
            each.name: f"min_machines_running is {each.minimum_running}, and idle machines are stopped"
            for each in self.told.services
            if each.stops_idle and each.minimum_running < 1
        }
        remedy = f"min_machines_running = 1 in {self.told.file}"
        return findings("no machine keeps running", few, remedy=remedy)

    def misspelt(self) -> list[Finding]:
        """Keys that the platform drops in silence, and that are meant to be others."""
        meant = {key: f"did you mean {near}?" for key, near in self.told.misspelt.items()}
        return findings("key that the platform does not know", meant, remedy=self.told.validate_command)


def observe_app_configuration(context: Context) -> AppConfiguration:
    """Let the target's platform read its file.

    Raises:
        CouldNotLook: as `observe_checkout`; no-data or precondition, if there is no file or it cannot be read.
    """
    checkout, root, started = context.get("checkout", AppCheckout), root_of(context), now()
    name = context.target.section(AppSource).configuration
    told = context.target.section(PlatformSection).configuration(root, name)
    return AppConfiguration(
        asked="Does the app's own file tell the platform to run it well?",
        where=f"{told.file} of {root.name} at commit {checkout.short}",
        at=started,
        again=told.validate_command,
        told=told,
    )
