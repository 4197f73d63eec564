"""Proposes `[domain]`, where the address is not the platform's own."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator
from contextlib import suppress
from urllib.parse import urlsplit

from verifier.core.config.proposal import Proposed
from verifier.core.platform import platforms
from verifier.core.survey import Survey


def propose(survey: Survey) -> Iterator[Proposed]:
    """The hostname of the address, if people would call it a domain."""
    host = (urlsplit(survey.context.url).hostname or "").lower()
    if "." not in host or _is_address(host) or any(each.owns(host) for each in platforms().values()):
        yield Proposed("domain", perhaps={"custom-domain": "it has no domain of its own"})
        return
    yield Proposed("domain", {"hostnames": [host]}, assumed=("it has no other hostnames",))


def _is_address(host: str) -> bool:
    with suppress(ValueError):
        return bool(ipaddress.ip_address(host))
    return False
