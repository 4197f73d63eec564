"""Which release could be gone back to, and what is in the way."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any
from unittest.mock import Mock

import psycopg
import pytest

from verifier.core.evidence import Cause, CouldNotLook, Obstacle, require
from verifier.core.machine import Machine, Release
from verifier.core.platform import StoredSecret
from verifier.core.probe import CallerOptions, Context
from verifier.embedded.server import scratch_server
from verifier.probes.rollback import history
from verifier.probes.rollback.evidence import RollbackState
from verifier.probes.rollback.history import migrations_since
from verifier.probes.rollback.probe import release_before, set_since

NOW = datetime(2026, 9, 10, 12, 30, tzinfo=UTC)
NO = Obstacle(cause=Cause.UNAUTHORIZED, what="not told")


def release(version: int, image: str | None = "", status: str = "complete") -> Release:
    made = NOW - timedelta(hours=100 - version)
    name = image if image != "" else f"registry.fly.io/toy:v{version}"
    return Release(id=f"r{version}", version=version, status=status, created_at=made, image=name)


def machine(tag: str, name: str = "m") -> Machine:
    return Machine(id=name, state="started", tag=tag)


@pytest.mark.parametrize(
    ("releases", "machines", "found", "passed_by"),
    [
        ([release(9), release(8)], (machine("v9"),), 8, {}),
        ([release(8), release(9), release(7)], (machine("v9"),), 8, {}),
        ([release(9)], (machine("v9"),), None, {}),
        ([release(9), release(8, status="failed"), release(7)], (machine("v9"),), 7, {"release 8": "'failed'"}),
        ([release(9), release(8, status="running"), release(7)], (machine("v9"),), 7, {"release 8": "'running'"}),
        ([release(9), release(8, None), release(7)], (machine("v9"),), 7, {"release 8": "does not tell its image"}),
        # A change of secrets makes a release with the same image.
        ([release(9, "toy:v8"), release(8, "toy:v8"), release(7)], (machine("v8"),), 7, {"release 8": "runs now"}),
        # After a deploy that failed the one before may be running, and after one that stopped half-way both are.
        ([release(9, status="failed"), release(8), release(7)], (machine("v8"),), 7, {"release 8": "runs now"}),
        ([release(9, status="failed"), release(8)], (machine("v8"), machine("v9", "n")), 8, {}),
    ],
)  # fmt: skip
def test_the_way_back_leads_to_the_newest_good_release_with_another_image(
    releases: list[Release], machines: tuple[Machine, ...], found: int | None, passed_by: dict[str, str]
) -> None:
    current = next(each for each in releases if each.version == 9)

    previous, reasons = release_before(current, releases, machines)

    assert (previous.version if previous else None) == found
    assert reasons.keys() == passed_by.keys()
    assert all(passed_by[name] in reason for name, reason in reasons.items())


def test_secrets_that_were_set_since_are_told_and_undated_ones_too() -> None:
    secrets = [StoredSecret("OLD", NOW), StoredSecret("NEW", NOW + timedelta(seconds=1)), StoredSecret("UNDATED")]

    assert set_since(secrets, NOW) == {"NEW": NOW + timedelta(seconds=1), "UNDATED": None}


def seen(**more: Any) -> RollbackState:  # noqa: ANN401 - fields of the record
    return RollbackState(
        **{"asked": "?", "where": "here", "at": NOW, "again": "fly releases", "current": release(9), **more}
    )


def test_what_is_not_known_of_the_way_back_is_no_open_way() -> None:
    state = seen(previous=release(8), image_there=NO, changed_secrets=NO, migrations=NO)

    assert "could not be asked for" in state.told
    for ask in (lambda: require(state.image_known()), state.other_secrets, state.destructive, state.migrations_told):
        with pytest.raises(CouldNotLook, match="unauthorized: not told"):
            ask()


def test_secrets_without_any_time_are_no_unchanged_ones() -> None:
    with pytest.raises(CouldNotLook, match="does not tell when A were set"):
        seen(changed_secrets={"A": None}).other_secrets()
    assert seen(changed_secrets={}).other_secrets() == {}


def test_a_target_without_a_database_needs_no_history() -> None:
    assert seen(migrations=None).migrations_told() == "the target has no database"
    assert seen(migrations=None).destructive() == []


# ---- the history of a live database

FORGET = b"drop schema supabase_migrations cascade"
PRISMA = "create table _prisma_migrations (migration_name text, finished_at timestamptz, rolled_back_at timestamptz)"
TABLE = "create table notes (id int primary key, text text)"
DROP = "alter table notes drop column text"


@pytest.fixture(scope="module")
def connection() -> Iterator[psycopg.Connection[Any]]:
    """A database of a server of our own, with Supabase's empty history."""
    with scratch_server() as server, psycopg.connect(server.database("way_back"), autocommit=True) as made:
        yield made


@pytest.fixture
def database(connection: psycopg.Connection[Any], monkeypatch: pytest.MonkeyPatch) -> Iterator[psycopg.Connection[Any]]:
    """The same as the target's, empty again after each test."""

    @contextmanager
    def connected(_: Context) -> Iterator[psycopg.Connection[Any]]:
        yield connection

    monkeypatch.setattr(history, "connected", connected)
    with connection.transaction(force_rollback=True):
        yield connection


def context(app_dir: Path | None = None) -> Context:
    target = Mock()
    target.get.return_value = None
    made = Mock(spec=Context, options=CallerOptions(app_dir=app_dir), base=Path(), target=target)
    made.checkout = partial(Context.checkout, made)
    return made


def supabase(database: psycopg.Connection[Any], *applied: tuple[str, list[str] | None]) -> None:
    for each in applied:
        database.execute("insert into supabase_migrations.schema_migrations values (%s, %s, 'x')", each)


OLD, NEW, NEWER = "20260901000000", "20260911000000", "20260912000000"


@pytest.mark.parametrize(
    ("applied", "names", "destructive"),
    [
        ([(OLD, [TABLE])], (), 0),
        ([(OLD, [TABLE]), (NEW, ["alter table notes add column more text"])], (f"{NEW}_x",), 0),
        ([(OLD, [TABLE]), (NEW, [DROP])], (f"{NEW}_x",), 1),
        ([(OLD, [TABLE, DROP])], (), 0),
        # What was made since then may be dropped: the previous release did not know it.
        ([(NEW, [TABLE]), (NEWER, ["drop table notes"])], (f"{NEW}_x", f"{NEWER}_x"), 0),
    ],
    ids=["nothing since", "one that adds", "one that drops", "dropped before", "made and dropped since"],
)
def test_what_was_applied_since_is_judged_by_its_statements(
    database: psycopg.Connection[Any],
    applied: list[tuple[str, list[str] | None]],
    names: tuple[str, ...],
    destructive: int,
) -> None:
    supabase(database, *applied)

    found = migrations_since(context(), NOW)

    assert found.names == names
    assert len(seen(migrations=found).destructive()) == destructive
    assert "its version counts as the time" in seen(migrations=found).narrowed


@pytest.mark.parametrize(
    ("applied", "cause"),
    [([("1", [TABLE])], Cause.NO_DATA), ([(NEW, None)], Cause.PRECONDITION)],
    ids=["no time in the version", "no statements kept"],
)
def test_a_history_that_does_not_tell_enough_is_no_answer(
    database: psycopg.Connection[Any], applied: list[tuple[str, list[str] | None]], cause: Cause
) -> None:
    supabase(database, *applied)

    with pytest.raises(CouldNotLook) as caught:
        migrations_since(context(), NOW)
    assert caught.value.cause == cause


def test_prisma_keeps_the_time_and_the_checkout_the_text(database: psycopg.Connection[Any], tmp_path: Path) -> None:
    database.execute(FORGET)
    database.execute(PRISMA.encode())
    rows = (("1_notes", -1, False), ("2_less", 1, False), ("3_undone", 1, True), ("4_never", None, False))
    for name, days, undone in rows:
        at = None if days is None else NOW + timedelta(days=days)
        database.execute("insert into _prisma_migrations values (%s, %s, %s)", (name, at, at if undone else None))
    for name, text in (("1_notes", TABLE), ("2_less", DROP)):
        (tmp_path / "prisma" / "migrations" / name).mkdir(parents=True)
        (tmp_path / "prisma" / "migrations" / name / "migration.sql").write_text(text)

    found = migrations_since(context(tmp_path), NOW)

    assert (found.names, len(found.findings), found.by_version) == (("2_less",), 1, False)
    with pytest.raises(CouldNotLook, match="their text is not known: 2_less"):
        migrations_since(context(), NOW)


@pytest.mark.parametrize("kept", [True, False], ids=["an empty one", "none"])
def test_a_database_without_a_history_is_no_unchanged_one(database: psycopg.Connection[Any], kept: bool) -> None:  # noqa: FBT001 - a parameter
    if not kept:
        database.execute(FORGET)
    with pytest.raises(CouldNotLook, match="precondition: the database does not record"):
        migrations_since(context(), NOW)


def test_what_only_a_person_can_judge_is_no_answer(database: psycopg.Connection[Any]) -> None:
    supabase(database, (OLD, [TABLE]), (NEW, ["do $$ begin execute 'drop table notes'; end $$"]))

    state = seen(migrations=migrations_since(context(), NOW))

    questions = state.questions()
    assert state.destructive() or (questions and questions.cause == Cause.PRECONDITION)
