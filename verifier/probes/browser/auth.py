"""Signs the browser in: headers, a saved session, HTTP basic, or a login step in a small Python file.

The login runs once, in a browser context of its own; every page starts from its storage state, in another context.
"""

from __future__ import annotations

import importlib.util
import json
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, BrowserContext, Error, Response, Route

from verifier.core.evidence import Cause, CouldNotLook
from verifier.core.probe import Context
from verifier.core.redaction import REDACTOR
from verifier.probes.browser.console import origin
from verifier.probes.browser.entry_section import BrowserEntry
from verifier.probes.browser.section import Dashboard

LOGIN = 30.0
"""Seconds for each Playwright call of the login step."""
ASKS = "it asks for a user name and a password; see basic in [entry] of the target"
_SESSIONS: dict[str, Any] = {}
_UNAUTHORIZED = 401
_ALONE = threading.Lock()


def brought_along(context: Context, browser: Browser) -> dict[str, Any]:
    """The arguments of Playwright's `new_context` that sign a page in.

    Raises:
        CouldNotLook: missing-credential, if a secret is not found; precondition, if a file is malformed;
            unauthorized, if the login step fails.
    """
    entry = context.target.section(BrowserEntry)
    arguments: dict[str, Any] = {}
    if entry.basic:
        user, _, password = context.credentials.named(entry.basic).partition(":")
        arguments["http_credentials"] = {"username": user, "password": password, "origin": origin(context.url)}
    session = _session(context, browser)
    return arguments | ({"storage_state": session} if session else {})


def send_headers(context: Context, opened: BrowserContext) -> None:
    """Add the target's headers to requests to its own origin only, so that no other learns them."""
    entry = context.target.section(BrowserEntry)
    secret = {name: context.credentials.named(variable) for name, variable in entry.secret_headers.items()}
    added = {**entry.headers, **secret}
    if not added:
        return
    own = origin(context.url)

    def forward(route: Route) -> None:
        route.continue_(headers={**route.request.headers, **added})

    opened.route(lambda url: origin(url) == own, forward)


def need_no_password(answer: Response | None) -> None:
    """Require that the page did not ask for HTTP basic credentials.

    A headless shell shows the body of the 401; a full Chromium fails with a network error.

    Raises:
        CouldNotLook: unauthorized, if it asked.
    """
    if answer and answer.status == _UNAUTHORIZED:
        challenge = answer.header_value("www-authenticate") or ""
        if challenge.lower().startswith("basic"):
            raise CouldNotLook(Cause.UNAUTHORIZED, f"{answer.url}: {ASKS}")


def address(context: Context, route: str) -> str:
    """The address at which an operator opens a route: that of the embedding page, if there is one."""
    embedded = context.target.section(BrowserEntry).embedded
    return embedded.url if embedded and route == _dashboard(context) else context.url + route


def _dashboard(context: Context) -> str:
    dashboard = context.target.get(Dashboard)
    return dashboard.path if dashboard else ""


def saved_session(context: Context) -> Any:  # noqa: ANN401 - Playwright's storage state
    """The storage state from the target's file or secret; None if it names none.

    Raises:
        CouldNotLook: missing-credential or precondition, if it cannot be read.
    """
    entry = context.target.section(BrowserEntry)
    if entry.storage_secret:
        return _parsed(context.credentials.named(entry.storage_secret), f"the secret {entry.storage_secret}")
    if entry.storage_state:
        return _parsed(_text(Path(entry.storage_state)), entry.storage_state)
    return None


def _session(context: Context, browser: Browser) -> Any:  # noqa: ANN401 - Playwright's storage state
    entry, saved = context.target.section(BrowserEntry), saved_session(context)
    if saved:
        return saved
    if entry.login:
        with _ALONE:
            if context.run not in _SESSIONS:
                _SESSIONS[context.run] = _logged_in(context, browser, Path(entry.login))
            return _SESSIONS[context.run]
    return None


def _parsed(text: str, what: str) -> Any:  # noqa: ANN401 - Playwright's storage state
    try:
        state = json.loads(text)
    except ValueError:
        state = None
    if not isinstance(state, dict) or not isinstance(state.get("cookies"), list):
        raise CouldNotLook(
            Cause.PRECONDITION,
            f"{what} is no storage state: JSON with 'cookies' and 'origins', as Playwright saves it",
            remedy="playwright open --save-storage=session.json URL, sign in, and close the window",
        )
    for cookie in state["cookies"]:
        _learn(cookie)
    return state


def _learn(cookie: Any) -> None:  # noqa: ANN401 - whatever stands in the file
    if isinstance(cookie, dict) and isinstance(cookie.get("value"), str):
        REDACTOR.learn(cookie["value"])


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as trouble:
        remedy = f"playwright open --save-storage={path} URL, sign in, and close the window"
        raise CouldNotLook(Cause.PRECONDITION, f"[entry] {path}: cannot be read ({trouble})", remedy=remedy) from None


def _logged_in(context: Context, browser: Browser, path: Path) -> Any:  # noqa: ANN401 - Playwright's storage state
    login = _step(path)
    arguments: dict[str, Any] = {"user_agent": context.target.user_agent}
    opened = browser.new_context(**arguments)
    try:
        page = opened.new_page()
        page.set_default_timeout(1000 * context.deadline.shorter(LOGIN).remaining())
        login(page, context.url, context.credentials.named)
        state = opened.storage_state()
    except CouldNotLook:
        raise
    except Exception as trouble:
        if isinstance(trouble, Error) and "has been closed" in trouble.message:
            raise
        words = str(trouble).strip().splitlines()[0] if str(trouble).strip() else type(trouble).__name__
        raise CouldNotLook(
            Cause.UNAUTHORIZED, f"the login step {path} did not get in: {words}", remedy=f"try it by hand; see {path}"
        ) from None
    finally:
        opened.close()
    for cookie in state["cookies"]:
        _learn(cookie)
    return state


def _step(path: Path) -> Callable[..., Any]:
    specification = importlib.util.spec_from_file_location("login_step", path)
    try:
        if specification is None or specification.loader is None:
            raise ImportError(f"{path} is no Python file")  # noqa: TRY301 - one answer for every way it can be missing
        module = importlib.util.module_from_spec(specification)
        specification.loader.exec_module(module)
        step: Callable[..., Any] = module.login
    except Exception as trouble:  # noqa: BLE001 - whatever a file of somebody else's raises
        raise CouldNotLook(
            Cause.PRECONDITION,
            f"[entry] login {path}: {type(trouble).__name__}: {trouble}",
            remedy="a Python file with: def login(page, url, secret)",
        ) from None
    return step
