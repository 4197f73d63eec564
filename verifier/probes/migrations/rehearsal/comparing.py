"""What a migration has lost, narrowed or blocked: the states before and after it, compared."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import pglast

from verifier.probes.migrations.catalogue import Birth, ObjectCatalogue, Thing
from verifier.probes.migrations.reading import Node
from verifier.probes.migrations.rehearsal.snapshot import Snapshot
from verifier.probes.migrations.rules.access.policies import PolicyDefinition, compare
from verifier.probes.migrations.rules.access.roles import ABOVE, members_of
from verifier.probes.migrations.rules.alike import adds_columns, is_there, requires, widens
from verifier.probes.migrations.rules.code.functions import is_grown, same_function
from verifier.probes.migrations.rules.columns import holds_all_of, wider
from verifier.probes.migrations.rules.trees import canonical, conjuncts, is_true
from verifier.probes.migrations.verdicts import MigrationVerdict, named

Change = tuple[MigrationVerdict, str]
_NEEDLESS = {"storage", "view"}


def changes(before: Snapshot, after: Snapshot, held: Mapping[str, str]) -> list[Change]:
    """What was lost, may be lost, or was blocked; additions are no change.

    Args:
        before: the state before the file.
        after: the state after it.
        held: table → strongest lock until the end of the file.
    """
    found = [*_vanished(before, after), *_differs(before, after), *_appeared(before, after, held)]
    return list(dict.fromkeys([*found, *_rows(before, after), *_numbers(before, after)]))


def _vanished(before: Snapshot, after: Snapshot) -> Iterator[Change]:
    kept = _numbered(after)
    gone = [
        key
        for key, old in before.things.items()
        if key not in after.things
        and key[0] not in _NEEDLESS
        and (key[0], old.get("oid")) not in kept
        and not (key[0] == "constraint" and _is_said_otherwise(key[1], old, after))
    ]
    roots = {name for kind, name in gone if kind in {"relation", "schema", "function", "type", "column"}}
    for kind, name in gone:
        if not any(_part_of(name, root) for root in roots if root != name):
            yield MigrationVerdict.DESTRUCTIVE, named("the {kind} {} is gone", name, kind=kind)


def _is_said_otherwise(name: str, old: dict[str, Any], after: Snapshot) -> bool:
    """Whether a CHECK has gone that NOT NULL says, too, or a wider one by another name."""
    table, check = name.rpartition("/")[0], _check(old)
    if check is None:
        return False
    required = {
        each.removeprefix(f"{table}.")
        for (kind, each), detail in after.things.items()
        if kind == "column" and each.startswith(f"{table}.") and detail["required"]
    }
    others = [
        detail
        for (kind, each), detail in after.things.items()
        if kind == "constraint" and each.startswith(f"{table}/") and detail["kind"] == "c"
    ]
    return requires(check.raw_expr, required) or any(_is_widened(old, each) for each in others)


def _refused_null(name: str, before: Snapshot) -> bool:
    """Whether a CHECK refused NULL in a column; whether it is validated, so that nothing is scanned, the file tells."""
    table, _, column = name.rpartition(".")
    return any(
        (check := _check(detail)) is not None
        and check.is_enforced
        and not check.is_no_inherit
        and canonical(is_there(column)) in conjuncts(check.raw_expr)
        for (kind, each), detail in before.things.items()
        if kind == "constraint" and each.startswith(f"{table}/")
    )


def _numbered(state: Snapshot) -> set[tuple[str, int]]:
    """What no query names, by a number that outlives its name: a constraint USING INDEX gives the index its own."""
    return {(kind, detail["oid"]) for (kind, _), detail in state.things.items() if "oid" in detail}


def _part_of(name: str, root: str) -> bool:
    return name.startswith((f"{root}.", f"{root}/", f"{root} ", f"{root}=", f"schema {root} "))


def _differs(before: Snapshot, after: Snapshot) -> Iterator[Change]:
    relations = {key: Thing(Birth.LIVE) for key in before.things if key[0] == "relation"}
    for (kind, name), old in before.things.items():
        new = after.things.get((kind, name))
        if new is not None and new != old and kind == "function":
            yield from _function(name, old, new, ObjectCatalogue(relations))
        elif new is not None and new != old and kind in _COMPARED:
            known = kind == "column" and not old["required"] and _refused_null(name, before)
            yield from _COMPARED[kind](name, {**old, "required": True} if known else old, new)


def _relation(name: str, old: dict[str, Any], new: dict[str, Any]) -> Iterator[Change]:
    lost = {
        "rls": named("row-level security of {} is off", name),
        "forced": named("row-level security of {} is not forced any more", name),
        "invoker": named("{} shows what its reader may not read: security_invoker is gone", name),
        "logged": named("{} is unlogged now, and loses its rows in a crash", name),
    }
    yield from ((MigrationVerdict.DESTRUCTIVE, words) for key, words in lost.items() if old[key] and not new[key])
    if old["kind"] != new["kind"]:
        yield MigrationVerdict.REVIEW, named("{} is now another kind of relation", name)


def _column(name: str, old: dict[str, Any], new: dict[str, Any]) -> Iterator[Change]:
    if not wider(old["type"], new["type"]) and not holds_all_of(old["type"], new["type"]):
        yield MigrationVerdict.DESTRUCTIVE, named("{} was {} and is {}", name, old["type"], new["type"])
    if new["required"] and not old["required"]:
        yield MigrationVerdict.DESTRUCTIVE, named("{} is NOT NULL now", name)
    if old["default"] != new["default"]:
        verdict = MigrationVerdict.DESTRUCTIVE if new["default"] is None else MigrationVerdict.REVIEW
        if old["default"] is not None:
            yield verdict, named("the default of {} was {} and is {}", name, old["default"], new["default"] or "gone")
    if old["identity"] != new["identity"] or old["generated"] != new["generated"]:
        yield MigrationVerdict.DESTRUCTIVE, named("{} is generated differently", name)


def _constraint(name: str, old: dict[str, Any], new: dict[str, Any]) -> Iterator[Change]:
    definitions = [each["definition"].removesuffix(" NOT VALID") for each in (old, new)]
    if definitions[0] != definitions[1] and not _is_widened(old, new):
        yield MigrationVerdict.REVIEW, named("the constraint {} was {} and is {}", name, definitions[0], definitions[1])


def _is_widened(old: dict[str, Any], new: dict[str, Any]) -> bool:
    """Whether a CHECK allows what it did, and more values of the same kind."""
    checks = [_check(each) for each in (old, new)]
    return None not in checks and widens(checks[1], checks[0])


def _check(detail: dict[str, Any]) -> Node:
    """A CHECK as a tree; None for another constraint."""
    if detail.get("kind") != "c":
        return None
    return pglast.parse_sql(f"alter table t add {detail['definition']}")[0].stmt.cmds[0].def_


def _policy(name: str, old: dict[str, Any], new: dict[str, Any]) -> Iterator[Change]:
    verdict = compare(_parsed(new["definition"]), _parsed(old["definition"]))
    if verdict is MigrationVerdict.DESTRUCTIVE:
        yield verdict, named("the policy {} is weaker than it was", name)
    elif verdict is MigrationVerdict.REVIEW:
        yield verdict, named("the policy {} has changed", name)


def _parsed(definition: str) -> PolicyDefinition:
    return PolicyDefinition.of(pglast.parse_sql(definition)[0].stmt)


def _trigger(name: str, old: dict[str, Any], new: dict[str, Any]) -> Iterator[Change]:
    if old["on"] and not new["on"]:
        yield MigrationVerdict.DESTRUCTIVE, named("the trigger {} is off", name)
    elif old["definition"] != new["definition"]:
        yield MigrationVerdict.REVIEW, named("the trigger {} does something else", name)


def _function(name: str, old: dict[str, Any], new: dict[str, Any], relations: ObjectCatalogue) -> Iterator[Change]:
    texts = [old["text"], new["text"]]
    if texts[0] == texts[1]:
        return
    first, second = (_tree(each) if each else None for each in texts)
    # What an object gets is judged by reading.
    if not (first and second and (same_function(first, second, relations) or is_grown(first, second))):
        yield MigrationVerdict.REVIEW, named("the function {} does something else", name)


def _tree(text: str) -> Node:
    return pglast.parse_sql(text)[0].stmt


def _view(name: str, old: dict[str, Any], new: dict[str, Any]) -> Iterator[Change]:
    if not adds_columns(*(pglast.parse_sql(each["definition"])[0].stmt for each in (old, new))):
        yield MigrationVerdict.REVIEW, named("{} is defined differently", name)


def _other(name: str, old: dict[str, Any], new: dict[str, Any]) -> Iterator[Change]:
    if old.get("definition") != new.get("definition"):
        yield MigrationVerdict.REVIEW, named("{} is defined differently", name)


def _sequence(name: str, old: dict[str, Any], new: dict[str, Any]) -> Iterator[Change]:
    if any(old[key] != new[key] for key in ("step", "least", "most", "cycles", "type")):
        yield MigrationVerdict.REVIEW, named("the sequence {} is numbered differently", name)


def _type(name: str, old: dict[str, Any], new: dict[str, Any]) -> Iterator[Change]:
    if old["base"] != new["base"] or old["kind"] != new["kind"]:
        yield MigrationVerdict.REVIEW, named("the type {} is another one", name)
    if new["required"] and not old["required"]:
        yield MigrationVerdict.DESTRUCTIVE, named("the domain {} rejects NULL now", name)
    if old["required"] and not new["required"]:
        yield MigrationVerdict.REVIEW, named("the domain {} may be NULL now", name)
    if old["default"] != new["default"]:
        yield MigrationVerdict.REVIEW, named("the domain {} has another default", name)


def _storage(name: str, old: dict[str, Any], new: dict[str, Any]) -> Iterator[Change]:
    del old, new
    yield MigrationVerdict.BLOCKING, named("{} was rewritten, and nobody could use it meanwhile", name)


def _role(name: str, old: dict[str, Any], new: dict[str, Any]) -> Iterator[Change]:
    for power in ("super", "bypasses"):
        if new[power] and not old[power]:
            yield MigrationVerdict.DESTRUCTIVE, named("row-level security no longer applies to the role {}", name)


_COMPARED = {
    "relation": _relation, "column": _column, "constraint": _constraint, "policy": _policy, "trigger": _trigger,
    "view": _view, "rule": _other, "index": _other, "storage": _storage, "role": _role,
    "sequence": _sequence, "type": _type, "domain constraint": _constraint,
}  # fmt: skip


def _appeared(before: Snapshot, after: Snapshot, held: Mapping[str, str]) -> Iterator[Change]:
    old = _numbered(before)
    for (kind, name), new in after.things.items():
        if (kind, name) in before.things or (kind, new.get("oid")) in old:
            continue
        table = name.rpartition("/")[0]
        if kind == "policy" and before.things.get(("relation", table), {}).get("rls"):
            yield from _new_policy(name, _parsed(new["definition"]), _requested(after))
        elif kind == "rule" and before.there("relation", table):
            yield MigrationVerdict.REVIEW, named("the rule {} changes what statements on {} do", name, table)
        elif kind == "role" and (new["super"] or new["bypasses"]):
            yield MigrationVerdict.REVIEW, named("row-level security does not apply to the new role {}", name)
        elif kind == "constraint" and new["valid"] and new["kind"] in _CHECKED and before.there("relation", table):
            if table in held and not _on_new_columns_alone(new, table, before):
                words = "the constraint {} was checked against every row of {}, which nobody could write meanwhile"
                yield MigrationVerdict.BLOCKING, named(words, name, table)
        elif kind == "domain constraint" and before.there("type", table):
            words = "the constraint {} forbids values that programs may still write into columns of the domain {}"
            yield MigrationVerdict.REVIEW, named(words, name, table)
        elif kind == "index" and new["valid"] and before.there("relation", new["table"]) and new["table"] in held:
            yield (
                MigrationVerdict.BLOCKING,
                named("the index {} was built on {}, which nobody could write meanwhile", name, new["table"]),
            )


_CHECKED = {"c", "f"}
"""Constraints without an index: CHECK and FOREIGN KEY."""


def _on_new_columns_alone(constraint: dict[str, Any], table: str, before: Snapshot) -> bool:
    """Whether it is a foreign key of columns that are new, and so have no value to look up."""
    columns = constraint["columns"] or ()
    return constraint["kind"] == "f" and not any(before.there("column", f"{table}.{each}") for each in columns)


def _requested(after: Snapshot) -> set[str]:
    """The roles as which requests are made, and those of which they are members."""
    members = [name.replace('"', "").split(" of ") for kind, name in after.things if kind == "member"]
    return members_of([(each[0], each[-1]) for each in members])


def _new_policy(name: str, policy: PolicyDefinition, requested: set[str]) -> Iterator[Change]:
    everything = is_true(policy.using) or is_true(policy.check)
    if policy.permissive and everything and policy.roles & requested - ABOVE:
        yield MigrationVerdict.DESTRUCTIVE, named("the new policy {} lets every row through", name)


def _rows(before: Snapshot, after: Snapshot) -> Iterator[Change]:
    for table, columns in before.rows.items():
        now = after.rows.get(table)
        if now is None:
            continue
        for column, old in columns.items():
            key = ("column", f"{table}.{column}")
            same = before.things[key]["type"] == after.things.get(key, {}).get("type")
            lost = (old - now[column]).total() if same else 0
            if lost:
                yield MigrationVerdict.DESTRUCTIVE, _words_for(table, column, lost, before, after)
                break


def _numbers(before: Snapshot, after: Snapshot) -> Iterator[Change]:
    for name, old in before.numbers.items():
        step = after.things.get(("sequence", name), {}).get("step", 0)
        if step and (after.numbers.get(name, old - step) - old) * step < 0:
            yield MigrationVerdict.REVIEW, named("the sequence {} gives out numbers again that it has given out", name)


def _words_for(table: str, column: str, lost: int, before: Snapshot, after: Snapshot) -> str:
    counts = [max((each.total() for each in found.rows[table].values()), default=0) for found in (before, after)]
    if counts[1] < counts[0]:
        return named("{} of {} sample rows of {} are gone", counts[0] - counts[1], counts[0], table)
    return named("{} values in {}.{} differ from before", lost, table, column)
