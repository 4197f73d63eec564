"""`python -m verifier schema`: the published schemas are those of the models, and agree with what a run accepts."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from tests.support.runs.toy import CHECKOUT
from verifier.commands.schema import SCHEMAS, schema

FILES = {
    "contract": [CHECKOUT / "definition_of_done.toml"],
    "target": [
        *sorted((CHECKOUT / "targets").glob("*.toml")),
        CHECKOUT / "tests" / "second_app" / "target.toml",
    ],
}
MINIMAL: dict[str, Any] = {"title": "a toy", "app": "toy", "url": "http://127.0.0.1:9"}


def objections(of: str, content: object) -> list[str]:
    published = json.loads((CHECKOUT / "docs" / "schema" / f"{of}.schema.json").read_text(encoding="utf-8"))
    return [each.message for each in jsonschema.Draft202012Validator(published).iter_errors(content)]


@pytest.mark.parametrize("of", SCHEMAS)
def test_the_published_schema_is_that_of_the_model(of: str) -> None:
    path = CHECKOUT / "docs" / "schema" / f"{of}.schema.json"
    assert path.read_text(encoding="utf-8") == schema(of), f"python -m verifier schema {of} > docs/schema/{path.name}"


@pytest.mark.parametrize(("of", "path"), [(of, path) for of, paths in FILES.items() for path in paths])
def test_a_file_names_its_schema_and_has_its_shape(of: str, path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    named = text.splitlines()[0].removeprefix("#:schema ")
    assert (path.parent / named).resolve() == CHECKOUT / "docs" / "schema" / f"{of}.schema.json"
    assert objections(of, tomllib.loads(text)) == []


@pytest.mark.parametrize(
    "change",
    [
        {"platform": {"machines": "none"}},
        {"platform": {"machines_url": "http://127.0.0.1:9", "api_url": "http://127.0.0.1:9"}},
        {"health": {"endpoint": [{"path": "/health", "claims": {"status": "ok", "ready": True}}]}},
        {"limit": {"tiles-under-3s": {"seconds": 2.0, "reason": "it is small"}}},
    ],
)
def test_what_a_target_may_say_is_in_it(change: dict[str, Any]) -> None:
    assert objections("target", {**MINIMAL, **change}) == []


@pytest.mark.parametrize(
    "change",
    [
        {"writes": "sometimes"},
        {"dashbord": {}},
        {"dashboard": {"path": "/", "ready": "h1", "tile": []}},
        {"platform": {"machines": "some"}},
        {"health": {"endpoint": [{"path": "health"}]}},
        {"limit": {"tiles-under-3s": {"seconds": -1, "reason": "it is small"}}},
        {"waiver": []},
    ],
)
def test_what_it_may_not_say_is_an_objection(change: dict[str, Any]) -> None:
    assert objections("target", {**MINIMAL, **change})


def test_keys_are_explained_where_an_editor_shows_it() -> None:
    made = SCHEMAS["target"]()
    dashboard = made["$defs"]["Dashboard"]
    assert dashboard["properties"]["settle"]["description"] == "seconds for which content must stay to count."
    assert "Attributes" not in dashboard["description"]
