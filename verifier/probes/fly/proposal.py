"""Whether an app runs on Fly.io, by its address and by its fly.toml, and what both say of it."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from verifier.core.config.files import Mistakes, read_toml
from verifier.core.config.proposal import Proposed
from verifier.core.survey import Survey
from verifier.probes.fly.configuration import FILE
from verifier.probes.fly.section import FlySection


def proposed(survey: Survey) -> Iterator[Proposed]:
    """The app's name, and addresses that are not Fly.io's own; nothing if neither address nor checkout names Fly.io."""
    host = urlsplit(survey.context.url).hostname or ""
    configured = _configured(survey.checkout)
    named, elsewhere = str(configured.get("app") or ""), _elsewhere()
    if FlySection.owns(host):
        name = host.removesuffix(".fly.dev")
        yield Proposed(content={"app": name}, seen=(f"{host} is the Fly app {name}",))
    elif named and (elsewhere or not _is_here(host)):
        yield Proposed(content={"app": named}, seen=(f"{FILE} of the checkout names the app {named}",))
        yield Proposed(assumed=(f"{host} is an address of it",))
    else:
        return
    yield Proposed(
        "platform", unknown=("its machines, releases and log: export FLY_API_TOKEN (fly tokens create readonly)",)
    )
    if elsewhere:
        yield Proposed("platform", elsewhere, seen=("the environment names another platform API than Fly.io's own",))
    if strategy := (configured.get("deploy") or {}).get("strategy"):
        told = f"strategy: {FILE} says {strategy}, and a --strategy of fly deploy wins"
        yield Proposed("deploy", unknown=(told,))
    if region := configured.get("primary_region"):
        yield Proposed("deploy", unknown=(f"regions: {FILE} names {region} as the first one, and no others",))


def _is_here(host: str) -> bool:
    """Whether it is this machine: what is tried out here is not the app that runs at Fly.io."""
    with suppress(ValueError):
        return ipaddress.ip_address(host).is_loopback
    return host == "localhost"


def _configured(checkout: Path | None) -> dict[str, Any]:
    if checkout is None:
        return {}
    try:
        return read_toml(checkout / FILE, FILE)
    except Mistakes:
        return {}


def _elsewhere() -> dict[str, str]:
    """Addresses that the environment gives, so that the file says the same without it."""
    usual, given = FlySection.model_construct(), FlySection.model_validate({})
    return {
        key: value
        for key in ("machines_url", "api_url", "releases_url", "registry_url")
        if (value := getattr(given, key)) and value != getattr(usual, key)
    }
