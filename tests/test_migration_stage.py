"""`pytest -m migration`: every verdict, by the real command, on small applications."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.rooms.application import Application

TABLE = "create table notes (id uuid primary key default gen_random_uuid(), text text not null);\n"
DYNAMIC = "do $$ begin execute current_setting('my.sql', true); end $$;\n"


@pytest.fixture
def app(tmp_path: Path) -> Application:
    return Application(tmp_path)


def test_a_history_that_only_adds_is_done(app: Application) -> None:
    app.write({
        "supabase/migrations/20250101000000_notes.sql": TABLE,
        "supabase/migrations/20250102000000_more.sql": "alter table notes add column seen timestamptz;\n",
        "supabase/migrations/README.md": "how to migrate",
        "supabase/migrations/20250103000000_later.sql.skip": "drop table notes;",
        "supabase/migrations/rollback_more.sql": "alter table notes drop column seen;",
        "prisma/migrations/20250101120000_tags/migration.sql": 'create table "Tag" ("id" serial primary key);\n',
        "prisma/migrations/migration_lock.toml": 'provider = "postgresql"\n',
    })  # fmt: skip

    ended = app.judged()

    assert ended.ending == ("DONE", 0), ended.output


def test_what_is_lost_or_blocked_is_named_with_its_place(app: Application) -> None:
    app.write({
        "supabase/migrations/20250101000000_notes.sql": TABLE,
        "supabase/migrations/20250102000000_less.sql": "-- tidy up\n\ndo $$\nbegin\n  delete from notes;\nend\n$$;\n",
        "supabase/migrations/20250102000000_index.sql": "create index on notes (text);\n",
        "supabase/migrations/20250103000000_rollback.sql": "drop table notes;\n",
    })  # fmt: skip

    ended = app.judged()

    assert ended.ending == ("NOT DONE", 1), ended.output
    message = "\n".join(check["message"] for check in ended.item("migrations-additive")["checks"])
    assert "20250102000000_less.sql:5: destructive: deletes rows of public.notes" in message
    assert "20250102000000_index.sql:1: blocking: nobody can write public.notes" in message
    files = "\n".join(check["message"] for check in ended.item("migrations-apply")["checks"])
    assert "has the version 20250102000000" in files
    assert "looks like a way back" in files


def test_what_only_a_person_can_know_is_unverified_until_one_answers_for_it(app: Application) -> None:
    app.write({
        "supabase/migrations/20250101000000_notes.sql": TABLE,
        "supabase/migrations/20250102000000_mystery.sql": DYNAMIC,
    })  # fmt: skip

    ended = app.judged()

    assert ended.ending == ("UNVERIFIED", 6), ended.output
    assert ended.told("migrations-additive") == ("unverified", "precondition")


def test_no_file_is_no_pass(app: Application) -> None:
    app.write({"supabase/migrations/notes.sql": TABLE})

    ended = app.judged()

    assert ended.ending == ("UNVERIFIED", 6), ended.output
    assert ended.told("migrations-additive") == ("unverified", "no-data")


def test_since_a_revision_the_new_files_are_judged_and_the_old_ones_must_not_change(app: Application) -> None:
    app.write(
        {"supabase/migrations/20250101000000_notes.sql": TABLE, "supabase/migrations/20250103000000_b.sql": TABLE}
    )
    app.commit()
    app.write({
        "supabase/migrations/20250101000000_notes.sql": TABLE + "-- changed\n",
        "supabase/migrations/20250102000000_late.sql": "alter table notes add column late int;\n",
    })  # fmt: skip

    ended = app.judged("--since", "HEAD")

    assert ended.ending == ("NOT DONE", 1), ended.output
    files = "\n".join(check["message"] for check in ended.item("migrations-apply")["checks"])
    assert "is another file now" in files
    assert "sorts before 20250103000000_b.sql" in files
    assert "2 of 3 files judged" in ended.item("migrations-apply")["value"]
