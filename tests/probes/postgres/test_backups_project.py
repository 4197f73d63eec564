"""Which Supabase project the backups are asked of, where the target does not say it."""

from __future__ import annotations

import pytest

from verifier.core.evidence import CouldNotLook
from verifier.probes.postgres.backups import project_of


@pytest.mark.parametrize(
    ("url", "project"),
    [
        ("postgresql://postgres:x@db.abcdefghij.supabase.co:5432/postgres", "abcdefghij"),
        ("postgres://postgres@db.abcdefghij.supabase.co/postgres?sslmode=require", "abcdefghij"),
        ("postgresql://postgres.abcdefghij:x@aws-0-us-east-1.pooler.supabase.com:6543/postgres", "abcdefghij"),
        ("postgresql://a.reader.abcdefghij:x@aws-0-eu-west-2.pooler.supabase.com:5432/postgres", "abcdefghij"),
        ("postgresql://postgres.abcdefghij:x@x.pooler.supabase.com:6543/postgres?pgbouncer=true", "abcdefghij"),
        ("host=db.abcdefghij.supabase.co user=postgres dbname=postgres", "abcdefghij"),
    ],
)
def test_the_project_is_read_from_the_database_url(url: str, project: str) -> None:
    assert project_of(url) == project


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://postgres.abcdefghij:x@10.0.0.7:5432/postgres",
        "postgresql://postgres:x@aws-0-us-east-1.pooler.supabase.com:6543/postgres",
        "postgresql://postgres:x@db.abcdefghij.supabase.co.example.com/postgres",
        "postgresql://[",
        "no url",
        "",
    ],
)
def test_a_url_that_leads_elsewhere_tells_no_project(url: str) -> None:
    with pytest.raises(CouldNotLook, match=r"precondition: DATABASE_URL does not tell the Supabase project") as told:
        project_of(url)

    assert told.value.remedy == "give project in [backups] of the target file"
