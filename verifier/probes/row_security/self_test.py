"""Runs all attempts on the copy, with an open and a closed table as controls."""

from __future__ import annotations

from verifier.core.evidence import Cause, CouldNotLook, Record
from verifier.probes.row_security.catalogue import Catalogue, Connection, read_catalogue
from verifier.probes.row_security.copy.clone import Copy
from verifier.probes.row_security.copy.outcomes import Proof
from verifier.probes.row_security.copy.proof import prove
from verifier.probes.row_security.copy.rows import fill
from verifier.probes.row_security.copy.tables import read_tables
from verifier.probes.row_security.functions.calls import prove_functions
from verifier.probes.row_security.relations import ANONYMOUS, SIGNED_IN, Relation

SCHEMA = "definition_of_done"
OPEN, CLOSED = f"{SCHEMA}.open", f"{SCHEMA}.closed"
_TWINS = """
    set event_triggers = off;
    create schema definition_of_done;
    create table definition_of_done.open (id uuid primary key, user_id uuid, note text);
    create table definition_of_done.closed (id uuid primary key, user_id uuid, note text);
    revoke all on definition_of_done.open, definition_of_done.closed from public, anon, authenticated;
    grant usage on schema definition_of_done to anon, authenticated;
    grant select, insert, update, delete on definition_of_done.open, definition_of_done.closed to anon, authenticated;
    alter table definition_of_done.closed enable row level security;
    create policy own on definition_of_done.closed to authenticated
        using (user_id::text = current_setting('request.jwt.claims', true)::jsonb ->> 'sub');
"""
"""In a schema of their own, and without event triggers: neither a closed schema nor a trigger that switches row-level
security on may close the open one."""
_COMMANDS = ("select", "insert", "update", "delete")


class SelfTest(Record):
    """The results on the copy.

    Attributes:
        proofs: relation → proof.
        functions: function → proof.
        complaints: what could not be copied.
        remarks: the constraints dropped to generate rows.
    """

    proofs: dict[str, Proof]
    functions: dict[str, Proof]
    complaints: tuple[str, ...] = ()
    remarks: tuple[str, ...] = ()


def try_out(copy: Copy, live: Catalogue) -> SelfTest:
    """Try every command on every relation and function of the copy.

    Args:
        copy: of the live schema.
        live: the live catalogue, which the copy must match.

    Raises:
        CouldNotLook: internal, if a control table does not give its known result.
    """
    connection = copy.connection
    connection.execute(_TWINS)
    here = read_catalogue(connection, (*live.schemas, SCHEMA))
    proofs, remarks = prove(connection, here.relations.values(), here.functions.values())
    _need_to_be_able_to_fail(proofs.pop(OPEN), proofs.pop(CLOSED))
    return SelfTest(
        proofs={label: _faithful(copy, each, here, proofs.get(label)) for label, each in live.relations.items()},
        functions=_functions(connection, live, here),
        complaints=copy.complaints,
        remarks=remarks,
    )


def _need_to_be_able_to_fail(opened: Proof, closed: Proof) -> None:
    found = {(each.who, each.command) for each in opened.openings}
    wanted = {(role, command) for role in (ANONYMOUS, SIGNED_IN) for command in _COMMANDS}
    own = [closed.cells.get("owner", {}).get(command) for command in ("select", "update", "delete")]
    if found != wanted or closed.openings or own != ["1 rows"] * 3:
        what = f"on the copy the open table gave {sorted(found)}, and the closed one {closed}"
        raise CouldNotLook(Cause.INTERNAL, what, remedy="this is an error of the suite: report it with this text")


def _faithful(copy: Copy, live: Relation, here: Catalogue, proof: Proof | None) -> Proof:
    """The proof, or a doubt where the copy differs from the live schema."""
    twin = here.relations.get(live.label)
    if twin is None or proof is None:
        if not live.rights or live.kind == "foreign table":
            return Proof()  # the catalogue alone decides
        why = next(
            (each for each in copy.complaints if live.name in each), next(iter(copy.complaints), "no reason given")
        )
        return Proof(doubt=f"it could not be copied ({why})")
    same = ("kind", "enabled", "rights", "invoker")
    other = [each for each in same if getattr(live, each) != getattr(twin, each)]
    if {each.name for each in live.policies} != {each.name for each in twin.policies}:
        other.append("policies")
    if other and not proof.openings:
        return proof.model_copy(update={"doubt": f"the copy differs in {', '.join(other)}"})
    return proof


def _functions(connection: Connection, live: Catalogue, here: Catalogue) -> dict[str, Proof]:
    if not live.functions:
        return {}
    copied = read_tables(connection, live.schemas)
    with connection.transaction(force_rollback=True):
        fill(connection, copied, copied.turn(0))
        found = prove_functions(
            connection, copied, [here.functions[each] for each in live.functions if each in here.functions]
        )
    missing = Proof(doubt="it could not be copied")
    return {label: found.get(label, missing) for label in live.functions}
