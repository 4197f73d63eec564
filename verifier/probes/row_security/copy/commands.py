"""The SQL of the commands that are tried, and what their results prove."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from verifier.probes.row_security.copy.batching import AttemptResult
from verifier.probes.row_security.copy.tables import Place
from verifier.probes.row_security.copy.values import Column, number_of, quoted_name, quoted_value
from verifier.probes.row_security.personas import ASHA, BORIS, STRANGER
from verifier.probes.row_security.relations import Relation


def place(relation: Relation) -> Place:
    """Its schema and name."""
    return relation.schema_name, relation.name


def emptied(where: Place) -> str:
    """The command that deletes every row, without a condition."""
    return f"delete from {quoted_name(*where)}"


def without_guessing(relation: Relation, done: AttemptResult) -> AttemptResult:
    """A constraint below a view says nothing of the view's CHECK OPTION, which is asked after it."""
    if done.let_through and relation.checked:
        return AttemptResult(trouble="a constraint stopped it before the view's CHECK OPTION was asked")
    return done


def reading(where: Place, columns: Sequence[Column]) -> str:
    """The SELECT of one row with the fields of an attempt."""
    if not columns:
        return f"select count(*) as rows from {quoted_name(*where)}"
    telling = [each for each in columns if each.telling]
    names = ", ".join(quoted_name(each.name) for each in telling or columns)
    whole = ", ".join(quoted_name(each.name) for each in columns)
    own, theirs, strange = (
        f"position({quoted_value(owner[:8] if telling else number_of(owner))} in told) > 0"
        for owner in (ASHA, BORIS, STRANGER)
    )
    own, foreign = f"count(*) filter (where {own})", f"count(*) filter (where {theirs} and not {strange})"
    return (
        f"select count(*) as rows, {own} as own, {foreign} as foreign, "
        "md5(string_agg(everything, '|' order by everything)) as digest "
        f"from (select row({names})::text as told, row({whole})::text as everything from {quoted_name(*where)}) as seen"
    )


def reading_all(tables: Mapping[Place, Sequence[Column]]) -> str:
    """The same for several tables at once; empty for none."""
    whole = " union all ".join(f"({reading(where, columns)})" for where, columns in tables.items())
    sums = ", ".join(f'coalesce(sum("{each}"), 0)::bigint as "{each}"' for each in ("rows", "own", "foreign"))
    return f"select {sums} from ({whole}) as tables" if whole else ""
