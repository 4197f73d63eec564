"""The keys of `[platform]` for an app on Fly.io, or on what stands in for it."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, ClassVar, Literal
from urllib.parse import urlsplit

from pydantic import model_validator

from verifier.core.config.proposal import Proposed
from verifier.core.config.target import Target
from verifier.core.config.types import Url
from verifier.core.machine import ConfigurationFile, ConfiguredApp
from verifier.core.platform import ByHand, PlatformSection
from verifier.core.subject import Reference
from verifier.core.survey import Survey
from verifier.probes.fly.configuration import configured_app, read_configuration

_MACHINES = "https://api.machines.dev"
_VARIABLES = {
    "machines_url": "FLY_FLAPS_BASE_URL",
    "api_url": "FLY_API_BASE_URL",
    "releases_url": "FLY_UIEX_BASE_URL",
    "registry_url": "FLY_REGISTRY_HOST",
}
"""flyctl's own variables for the same addresses."""


class FlySection(PlatformSection):
    """Fly.io, or what stands in for it.

    An address that the file does not give comes from the variable that flyctl reads for it, else it is Fly.io's.
    A file that gives an address gives all of them: a token must not go to the file's host and to the variable's.
    """

    title: ClassVar[str] = "Fly.io"
    opens: ClassVar[Reference] = Reference("verifier.probes.fly.platform", "opened")
    credential: ClassVar[str | None] = "fly"
    machine_header: ClassVar[str] = "fly-force-instance-id"
    release_name: ClassVar[str] = "Fly v{}"
    machines: Literal["told"] = "told"
    machines_url: Url = _MACHINES
    api_url: Url = "https://api.fly.io"
    releases_url: Url | None = None
    registry_url: Url | None = None

    @classmethod
    def reads(cls, given: Mapping[str, Any], name: str) -> bool:
        """Also what names no platform: this one was there first."""
        return given.get("kind") == name or ("kind" not in given and given.get("machines") != "none")

    @classmethod
    def owns(cls, host: str) -> bool:
        """Whether it is one of Fly.io's own names."""
        return host.endswith(".fly.dev")

    @classmethod
    def proposed(cls, survey: Survey) -> Iterator[Proposed]:
        """What the address and fly.toml of the checkout say."""
        yield from Reference("verifier.probes.fly.proposal", "proposed").get()(survey)

    @classmethod
    def configured(cls, folder: Path) -> ConfiguredApp | None:
        """What its fly.toml calls it."""
        return configured_app(folder)

    def mistakes(self, target: Target) -> Iterator[str]:
        """An address that is not the app's."""
        if not re.fullmatch(r"[a-z0-9][a-z0-9-]*", target.app):
            yield "app: must be the name of a Fly app: lower-case letters, digits, hyphens"
        host = urlsplit(target.url or "").hostname or ""
        if self.owns(host) and host != f"{target.app}.fly.dev":
            yield f"url: {host} is not the address of the Fly app '{target.app}', which is {target.app}.fly.dev"

    @property
    def where(self) -> str:
        """The Machines API."""
        return self.machines_url

    @property
    def public_page(self) -> str | None:
        """The list of regions."""
        return f"{self.machines_url}/v1/platform/regions"

    @property
    def registry(self) -> Url:
        """Where images are asked for: Fly.io's registry, or what stands in for the whole platform."""
        return self.registry_url or ("https://registry.fly.io" if self.machines_url == _MACHINES else self.machines_url)

    @property
    def releases(self) -> Url:
        """Where releases are asked for; flyctl has a variable of its own for it."""
        return self.releases_url or self.api_url

    def page(self, app: str, machine: str = "") -> str:
        """The app on Fly's dashboard, which knows of no other API than Fly's own."""
        at_fly = self.machines_url == type(self).model_fields["machines_url"].default
        return f"https://fly.io/apps/{app}{'/machines/' * bool(machine)}{machine}" if at_fly else ""

    def by_hand(self, app: str) -> ByHand:
        """The same with flyctl."""
        return ByHand(
            machines=f"fly status --json -a {app}",
            releases=f"fly releases -a {app}",
            logs=f"fly logs -a {app} --no-tail",
            secrets=f"fly secrets list -a {app}",
            metrics=f"fly dashboard metrics -a {app}",
            snapshots="fly volumes snapshots list {}",
            start=f"fly machine start {{}} -a {app}",
            stop=f"fly machine stop {{}} -a {app}",
            move=f"fly machine clone {{}} -a {app} && fly machine destroy --force {{}} -a {app}",
            access=f"fly auth whoami; fly status -a {app}",
            status="https://status.flyio.net",
            set_secret=f"fly secrets set NAME=… -a {app}",
            deploy_secrets=f"fly secrets deploy -a {app}",
            machine_log=f"fly logs --no-tail -a {app} --machine {{}}",
            mend_command="mend [deploy] of fly.toml",
            uncordon=f"fly machine uncordon {{}} -a {app}",
            create=f"fly apps create {app}",
            scale=f"fly scale count 2 -a {app} (--region REGION)",
            deploy=f"fly deploy -a {app} --strategy {{}}",
            mend_checks="add [[http_service.checks]] with a path that answers to fly.toml, and deploy",
            mend_http="force_https = true in fly.toml",
            hostname=f"fly certs setup {{}} -a {app}",
            rollback=f"fly deploy -a {app} --image {{}}",
            replace=f"fly machine update {{machine}} --image {{image}} -a {app} --yes",
        )

    def configuration(self, root: Path, name: str | None) -> ConfigurationFile:
        """What fly.toml says."""
        return read_configuration(root, name)

    @model_validator(mode="before")
    @classmethod
    def _as_flyctl_does(cls, given: Any) -> Any:  # noqa: ANN401 - pydantic hands over raw input
        if not isinstance(given, Mapping) or given.keys() & _VARIABLES.keys():
            return given
        found = {key: os.environ.get(name, "").strip() for key, name in _VARIABLES.items()}
        found["machines_url"] = _origin(found["machines_url"])
        if found["registry_url"] and "://" not in found["registry_url"]:  # flyctl's variable holds the host alone
            found["registry_url"] = f"https://{found['registry_url']}"
        return {**given, **{key: value for key, value in found.items() if value}}


def _origin(url: str) -> str:
    """Scheme, host and port: flyctl drops the path of this address and adds its own."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}" if parts.netloc else url
