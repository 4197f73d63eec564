"""HTTP probes bring along what lets a browser in, to the target's own origin and to no other."""

from __future__ import annotations

import json
from pathlib import Path

import httpx
import pytest

from tests.support.pages.tile_browser import context
from verifier.core.config.target import new_target
from verifier.probes.browser.http_session import visitor

STATE = {
    "cookies": [
        {"name": "own", "value": "1", "domain": "app.example", "path": "/"},
        {"name": "wide", "value": "2", "domain": ".example", "path": "/"},
        {"name": "deep", "value": "3", "domain": "app.example", "path": "/admin"},
        {"name": "foreign", "value": "4", "domain": "other.example", "path": "/"},
    ],
    "origins": [],
}


def test_headers_basic_and_cookies_go_to_the_own_origin_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DOOR", "open-sesame")
    monkeypatch.setenv("PAIR", "me:word")
    (tmp_path / "session.json").write_text(json.dumps(STATE), encoding="utf-8")
    entry = {"headers": {"x-plain": "here"}, "secret_headers": {"x-door": "DOOR"}, "basic": "PAIR"}
    entry |= {"storage_state": str(tmp_path / "session.json")}
    target = new_target(title="an app", app="app", url="https://app.example", entry=entry)
    session = visitor(context(target))
    asked: list[httpx.Request] = []
    session._transport = httpx.MockTransport(lambda request: asked.append(request) or httpx.Response(200))

    with session:
        session.get("https://app.example/app")
        session.get("https://other.example/app")

    brought = [
        {name: each.headers.get(name) for name in ("x-plain", "x-door", "authorization", "cookie")} for each in asked
    ]
    assert brought[0] == {
        "x-plain": "here",
        "x-door": "open-sesame",
        "authorization": "Basic bWU6d29yZA==",
        "cookie": "own=1; wide=2",
    }
    assert set(brought[1].values()) == {None}
