"""How a browser gets in, and what is said of one that does not."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.support.pages.browsers import usual_browser
from tests.support.probe_context import looking_at
from tests.support.servers.door import LOGIN, PASSWORD, STATES, doors
from verifier.core.evidence import CouldNotLook
from verifier.probes.browser.path import VARIABLE
from verifier.probes.browser.visits import VisitState, observe_visits

SECRETS = {
    "TOY_PASSWORD": PASSWORD,
    "TOY_BASIC": f"me:{PASSWORD}",
    "TOY_SESSION": json.dumps(STATES["session"]),
    "TOY_EXPIRED": json.dumps(STATES["expired"]),
}


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    with doors() as found:
        yield found


def visited(port: int, run: str, entry: dict[str, Any], path: str = "/") -> VisitState:
    """What the probe sees of the page, with this entry."""
    return observe_visits(looking_at(f"http://127.0.0.1:{port}", SECRETS, run, path=path, entry=entry))


@pytest.mark.parametrize(
    ("entry", "path"),
    [
        ({"storage_secret": "TOY_SESSION"}, "/"),
        ({"secret_headers": {"x-door": "TOY_PASSWORD"}}, "/"),
        ({"basic": "TOY_BASIC"}, "/basic"),
        ({"login": "login.py"}, "/"),
        ({"storage_state": "session.json"}, "/"),
    ],
    ids=["a session from a secret", "a header", "basic", "a login step", "a session from a file"],
)
def test_a_browser_gets_in(
    port: int, entry: dict[str, Any], path: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("login.py").write_text(LOGIN, encoding="utf-8")
    Path("session.json").write_text(json.dumps(STATES["session"]), encoding="utf-8")

    seen = visited(port, str(tmp_path), entry, path)

    assert seen.visits[path].title == "Dashboard"
    assert seen.pictures["page.png"].startswith(b"\x89PNG")


def test_the_app_is_found_inside_a_page_of_another_origin(port: int) -> None:
    around = f"http://localhost:{port}/around?http://127.0.0.1:{port}/"
    seen = visited(port, "embedded", {"secret_headers": {"x-door": "TOY_PASSWORD"}, "embedded": {"url": around}})

    assert (seen.visits["/"].title, seen.visits["/"].signed_in) == ("Admin", True)


@pytest.mark.parametrize(
    ("entry", "path", "told"),
    [
        ({}, "/", "shows 'Sign in', not the dashboard"),
        ({"storage_secret": "TOY_EXPIRED"}, "/", "shows 'Sign in', not the dashboard"),
        ({"embedded": {"url": "http://localhost:PORT/login"}}, "/", "shows no frame 'iframe'"),
    ],
    ids=["nothing", "an expired session", "a page that embeds nothing"],
)
def test_who_is_not_let_in_says_so_with_a_picture(port: int, entry: dict[str, Any], path: str, told: str) -> None:
    entry = json.loads(json.dumps(entry).replace("PORT", str(port)))

    with pytest.raises(CouldNotLook, match="unauthorized") as caught:
        visited(port, "closed", entry, path)

    assert told in caught.value.what
    assert "[entry]" in caught.value.remedy
    assert caught.value.pictures["page.png"].startswith(b"\x89PNG")


@pytest.mark.parametrize("usual", [True, False], ids=["usual browser", "browser of the tests"])
def test_a_page_that_asks_for_a_password_is_closed(port: int, usual: bool, monkeypatch: pytest.MonkeyPatch) -> None:  # noqa: FBT001 - a parameter
    if usual:
        monkeypatch.setenv(VARIABLE, usual_browser())

    with pytest.raises(CouldNotLook, match=r"unauthorized: .*asks for a user name and a password"):
        visited(port, "closed", {}, "/basic")


@pytest.mark.parametrize(
    ("entry", "cause"),
    [
        ({"storage_secret": "TOY_NOWHERE"}, "missing-credential"),
        ({"storage_secret": "TOY_PASSWORD"}, "precondition"),
        ({"storage_state": "nowhere.json"}, "precondition"),
        ({"login": "nowhere.py"}, "precondition"),
        ({"login": "wrong.py"}, "unauthorized"),
    ],
    ids=["no secret", "no storage state", "no file", "no login step", "a login that fails"],
)
def test_what_cannot_let_anybody_in_is_named(
    port: int, entry: dict[str, Any], cause: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("wrong.py").write_text("def login(page, url, secret):\n    raise ValueError('no such user')\n", "utf-8")

    with pytest.raises(CouldNotLook) as caught:
        visited(port, str(tmp_path), entry)

    assert (str(caught.value.cause), caught.value.remedy != "") == (cause, True)
