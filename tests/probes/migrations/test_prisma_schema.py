"""What Prisma's models ask of the database, and whether the live catalogue has it."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import cast

import psycopg
import pytest

from tests.support.runs.repository import Repository
from verifier.core.config.target import new_target
from verifier.core.deadline import Deadline
from verifier.core.evidence import CouldNotLook, require
from verifier.core.probe import Context
from verifier.embedded.server import scratch_server
from verifier.probes.migrations.prisma import models
from verifier.probes.migrations.schema import _without, observe_schema

SCHEMA = """
datasource db { provider = "postgresql" url = env("DATABASE_URL") }

enum Status {
  OPEN
  CLOSED
}

/// model Old { id Int @id } is a comment
model Order {
  id        String   @id @default(dbgenerated("gen_random_uuid()")) @db.Uuid
  number    Int      @unique // model Other { }
  total     Decimal  @map("total_cents")
  tags      String[]
  status    Status   @default(OPEN)
  note      String?  @default("see https://hotdash.example/a")
  hidden    String   @ignore
  lines     Line[]
  createdAt DateTime @default(now()) @map("created_at")

  @@index([number])
  @@map("orders")
}

model Line {
  id      BigInt @id
  order   Order  @relation(fields: [orderId], references: [id])
  orderId String @map("order_id") @db.Uuid
  place   Unsupported("point")?

  @@schema("shop")
}

model Session {
  id Int @id
  @@ignore
}
"""


def test_tables_and_columns_are_those_that_the_client_asks_for() -> None:
    found = {(each.schema, each.table): [field.column for field in each.fields] for each in models(SCHEMA)}

    assert found == {
        (None, "orders"): ["id", "number", "total_cents", "tags", "status", "note", "created_at"],
        ("shop", "Line"): ["id", "order_id", "place"],
    }


@pytest.mark.parametrize(
    ("column", "kind", "fits"),
    [
        ("id", "uuid", True),
        ("number", "integer", True),
        ("number", "bigint", False),
        ("total_cents", "numeric(10,2)", True),
        ("tags", "text[]", True),
        ("tags", "text", False),
        ("note", "character varying(20)", True),
        ("note", "integer", False),
        ("status", "status", True),
        ("created_at", "timestamp(3) without time zone", True),
        ("created_at", "text", False),
    ],
)
def test_a_type_fits_what_the_client_reads(column: str, kind: str, fits: bool) -> None:  # noqa: FBT001 - a column
    order = models(SCHEMA)[0]

    assert next(each for each in order.fields if each.column == column).stored_as(kind) is fits


def test_what_the_database_lacks_is_named() -> None:
    seen = {
        ("relation", "public.orders"): {"kind": "r"},
        **{("column", f"public.orders.{name}"): {"type": kind} for name, kind in (
            ("id", "uuid"), ("number", "text"), ("total_cents", "numeric"), ("tags", "text[]"), ("status", "status"),
            ("created_at", "timestamp with time zone"),
        )},
    }  # fmt: skip

    assert _without(models(SCHEMA), seen, "public") == (
        "model Order: no column public.orders.note",
        "model Order: public.orders.number is text",
        "model Line: no table shop.Line",
    )


def test_the_models_are_compared_whatever_the_history_does(tmp_path: Path) -> None:
    files = {
        "supabase/migrations/1_notes.sql": "create table notes (id int);",
        "supabase/migrations/2_broken.sql": "insert into nowhere values (1);",
        "prisma/schema.prisma": "model notes {\n  id Int @id\n}\nmodel Gone {\n  id Int @id\n}\n",
    }
    for name, content in files.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(content, encoding="utf-8")
    with scratch_server() as server:
        url = server.database("live")
        with psycopg.connect(url) as live:
            live.execute("create table notes (id int)")
        seen = observe_schema(cast("Context", context(tmp_path, url)))

    assert seen.without == ("model Gone: no table public.Gone",)
    assert seen.models == 2
    assert 'supabase/migrations/2_broken.sql: relation "nowhere" does not exist' in seen.refused
    assert (seen.missing, seen.extra, seen.different) == ((), (), ())
    with pytest.raises(CouldNotLook, match="nothing to compare with"):
        require(seen.proved())


def test_the_models_are_compared_where_there_is_no_history_at_all(tmp_path: Path) -> None:
    (tmp_path / "schema.prisma").write_text("model Gone {\n  id Int @id\n}\n", encoding="utf-8")
    with scratch_server() as server:
        seen = observe_schema(cast("Context", context(tmp_path, server.database("live"))))

    assert seen.without == ("model Gone: no table public.Gone",)
    with pytest.raises(CouldNotLook, match="holds no migration"):
        require(seen.proved())


def test_the_database_says_which_revision_is_live_for_each_runner_by_itself(tmp_path: Path) -> None:
    app = Repository(tmp_path)
    app.write({
        "supabase/migrations/20250101_notes.sql": "create table notes (id int);",
        "prisma/migrations/20250102_tags/migration.sql": "create table tags (id int);",
    })  # fmt: skip
    app.commit()
    live_at = app.git("rev-parse", "--short", "HEAD").strip()
    app.write({"supabase/migrations/20250103_later.sql": "create table later (id int);"})
    app.commit()
    with scratch_server() as server:
        url = server.database("live")
        with psycopg.connect(url, autocommit=True) as live:
            live.execute("create table notes (id int); create table tags (id int)")
            live.execute("insert into supabase_migrations.schema_migrations (version) values ('20250101')")
            live.execute("create table _prisma_migrations (migration_name text, finished_at date, rolled_back_at date)")
            live.execute("insert into _prisma_migrations values ('20250102_tags', now()), ('20250101_gone', now())")
            live.execute("insert into _prisma_migrations values ('20250104_failed', null)")
        seen = observe_schema(cast("Context", context(app.root, url)))

    assert seen.pending == ("supabase/migrations/20250103_later.sql",)
    assert seen.unknown == ("20250101_gone",)
    assert seen.next_look == f"pytest -m migration --app-dir PATH --since {live_at}"


def context(app: Path, url: str) -> SimpleNamespace:
    target = new_target(title="a toy", app="toy", database={"tables": ["any"]})
    return SimpleNamespace(
        checkout=lambda told, remedy: app,  # noqa: ARG005 - as the caller gave it
        target=target,
        options=SimpleNamespace(app_dir=app, since=None, schema_from=None),
        base=Path(),
        credentials=SimpleNamespace(get=lambda _: url),
        deadline=Deadline(60),
    )
