"""The labelled migrations: no destructive one passes, and few good ones are stopped."""

from __future__ import annotations

import psycopg
import pytest
from psycopg import sql

from tests.support.corpora.migrations import Case, base, cases, findings
from verifier.embedded.roles import without_superuser
from verifier.embedded.server import Server, scratch_server
from verifier.probes.migrations.rehearsal.applied import Applied
from verifier.probes.migrations.rehearsal.applying import apply_history
from verifier.probes.migrations.rules.judging import verdict_of
from verifier.probes.migrations.rules.static import MigrationFile, judge_history
from verifier.probes.migrations.verdicts import MigrationFinding, MigrationVerdict

FALSE_ALARMS = 0.02


@pytest.fixture(scope="module")
def judged() -> list[tuple[Case, list[MigrationFinding]]]:
    return [(case, findings(case)) for case in cases()]


def test_there_are_enough_of_every_kind() -> None:
    labels = [case.label for case in cases()]

    assert len(labels) >= 150
    assert len({case.name for case in cases()}) == len(labels)
    assert min(labels.count(each) for each in MigrationVerdict) >= 20


def test_no_migration_passes_that_should_not(judged: list[tuple[Case, list[MigrationFinding]]]) -> None:
    passed = [case.name for case, found in judged if case.label is not MigrationVerdict.ADDITIVE and not found]

    assert passed == []


def test_what_is_lost_is_never_left_to_a_person(judged: list[tuple[Case, list[MigrationFinding]]]) -> None:
    told = {case.name: verdict_of(found) for case, found in judged if case.label is MigrationVerdict.DESTRUCTIVE}

    assert {name for name, verdict in told.items() if verdict is not MigrationVerdict.DESTRUCTIVE} == set()


def test_good_migrations_are_let_through(judged: list[tuple[Case, list[MigrationFinding]]]) -> None:
    good = {case.name: found for case, found in judged if case.label is MigrationVerdict.ADDITIVE}
    alarms = {name: found for name, found in good.items() if found}

    assert len(alarms) <= FALSE_ALARMS * len(good), alarms


def test_the_live_history_itself_is_additive_where_nothing_was_before() -> None:
    found = judge_history([MigrationFile("base.sql", base())])["base.sql"]

    assert found == []


def test_every_finding_names_a_line_of_its_file_and_a_way_out(
    judged: list[tuple[Case, list[MigrationFinding]]],
) -> None:
    assert any(found for _, found in judged)
    for case, found in judged:
        for each in found:
            assert 0 <= each.line <= case.content.count(b"\n") + 1
            assert each.what
            assert each.instead


@pytest.mark.parametrize(
    ("name", "line"),
    [
        ("do block that deletes", 3),
        ("do block that drops by a literal string", 4),
        ("a drop beside a mistake", 2),
        ("drop with odd spacing", 1),
        ("drop in the middle of an additive file", 4),
    ],
)
def test_a_finding_stands_where_the_statement_does(
    judged: list[tuple[Case, list[MigrationFinding]]], name: str, line: int
) -> None:
    found = next(found for case, found in judged if case.name == name)

    assert line in {each.line for each in found if each.verdict is MigrationVerdict.DESTRUCTIVE}


def test_what_is_not_shipped_may_still_be_undone() -> None:
    first = MigrationFile("1_a.sql", b"create table fresh (id int);")
    second = MigrationFile("2_b.sql", b"drop table fresh;")

    assert judge_history([first, second], unshipped=True)["2_b.sql"] == []
    assert verdict_of(judge_history([first, second])["2_b.sql"]) is MigrationVerdict.DESTRUCTIVE


def test_a_trigger_may_need_a_table_that_is_shipped_with_it() -> None:
    live = MigrationFile("1_a.sql", b"create table notes (id int);", judged=False)
    body = "begin insert into log values (new.id); return null; end"
    trigger = f"""
        create function keep() returns trigger language plpgsql as $${body}$$;
        create trigger keep after insert on notes for each row execute function keep();
    """
    sources = [
        live,
        MigrationFile("2_b.sql", trigger.encode()),
        MigrationFile("3_c.sql", b"create table log (id int);"),
    ]

    assert judge_history(sources, unshipped=True)["2_b.sql"] == []
    assert ["needs public.log" in each.what for each in judge_history(sources)["2_b.sql"]] == [True]


UNREADABLE = """
create table "Späte".notes (id uuid primary key, text text not null,,);
create table if not exists orders (id int int);
create temporary table heap (id int int);
create index on "Späte".notes (text);
create policy everybody on "Späte".notes using (true);
alter table orders drop column id;
alter table heap disable row level security;
"""


def test_a_table_whose_statement_cannot_be_read_is_not_taken_for_a_live_one() -> None:
    found = judge_history([MigrationFile("1.sql", UNREADABLE.encode())])["1.sql"]

    assert [(each.line, each.verdict, each.unread) for each in found] == [
        (line, MigrationVerdict.REVIEW, True) for line in (2, 3, 4)
    ]
    assert all("syntax error" in each.what for each in found)


def test_what_cannot_be_read_comes_first_and_hides_nothing_of_a_live_table() -> None:
    broken = b"alter table notes drop column text;\ncreate table notes (id int,,);\ndrop table notes;\n"
    live = MigrationFile("1.sql", b"create table notes (id int, text text);", judged=False)
    found = judge_history([live, MigrationFile("2.sql", broken)])["2.sql"]

    assert [(each.line, each.verdict) for each in found] == [
        (2, MigrationVerdict.REVIEW),
        (1, MigrationVerdict.DESTRUCTIVE),
        (3, MigrationVerdict.DESTRUCTIVE),
    ]


def test_a_policy_on_a_table_that_no_file_makes_is_told_so() -> None:
    first = "create policy everybody on nowhere using (true);\n"
    second = "create policy own on nowhere using (owner = auth.uid());\n"
    third = "create policy labels on storage.objects for select using (owner = auth.uid());\n"
    found = judge_history([MigrationFile("1.sql", (first + second + third).encode())])["1.sql"]

    assert [(each.line, each.verdict) for each in found] == [(1, MigrationVerdict.REVIEW), (2, MigrationVerdict.REVIEW)]
    assert all("public.nowhere, an unknown table" in each.what for each in found)


@pytest.mark.parametrize(
    ("condition", "verdicts"), [("owner = auth.uid()", []), ("true", [MigrationVerdict.DESTRUCTIVE])]
)
def test_a_policy_on_every_table_that_there_is_is_judged_by_its_condition(
    condition: str, verdicts: list[MigrationVerdict]
) -> None:
    loop = """
        do $$
        declare name text;
        begin
            for name in select tablename from pg_tables where schemaname = 'public' loop
                execute format('create policy %I on public.%I using (CONDITION)', name || '_own', name);
            end loop;
        end
        $$;
    """.replace("CONDITION", condition)
    found = judge_history([MigrationFile("1.sql", loop.encode())])["1.sql"]

    assert [each.verdict for each in found] == verdicts


SEEN_IN_REHEARSAL = {
    "drop a column beside adding one": "destructive",
    "truncate": "destructive",
    "narrower varchar": "destructive",
    "bigint becomes integer": "destructive",
    "swap a policy for a weaker one": "destructive",
    "row level security off in a do block": "destructive",
    "a view loses security invoker": "destructive",
    "revoke": "destructive",
    "a default per row": "blocking",
    "an index on a live table": "blocking",
    "replace a function by another": "needs a person",
    "an index concurrently, alone in its file": "additive",
    "swap a policy for the same, computed once per query": "additive",
    "a wider varchar": "additive",
    "several columns at once": "additive",
    "second: row level security with a policy for reading only": "needs a person",
    "second: row level security that leaves everything as it was": "additive",
    "second: a trigger that refuses every write": "needs a person",
    "second: a trigger that overwrites what was written": "needs a person",
    "second: a trigger that puts back the old value": "needs a person",
    "second: a trigger that refuses deletes": "needs a person",
    "second: a trigger that keeps the time of the change in a new column": "additive",
    "second: a domain loses its check": "destructive",
    "second: a sequence with another step": "needs a person",
    "second: a constraint validated in the same file": "blocking",
    "a unique constraint on an index that is there": "additive",
    "alike: a longer list in place of a shorter one, validated after the commit": "additive",
    "alike: a longer list without one of the old values": "needs a person",
    "alike: not null by way of a check that is validated first": "additive",
    "alike: one more aggregate at the end of a grouped view": "additive",
    "alike: a function that names its table by its schema, and fixes its path": "additive",
    "alike: a policy for a role that no request has": "additive",
    "alike: a policy for a role of which requests become members by another": "destructive",
}


def test_the_rehearsal_sees_the_same_by_what_is_left() -> None:
    chosen = {case.name: case for case in cases() if case.name in SEEN_IN_REHEARSAL}
    with scratch_server() as server:
        _, admin = without_superuser(server, "live")
        assert rehearsed(server.url(database="live"), admin, base(), judged=False).failure is None
        seen = {}
        for number, (name, case) in enumerate(chosen.items()):
            url, admin = copy_of(server, "live", f"case_{number}")
            seen[name] = str(verdict_of(rehearsed(url, admin, case.content, judged=True).findings))

    assert seen == SEEN_IN_REHEARSAL


def rehearsed(url: str, admin: str, content: bytes, *, judged: bool) -> Applied:
    _, done = apply_history(url, [MigrationFile("case.sql", content, judged=judged)], admin=admin)
    return done[0]


def copy_of(server: Server, template: str, name: str) -> tuple[str, str]:
    names = {"name": sql.Identifier(name), "template": sql.Identifier(template)}
    with psycopg.connect(server.url("supabase_admin"), autocommit=True) as connection:
        connection.execute(sql.SQL("create database {name} template {template} owner postgres").format(**names))
        path = sql.SQL('alter database {name} set search_path to "$user", public, extensions')
        connection.execute(path.format(**names))
    return server.url(database=name), server.url("supabase_admin", database=name)
