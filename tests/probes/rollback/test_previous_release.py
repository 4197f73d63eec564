"""The previous release is asked with the schema before and with the new one; what only the new one breaks is red."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from tests.support.runs.application import Application
from tests.support.runs.repository import Repository
from tests.support.servers.container_runtime import container_runtime
from verifier.core.evidence import Cause, CouldNotLook, require
from verifier.probes.migrations.schema import SchemaState
from verifier.probes.rollback import previous_image, previous_release
from verifier.probes.rollback.previous_release import PreviousRelease, Replayed, observe_previous_release

SHIPPED = "create table notes (id int, text text);\ncreate table tags (id int, name text);\n"
LESS = "alter table notes rename column text to body;\n"
MORE = "alter table notes add column seen timestamptz;\n"
FOLDER = "supabase/migrations"
SECTIONS: dict[str, Any] = {
    "traffic": {"paths": ["/api/notes", "/api/tags"]},
    "health": {"endpoint": [{"path": "/health"}]},
}


@pytest.fixture
def runtime(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("PATH", container_runtime(tmp_path / "runtime"))
    yield
    left = [each.name for each in (tmp_path / "runtime").iterdir() if each.name.startswith("previous-release")]
    assert left == [], "every container is removed"


def observed(folder: Path, migration: str, image: str = "toy:41", since: str | None = "HEAD") -> PreviousRelease:
    app = Repository(folder)
    app.commit({f"{FOLDER}/20250101000000_notes.sql": SHIPPED})
    if migration:
        app.write({f"{FOLDER}/20250102000000_next.sql": migration})
    context = app.context({"since": since, "previous_release": image}, **SECTIONS)
    return observe_previous_release(replace(context, tell=lambda *_, **__: None))


@pytest.mark.usefixtures("runtime")
def test_a_column_that_the_previous_release_reads_is_missed(tmp_path: Path) -> None:
    seen = observed(tmp_path, LESS)

    assert seen.broken() == {"/api/notes": "HTTP 500, HTTP 200 with the schema before"}
    assert seen.replies.keys() == {"/", "/health", "/api/notes", "/api/tags"}
    assert seen.proved() is None


@pytest.mark.usefixtures("runtime")
def test_what_only_adds_leaves_the_previous_release_alone(tmp_path: Path) -> None:
    seen = observed(tmp_path, MORE)

    assert (seen.broken(), seen.proved()) == ({}, None)
    assert seen.told() == {
        "/": "HTTP 404, HTTP 404 with the schema before",
        **dict.fromkeys(("/health", "/api/notes", "/api/tags"), "HTTP 200, HTTP 200 with the schema before"),
    }


@pytest.mark.usefixtures("runtime")
@pytest.mark.parametrize(
    ("migration", "image", "since", "cause", "told"),
    [
        (MORE, "no-such-image", "HEAD", Cause.PRECONDITION, "the image does not start: Unable to find image"),
        (MORE, "reads-nothing", "HEAD", Cause.PRECONDITION, "did not use the database"),
        (MORE, "asks-for-a-login", "HEAD", Cause.UNAUTHORIZED, "asks for a login: /health, /api/notes"),
        ("insert into nowhere values (1);", "toy:41", "HEAD", Cause.PRECONDITION, "next.sql does not apply"),
        (MORE, "toy:41", None, Cause.PRECONDITION, "not known which migrations"),
        ("", "toy:41", "HEAD", Cause.NO_DATA, "none of 1 migrations is new since HEAD"),
    ],
)
def test_what_could_not_be_tried_is_never_well(  # noqa: PLR0913, PLR0917 - the columns of the table
    tmp_path: Path, migration: str, image: str, since: str | None, cause: Cause, told: str
) -> None:
    with pytest.raises(CouldNotLook, match=told) as caught:
        require(observed(tmp_path, migration, image, since).proved())

    assert caught.value.cause == cause


def test_without_a_runtime_it_could_not_be_tried(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(previous_image, "RUNTIMES", ("no-such-runtime",))

    with pytest.raises(CouldNotLook, match="nothing here runs an image"):
        observed(tmp_path, MORE)


def test_at_an_address_the_new_schema_must_be_there(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    answers = {"/health": 200, "/api/notes": 500, "/api/tags": 200}
    replies = [(path, SimpleNamespace(status=status, trouble="")) for path, status in answers.items()]
    monkeypatch.setattr(previous_release, "asked", lambda *_: replies)
    live = {"asked": "?", "where": "live", "at": "2026-01-01T00:00:00Z", "again": "look", "files": 1, "compared": 9}
    schema = SchemaState(**live, missing=(), extra=(), different=())
    app = Repository(tmp_path)
    context = app.context({"previous_release": "http://127.0.0.1:9"}, **SECTIONS)

    seen = observe_previous_release(replace(context, get=lambda *_: schema))

    assert seen.broken() == {"/api/notes": "HTTP 500"}
    for behind in ({"pending": ("b.sql",)}, {"missing": ("relation notes",)}):
        with pytest.raises(CouldNotLook, match="does not have the new schema yet"):
            observe_previous_release(replace(context, get=lambda *_, lack=behind: schema.model_copy(update=lack)))


@pytest.mark.parametrize(
    ("replies", "cause"),
    [
        ({"/a": Replayed(status=404)}, Cause.NO_DATA),
        ({"/a": Replayed(status=200), "/b": Replayed(status=401)}, Cause.UNAUTHORIZED),
        ({"/a": Replayed(status=500, before=500)}, Cause.NO_DATA),
    ],
)
def test_answers_that_say_nothing_are_no_proof(replies: dict[str, Replayed], cause: Cause) -> None:
    told = {"asked": "?", "where": "here", "at": "2026-01-01T00:00:00Z", "again": "look", "release": "toy:41"}
    seen = PreviousRelease(**told, compared=True, replies=replies)

    assert seen.broken() == {}
    problem = seen.proved()
    assert problem is not None
    assert problem.cause == cause


TARGET = """
[health]
endpoint = [{ path = "/health" }]

[traffic]
paths = ["/api/notes"]
"""


@pytest.mark.usefixtures("runtime")
def test_the_command_ends_red_and_names_the_request(tmp_path: Path) -> None:
    app = Application(tmp_path)
    app.commit({f"{FOLDER}/20250101000000_notes.sql": SHIPPED})
    app.write({f"{FOLDER}/20250102000000_less.sql": LESS})

    ended = app.judged("--since", "HEAD", "--previous-release", "toy:41", target=TARGET)

    assert ended.ending == ("NOT DONE", 1), ended.output
    found = [each for check in ended.item("migrations-apply")["checks"] for each in check["findings"]]
    told = {each["subject"]: each["detail"] for each in found if "previous release" in each["problem"]}
    assert told == {"/api/notes": "HTTP 500, HTTP 200 with the schema before"}
