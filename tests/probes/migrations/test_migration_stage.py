"""`pytest -m migration`: every verdict, by the real command, on small applications."""

from __future__ import annotations

import hashlib
import json
import re
from pathlib import Path

import psycopg
import pytest

from tests.support.runs.application import Application
from tests.support.runs.toy import Ended
from verifier.core.evidence.store import EvidenceStore
from verifier.embedded.server import scratch_server
from verifier.probes.migrations.report import confirmation

TABLE = "create table notes (id uuid primary key default gen_random_uuid(), text text not null);\n"
DYNAMIC = "do $$ begin execute (select 'select 1'); end $$;\n"
BROKEN = "create table more (id int);\n\ninsert into nowhere values (1);\n"
HIDDEN = "do $$ begin execute reverse('seton elbat pord'); end $$;\n"


def said(ended: Ended, item: str) -> str:
    checks = ended.item(item)["checks"]
    found = [each for check in checks for each in check["findings"]]
    told = [
        f"{each['place']}: {each['problem']}: {each['detail'] or each['subject']} → {each['remedy']}" for each in found
    ]
    return "\n".join([*told, *(check["message"] or "" for check in checks if not check["findings"])])


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
    told = (ended.folder / "migration-confirmation.md").read_text(encoding="utf-8")
    assert "| `supabase/migrations/20250102000000_more.sql` | ✅ additive | ✅ applied | refused at line 1" in told
    assert "| public.notes | **off** |  | notes_pkey | not looked |" in told
    assert "- supabase/migrations/rollback_more.sql" in told
    assert "20250103000000_later.sql.skip: the Supabase CLI takes" in told
    attached = [path.read_text(encoding="utf-8") for path in (ended.folder / "allure-results").glob("*-attachment.csv")]
    assert any("20250102000000_more.sql,additive" in each for each in attached)


def test_what_is_lost_or_blocked_is_named_with_its_place(app: Application) -> None:
    app.write({
        "supabase/migrations/20250101000000_notes.sql": TABLE,
        "supabase/migrations/20250102000000_less.sql": "-- tidy up\n\ndo $$\nbegin\n  delete from notes;\nend\n$$;\n",
        "supabase/migrations/20250102000000_index.sql": "create index on notes (text);\n",
        "supabase/migrations/20250103000000_rollback.sql": "drop table notes;\n",
    })  # fmt: skip

    ended = app.judged()

    assert ended.ending == ("NOT DONE", 1), ended.output
    message = said(ended, "migrations-additive")
    assert "20250102000000_less.sql:5: destructive: deletes rows of …: public.notes" in message
    assert "20250102000000_index.sql:1: blocking: nobody can write … while the index is built: public.notes" in message
    files = said(ended, "migrations-apply")
    assert "has the version 20250102000000" in files
    assert "looks like it undoes another" in files


def test_what_only_a_person_can_know_is_unverified_until_one_answers_for_it(app: Application) -> None:
    app.write({
        "supabase/migrations/20250101000000_notes.sql": TABLE,
        "supabase/migrations/20250102000000_mystery.sql": DYNAMIC,
    })  # fmt: skip

    ended = app.judged()

    assert ended.ending == ("UNVERIFIED", 6), ended.output
    assert ended.told("migrations-additive") == ("unverified", "precondition")

    digest = hashlib.sha256(DYNAMIC.encode()).hexdigest()
    name = "supabase/migrations/20250102000000_mystery.sql"
    answered = f'\n[[migrations.reviewed]]\nfile = "{name}"\nsha256 = "{digest}"\nreason = "selects one"\n'

    assert app.judged(target=answered).ending == ("DONE", 0)


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
    files = said(ended, "migrations-apply")
    assert "is another file now" in files
    assert "sorts before 20250103000000_b.sql" in files
    assert "2 of 3 files judged" in [each["measured"] for each in ended.item("migrations-apply")["checks"]]


def test_the_rehearsal_sees_what_no_reader_can(app: Application) -> None:
    app.write({
        "supabase/migrations/20250101000000_notes.sql": TABLE,
        "supabase/migrations/20250102000000_hidden.sql": HIDDEN,
        "supabase/migrations/20250103000000_broken.sql": BROKEN,
        "supabase/migrations/20250104000000_after.sql": TABLE,
    })  # fmt: skip

    ended = app.judged()

    assert ended.ending == ("NOT DONE", 1), ended.output
    assert ended.told("migrations-additive") == ("unverified", "precondition")
    lost = said(ended, "migrations-apply")
    assert "20250102000000_hidden.sql: destructive: the relation … is gone: public.notes" in lost
    assert '20250103000000_broken.sql:3: migration does not apply: relation "nowhere" does not exist (SQLSTATE' in lost
    assert "20250104000000_after.sql" not in lost


def test_every_file_that_is_refused_is_told_with_the_one_because_of_which(app: Application) -> None:
    app.write({
        "supabase/migrations/20250101000000_notes.sql": TABLE,
        "supabase/migrations/20250102000000_broken.sql": BROKEN,
        "supabase/migrations/20250103000000_more.sql": "alter table more add column seen int;\n",
        "supabase/migrations/20250104000000_seen.sql": "create index on more (seen);\n",
        "supabase/migrations/20250105000000_typo.sql": TABLE + "alter table nots add column seen int,;\n",
        "supabase/migrations/20250106000000_nots.sql": "alter table nots add column seen int;\n",
        "supabase/migrations/20250107000000_well.sql": "alter table notes add column seen int;\n",
    })  # fmt: skip

    ended = app.judged()

    assert ended.ending == ("NOT DONE", 1), ended.output
    lost = [line for line in said(ended, "migrations-apply").splitlines() if "SQLSTATE" in line]
    cause = ", because supabase/migrations/20250102000000_broken.sql was refused"
    assert [(re.findall(r"(\d{14}_\w+\.sql):", line)[0], cause in line) for line in lost] == [
        ("20250102000000_broken.sql", False),
        ("20250105000000_typo.sql", False),
        ("20250106000000_nots.sql", False),
        ("20250103000000_more.sql", True),
        ("20250104000000_seen.sql", True),
    ]
    assert "syntax error" in lost[1]
    assert "2 of 7 files applied" in ended.item("migrations-apply")["value"]


def test_an_extension_that_is_not_here_is_named_and_not_failed(app: Application) -> None:
    app.write({
        "supabase/migrations/20250101000000_cron.sql": "create extension if not exists pg_cron;\n",
        "supabase/migrations/20250102000000_notes.sql": TABLE,
    })  # fmt: skip

    ended = app.judged()

    assert ended.ending == ("UNVERIFIED", 6), ended.output
    assert "pg_cron" in ended.output


def test_on_a_copy_of_the_live_schema_only_what_it_lacks_is_rehearsed(app: Application) -> None:
    app.write({
        "supabase/migrations/20250101000000_notes.sql": TABLE,
        "supabase/migrations/20250102000000_more.sql": "alter table notes add column seen timestamptz;\n",
        "supabase/migrations/20250103000000_less.sql": "alter table by_hand drop column what;\n",
    })  # fmt: skip
    with scratch_server() as server:
        app.suite.environment["LIVE_URL"] = url = server.database("live")
        with psycopg.connect(url) as live:
            live.execute(TABLE.encode())
            live.execute("create table by_hand (what text); insert into by_hand values ('a real row')")
            live.execute("insert into supabase_migrations.schema_migrations values ('20250101000000', null, 'notes')")

        ended = app.judged("--schema-from", "LIVE_URL")

        with psycopg.connect(url) as live:
            assert live.execute("select what from by_hand").fetchall() == [("a real row",)]
    assert ended.ending == ("NOT DONE", 1), ended.output
    apply = said(ended, "migrations-apply")
    assert "20250103000000_less.sql: destructive: the column … is gone: public.by_hand.what" in apply
    assert "2 of 3 files judged" in [each["measured"] for each in ended.item("migrations-apply")["checks"]]
    assert "refused" not in ended.item("migrations-apply")["value"]


def test_the_confirmation_says_what_the_live_database_has(tmp_path: Path) -> None:
    table = {
        "name": "public.notes",
        "view": False,
        "rls": True,
        "forced": False,
        "policies": ["own"],
        "indexes": ["pk"],
    }
    seen = {
        "migrations": {"where": "app", "at": "now", "again": "pytest", "judged": [], "history": [], "problems": [],
                       "rollbacks": [], "skipped": {}},
        "rehearsal": {"where": "here", "files": [], "tables": [table, {**table, "name": "public.new"}],
                      "lacking": [], "without_rows": {}},
        "tables": {"existing": ["notes"]},
        "row_security": {"catalogue": {"relations": {"notes": {"name": "notes", "enabled": False}}}},
    }  # fmt: skip
    (tmp_path / "evidence").mkdir()
    for name, content in seen.items():
        (tmp_path / "evidence" / f"{name}.json").write_text(json.dumps(content), encoding="utf-8")

    told = confirmation(EvidenceStore(tmp_path), {"target": "toy", "items": []})

    assert "| public.notes | on | own | pk | there, **row-level security off** |" in told
    assert "| public.new | on | own | pk | **missing** |" in told
