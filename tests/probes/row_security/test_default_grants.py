"""Under Supabase's default grants every table may be truncated; the tables that are open stand out all the same."""

from __future__ import annotations

from verifier.core.deadline import now
from verifier.core.evidence.finding import Severity, grouped
from verifier.probes.row_security.accepted import AcceptedOpenings
from verifier.probes.row_security.catalogue import Catalogue
from verifier.probes.row_security.evidence import RowSecurity
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


def seen(accepted: AcceptedOpenings) -> RowSecurity:
    relations = {each.label: each for each in map(relation, range(TABLES))}
    catalogue = Catalogue(
        relations=relations, functions={}, role="reader", superuser=False, bypasses=False, schemas=("public",)
    )
    return RowSecurity(asked="?", where="here", at=now(), again="", catalogue=catalogue, expected=(), accepted=accepted)


def test_the_open_tables_alone_are_findings_and_the_right_to_truncate_is_one_sentence_per_schema() -> None:
    judged = seen(AcceptedOpenings())
    groups = grouped(judged.declared_open(), Severity.CRITICAL)

    assert [len(each.members) for each in groups] == [OPEN, OPEN]
    assert not any("TRUNCATE" in each.problem for each in groups)
    (told,) = judged.truncatable()
    assert told.startswith("schema public: anon and authenticated hold TRUNCATE on 70 tables; PostgREST cannot send it")
    assert told.endswith("revoke truncate on all tables in schema public from anon, authenticated;")


def test_a_role_that_can_log_in_can_send_it() -> None:
    judged = seen(AcceptedOpenings())
    catalogue = judged.catalogue.model_copy(update={"may_log_in": ("authenticated",)})
    found = judged.model_copy(update={"catalogue": catalogue}).declared_open()

    assert sum("TRUNCATE" in each.problem for each in found) == TABLES


def test_the_target_can_say_why_the_grant_stays() -> None:
    assert list(seen(AcceptedOpenings(truncate="only PostgREST is in front")).truncatable()) == []
