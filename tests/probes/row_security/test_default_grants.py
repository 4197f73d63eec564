"""Under Supabase's default grants every table may be truncated; the tables that are open stand out all the same."""

from __future__ import annotations

from verifier.core.deadline import now
from verifier.core.evidence.finding import Severity, grouped
from verifier.probes.row_security.catalogue import Catalogue
from verifier.probes.row_security.evidence import Purpose, RowSecurity
from verifier.probes.row_security.relations import Relation

TABLES, OPEN = 70, 11
GRANTED = ("select", "insert", "update", "delete", "truncate")


def relation(number: int) -> Relation:
    name = f"t{number:02}"
    return Relation(
        label=name,
        schema_name="public",
        name=name,
        kind="table",
        owner="postgres",
        enabled=number >= OPEN,
        forced=False,
        rights={"anon": GRANTED, "authenticated": GRANTED},
    )


def seen(purpose: Purpose) -> RowSecurity:
    relations = {each.label: each for each in map(relation, range(TABLES))}
    catalogue = Catalogue(
        relations=relations, functions={}, role="reader", superuser=False, bypasses=False, schemas=("public",)
    )
    return RowSecurity(asked="?", where="here", at=now(), again="", catalogue=catalogue, expected=(), purpose=purpose)


def test_open_tables_come_before_the_right_to_truncate_which_is_one_kind() -> None:
    groups = grouped(seen(Purpose()).declared_open(), Severity.CRITICAL)

    assert [(len(each.members), "TRUNCATE" in each.problem) for each in groups] == [
        (OPEN, False),
        (OPEN, False),
        (TABLES, True),
        (TABLES, True),
    ]
    assert list(groups[-1].lines(5)) == ["t00, t01, t02, t03, t04, … 65 more"]
    assert groups[-1].remedy.endswith("(and 69 more of the kind)")


def test_the_target_can_say_that_nobody_can_send_a_truncate() -> None:
    found = seen(Purpose(truncate="only PostgREST is in front")).declared_open()
    assert len(found) == 2 * OPEN
