"""HTTP requests with the credentials of `[entry]`: headers, basic, saved cookies."""

from __future__ import annotations

import base64
from typing import Any
from urllib.parse import urlsplit

import httpx

from verifier.core.probe import Context
from verifier.probes.browser.auth import saved_session
from verifier.probes.browser.console import origin
from verifier.probes.browser.entry_section import BrowserEntry
from verifier.probes.http.client import client


def visitor(context: Context) -> httpx.Client:
    """A client with the credentials of `[entry]`, sent to the target's own origin only; without the login step.

    Raises:
        CouldNotLook: missing-credential, if a secret is not found; precondition, if a file is malformed.
    """
    own, added = origin(context.url), entry_headers(context)

    def add(request: httpx.Request) -> None:
        if origin(str(request.url)) == own:
            request.headers.update(added)

    session = client(context.target)
    session.event_hooks = {"request": [add]}
    return session


def entry_headers(context: Context) -> dict[str, str]:
    """The headers that authenticate a request to the target's own origin.

    Raises:
        CouldNotLook: as `visitor`.
    """
    entry = context.target.section(BrowserEntry)
    added = dict(entry.headers)
    added |= {name: context.credentials.named(variable) for name, variable in entry.secret_headers.items()}
    if entry.basic:
        word = base64.b64encode(context.credentials.named(entry.basic).encode()).decode()
        added["authorization"] = f"Basic {word}"
    cookies = _cookies(saved_session(context) or {}, urlsplit(context.url).hostname or "")
    return added | ({"cookie": cookies} if cookies else {})


def _cookies(state: dict[str, Any], host: str) -> str:
    """The cookies of a saved session that apply to every path of `host`."""
    found = []
    for each in state.get("cookies", []):
        domain = str(each.get("domain", ""))
        fits = host == domain.lstrip(".") or (domain.startswith(".") and host.endswith(domain))
        if fits and each.get("path", "/") == "/":
            found.append(f"{each['name']}={each['value']}")
    return "; ".join(found)
