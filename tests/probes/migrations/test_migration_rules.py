"""Rules that need a history of their own, and how they are found."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.runs.toy import CHECKOUT
from verifier.probes.migrations.rules.judging import RULES, verdict_of
from verifier.probes.migrations.rules.static import MigrationFile, judge_history
from verifier.probes.migrations.verdicts import MigrationVerdict

FOLDER = CHECKOUT / "verifier" / "probes" / "migrations" / "rules"
ADDITIVE, REVIEW, DESTRUCTIVE = MigrationVerdict.ADDITIVE, MigrationVerdict.REVIEW, MigrationVerdict.DESTRUCTIVE
NOTES = """
create table public.notes (id uuid primary key, body text);
alter table public.notes enable row level security;
"""
MAIL = """
create table public.people (mail {});
create function public.one() returns int language sql as $$ select 1 from public.people where mail = 'a' $$;
"""
GONE = """
create function public.gone() returns trigger language plpgsql as
    $$ begin delete from notes where id = old.id; return old; end $$;
"""
ALL_NOTES = """
create function public.all_notes() returns setof public.notes language sql security definer as
    $$ select * from public.notes $$;
revoke execute on function public.all_notes() from public, anon, authenticated;
"""
WHOLE = "create view public.whole as table public.notes;"
TWICE = "create index a on public.notes (body); create index b on public.notes (body);"
LONGER = "create index a on public.notes (body); create index b on public.notes (body, id);"
KEYS = """
create table public.ids (id int not null);
create unique index a on public.ids (id);
create unique index b on public.ids (id);
"""
POLICY = "create policy {} on public.notes for select to {} using (id in (select id from {}notes where body <> ''));"
TWINS = POLICY.format("a", "authenticated", "public.") + POLICY.format("b", "{}", "public.")
UNNAMED = POLICY.format("a", "authenticated", "")
NAMED = "drop policy a on public.notes;" + POLICY.format("a", "authenticated", "public.")
IDENTITY = "alter table public.notes replica identity {};"
COUNTER = "create sequence public.counter as integer;"


def told(before: str, after: str) -> MigrationVerdict:
    files = [MigrationFile("1.sql", before.encode(), judged=False), MigrationFile("2.sql", after.encode())]
    return verdict_of(judge_history(files)["2.sql"])


def test_every_module_with_a_rule_is_found() -> None:
    modules = {each.resolve() for each in FOLDER.rglob("*.py") if "\n@rule(" in each.read_text(encoding="utf-8")}
    registered = {Path(each.__code__.co_filename).resolve() for each in RULES.values()}

    assert len(modules) > 10
    assert registered == modules


# What is live, the next file, and the verdict on it.
HISTORIES = [
    (MAIL.format("citext"), "alter function public.one() set search_path = '';", REVIEW),
    (MAIL.format("text"), "alter function public.one() set search_path = '';", ADDITIVE),
    (GONE, "alter function public.gone() set search_path = '';", REVIEW),
    (NOTES + ALL_NOTES, "grant execute on function public.all_notes() to authenticated;", REVIEW),
    (NOTES + ALL_NOTES, "grant execute on function public.all_notes() to service_role;", ADDITIVE),
    (NOTES + WHOLE, "create table public.kept as table public.whole;", REVIEW),
    (NOTES + TWICE, "drop index public.a; drop index public.b;", DESTRUCTIVE),
    (NOTES + TWICE, "drop index public.a;", ADDITIVE),
    (NOTES + LONGER, "drop index public.b;", DESTRUCTIVE),
    (NOTES + LONGER, "drop index public.a;", ADDITIVE),
    (KEYS, "drop index public.b;", ADDITIVE),
    (KEYS + "alter table public.ids replica identity using index b;", "drop index public.b;", DESTRUCTIVE),
    (NOTES + IDENTITY.format("full"), IDENTITY.format("default"), REVIEW),
    (NOTES + COUNTER, "alter sequence public.counter as bigint no maxvalue;", ADDITIVE),
    (NOTES + COUNTER + "alter sequence public.counter cycle;", "alter sequence public.counter no maxvalue;", REVIEW),
    (NOTES + COUNTER + "alter sequence public.counter cycle;", "alter sequence public.counter no cycle;", REVIEW),
    (NOTES + TWINS.format("authenticated"), "drop policy b on public.notes;", ADDITIVE),
    (NOTES + TWINS.format("public"), "drop policy a on public.notes;", ADDITIVE),
    (
        NOTES + TWINS.format("authenticated"),
        "drop policy a on public.notes; drop policy b on public.notes;",
        DESTRUCTIVE,
    ),
    (NOTES + TWINS.format("anon"), "drop policy b on public.notes;", DESTRUCTIVE),
    (NOTES + UNNAMED, NAMED, ADDITIVE),
    (
        "create schema other; create table other.notes (id int, body text); set search_path = other;" + NOTES + UNNAMED,
        NAMED,
        REVIEW,
    ),
]


@pytest.mark.parametrize(("before", "after", "verdict"), HISTORIES)
def test_what_a_file_does_depends_on_what_is_live(before: str, after: str, verdict: MigrationVerdict) -> None:
    assert told(before, after) is verdict


def test_two_names_of_a_loop_are_told_alike() -> None:
    block = """do $$ declare r record; begin
        for r in select 'a' as one, 'b' as two loop
            execute format('alter table %I drop column x', r.one);
            execute format('alter table %I drop column x', r.two);
        end loop;
    end $$;"""
    found = judge_history([MigrationFile("1.sql", block.encode())])["1.sql"]

    assert {each.what for each in found} == {"drops the column public.any_object.x with its values"}
    assert [each.line for each in found] == [3, 4]
