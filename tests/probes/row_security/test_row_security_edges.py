"""Databases that resist a copy, and roles and rows that a policy does not mean: each on a database of its own."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
import pytest

from tests.support.corpora.rls import A, B
from verifier.core.deadline import Deadline, now
from verifier.core.evidence import Cause, CouldNotLook, require
from verifier.embedded.server import Server, scratch_server
from verifier.probes.row_security.accepted import AcceptedOpenings
from verifier.probes.row_security.catalogue import read_catalogue
from verifier.probes.row_security.copy.clone import copied
from verifier.probes.row_security.evidence import RowSecurity
from verifier.probes.row_security.functions.answers import answered
from verifier.probes.row_security.live import look
from verifier.probes.row_security.self_test import try_out

NOTES = """
    create table notes (id int primary key, user_id uuid not null, is_public boolean not null default false);
    alter table notes enable row level security;
    insert into notes values (1, 'A', true), (2, 'B', true);
""".replace("'A'", f"'{A}'").replace("'B'", f"'{B}'")
OWN = "create policy own on notes using (user_id = auth.uid());"


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with scratch_server() as made:
        yield made


@contextmanager
def judged(
    server: Server, name: str, words: str, app_role: str = "", **accepted: dict[str, str]
) -> Iterator[RowSecurity]:
    url = server.database(name)
    with psycopg.connect(url) as connection:
        connection.execute((NOTES + words).encode())
    with psycopg.connect(url) as connection:
        connection.read_only = True
        catalogue = answered(connection, read_catalogue(connection, ("public",), app_role=app_role))
        live = look(connection, catalogue, "user_id")
        with copied(url, connection, ("public",), Deadline(60)) as copy:
            trial = try_out(copy, catalogue)
        yield RowSecurity(
            asked="a test asks", where="notes", at=now(), again="", catalogue=catalogue, expected=("notes",),
            accepted=AcceptedOpenings(**accepted), live=live, trial=trial,
        )  # fmt: skip


def test_the_controls_survive_event_triggers_and_a_schema_that_nobody_may_use(server: Server) -> None:
    words = """
        create function refuse() returns event_trigger language plpgsql as $$ begin raise exception 'no DDL'; end $$;
        create function protect() returns event_trigger language plpgsql as $$
        declare made record;
        begin
            for made in select * from pg_event_trigger_ddl_commands() loop
                execute format('alter table %s enable row level security', made.object_identity);
            end loop;
        end $$;
        create event trigger protect on ddl_command_end when tag in ('CREATE TABLE') execute function protect();
        revoke usage on schema public from public, anon, authenticated;
        create event trigger refuse on ddl_command_start execute function refuse();
    """
    with judged(server, "triggers", OWN + words) as seen:
        require(seen.tried())
        assert seen.classes() == {"notes": "no grant"}


def test_published_rows_are_told_until_the_target_accepts_them(server: Server) -> None:
    published = OWN + "create policy front on notes for select using (is_public);"
    with judged(server, "published", published) as seen:
        require(seen.tried())
        assert [*seen.readable_without_login(), *seen.readable_by_signed_in(), *seen.open_on_a_copy()] == []
        assert seen.classes() == {"notes": "published by policy front"}
        told = seen.published()
    accepted = seen.model_copy(update={"accepted": AcceptedOpenings(published={"notes": "a board"})})

    assert "published by policy front" in told["notes"]
    assert accepted.published() == {}


def test_accepting_published_rows_accepts_no_others(server: Server) -> None:
    everything = OWN + "create policy front on notes for select using (is_public or user_id is not null);"
    with judged(server, "too_much", everything, published={"notes": "a board"}) as seen:
        found, read = seen.open_on_a_copy(), seen.readable_without_login()

    assert {each.subject for each in found} == {"notes"}
    assert {each.subject for each in read} == {"notes"}


@pytest.mark.parametrize(
    ("words", "why"),
    [
        ("create role app_a login bypassrls", "it has BYPASSRLS"),
        ("create role app_b login superuser", "it is a superuser"),
        ("create role mighty bypassrls; create role app_c login; grant mighty to app_c", "it can SET ROLE to mighty"),
    ],
)
def test_an_application_that_no_policy_binds_is_told_with_the_reason(server: Server, words: str, why: str) -> None:
    with psycopg.connect(server.database(f"for_{words.split()[2]}_{len(words)}")) as connection:
        connection.execute((NOTES + words).encode())
        app_role = next(each for each in ("app_a", "app_b", "app_c") if each in words)
        assert read_catalogue(connection, ("public",), app_role=app_role).app_unbound == why
        connection.rollback()


def test_a_member_of_the_owner_is_as_free_as_the_owner(server: Server) -> None:
    with psycopg.connect(server.database("members")) as connection:
        connection.execute(NOTES.encode())
        connection.execute(
            "create role holder; create role app_d login; grant holder to app_d;grant create on schema public to holder"
        )
        connection.execute("alter table notes owner to holder")
        assert read_catalogue(connection, ("public",), app_role="app_d").relations["notes"].app_owns
        connection.execute("alter table notes force row level security")
        assert not read_catalogue(connection, ("public",), app_role="app_d").relations["notes"].app_owns
        connection.rollback()


def test_what_frees_the_application_fails_the_promise(server: Server) -> None:
    words = OWN + "create role app_e login bypassrls;"
    with judged(server, "freed", words, app_role="app_e") as seen:
        assert [(each.problem, each.detail) for each in seen.declared_open()] == [
            ("no policy binds the role of the application", "it has BYPASSRLS")
        ]
    words = OWN + "create role app_f login; grant create on schema public to app_f; alter table notes owner to app_f;"
    with judged(server, "owning", words, app_role="app_f") as seen:
        assert [each.remedy for each in seen.declared_open()] == ["alter table public.notes force row level security;"]


def test_an_application_role_that_does_not_exist_is_no_bound_one(server: Server) -> None:
    with psycopg.connect(server.database("unknown")) as connection, pytest.raises(CouldNotLook) as told:
        read_catalogue(connection, ("public",), app_role="nobody_of_that_name")

    assert told.value.cause == Cause.PRECONDITION


LISTED = """
    create table {table} (user_id uuid primary key);
    alter table {table} enable row level security;
    create policy own on {table} for select to authenticated using (user_id = auth.uid());
    create policy listed on notes for select to authenticated
    using (exists (select from {table} l where l.user_id = auth.uid()));
"""


def test_whom_a_row_in_another_table_lets_in_is_told_by_who_gets_such_a_row(server: Server) -> None:
    with judged(server, "listed_members", LISTED.format(table="members")) as seen:
        (found,) = seen.open_on_a_copy()
        accepted = seen.model_copy(
            update={"accepted": AcceptedOpenings(privileged={"members": "the office makes them"})}
        )

    assert "with nothing but a row in members, which everybody has who uses the application" in found.detail
    assert accepted.open_on_a_copy() == []


def test_where_nothing_tells_who_gets_such_a_row_the_target_has_to(server: Server) -> None:
    with judged(server, "doctors", LISTED.format(table="doctors")) as seen:
        with pytest.raises(CouldNotLook) as told:
            require(seen.tried())
        accepted = seen.model_copy(
            update={"accepted": AcceptedOpenings(privileged={"doctors": "the clinic names them"})}
        )
        require(accepted.tried())

    assert seen.open_on_a_copy() == []
    assert "notes: a row in doctors is enough to SELECT all rows" in told.value.what
    assert "doctors: a row in it is a privilege: the clinic names them" in list(accepted.remarks())


def test_a_list_of_administrators_is_a_privilege(server: Server) -> None:
    with judged(server, "admins", LISTED.format(table="app_admins")) as seen:
        require(seen.tried())
        assert seen.open_on_a_copy() == []
        assert any("for users with rows in other tables" in each for each in seen.remarks())


FLAG = """
    create table flags (name text primary key, enabled boolean not null);
    alter table flags enable row level security;
    insert into flags values ('notes', {enabled});
    create function flag(wanted text) returns boolean language {how} security definer set search_path = '' as
        $$ {body} (select f.enabled from public.flags f where f.name = wanted); {end} $$;
    delete from notes;
    create policy house on notes for select using (user_id = auth.uid() or flag('notes'));
"""


def test_a_flag_that_is_on_opens_an_empty_table_too(server: Server) -> None:
    words = {"how": "plpgsql stable", "body": "begin return", "end": "end"}
    with judged(server, "flag_on", FLAG.format(enabled="true", **words)) as seen:
        assert "which is true at present" in str(seen.declared_open()[0])
    with judged(server, "flag_off", FLAG.format(enabled="false", **words)) as seen:
        assert (seen.declared_open(), seen.open_on_a_copy(), seen.tried()) == ([], [], None)


@pytest.mark.parametrize(
    ("how", "body", "why"),
    [
        ("sql", "select", "which is volatile and was not asked"),
        (
            "plpgsql stable",
            "begin perform pg_sleep(3600) from public.flags f where f.name = reverse('seton'); return",
            "which gave no answer in time",
        ),
    ],
)
def test_a_flag_that_cannot_be_asked_is_no_closed_one(
    server: Server, how: str, body: str, why: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("verifier.probes.row_security.live.SECONDS", 0.1)
    words = FLAG.format(enabled="true", how=how, body=body, end="end" if "begin" in body else "")
    with judged(server, f"flag_{how[:3]}", words) as seen, pytest.raises(CouldNotLook) as told:
        require(seen.tried())

    assert told.value.cause == Cause.PRECONDITION
    assert f"notes: a policy calls flag, {why}" in told.value.what


def test_a_policy_that_recurses_leaves_no_doubt_and_is_told(server: Server) -> None:
    recursing = "create policy mates on notes for select using (id in (select n.id from notes n where n.id > 0));"
    with judged(server, "recursing", recursing) as seen:
        require(seen.tried())
        assert seen.open_on_a_copy() == []
        assert any("notes: no signed-in user can use it" in each for each in seen.remarks())


def test_a_policy_without_an_expression_lets_nobody_through(server: Server) -> None:
    with judged(server, "no_expression", "create policy see on notes; create policy put on notes for insert;") as seen:
        require(seen.tried())
        assert (seen.declared_open(), seen.open_on_a_copy()) == ([], [])
        assert seen.classes() == {"notes": "closed, no policy"}
        assert "notes: policy see has no expression, so it lets nobody through" in set(seen.remarks())


def test_an_upsert_through_a_view_is_told_with_what_closes_it(server: Server) -> None:
    view = """
        create view mine as select id, user_id from notes where user_id = auth.uid() with check option;
        revoke all on mine from anon;
    """
    with judged(server, "upsert", OWN + view) as seen:
        require(seen.tried())
        (told,), (opening,) = seen.open_on_a_copy(), seen.openings_of("mine")
        assert "inserting one of its own with the same key" in str(told)
        assert opening.closes == "revoke insert on public.mine from authenticated, public;"


ANSWERS = """
    create table looks (id int generated always as identity primary key, at timestamptz not null default now());
    alter table looks enable row level security;
    create table pay (user_id uuid primary key, amount int not null);
    alter table pay enable row level security;
    create function {name} returns int language plpgsql security definer set search_path = '' as $$
    declare made int;
    begin
      insert into public.looks default values returning id into made;
      return {answer};
    end $$;
"""


def test_a_function_that_takes_notes_exposes_what_it_answers_unless_that_is_the_key_of_its_note(server: Server) -> None:
    pay = "(select p.amount from public.pay p where p.user_id = who)"
    with judged(server, "paid", ANSWERS.format(name="pay_of(who uuid)", answer=pay)) as seen:
        assert list(seen.functions_that_tell()) == ["pay_of(who uuid)"]
    with judged(server, "noted", ANSWERS.format(name="note_it()", answer="made")) as seen:
        assert seen.functions_that_tell() == {}
        require(seen.functions_tried())
