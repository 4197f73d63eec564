"""Whether a view shows as much with the rights of its readers as with those of its owner.

Source: PostgreSQL documentation, CREATE VIEW: with security_invoker the rights and the policies of whoever reads the
view count on the tables below it; the functions that it calls are called by the reader either way.
"""

from __future__ import annotations

from pglast import ast

from verifier.probes.migrations.catalogue import PUBLIC
from verifier.probes.migrations.reading import Node
from verifier.probes.migrations.rules.access.policies import PolicyDefinition, admits
from verifier.probes.migrations.rules.access.roles import ABOVE, CLIENTS, EVERYBODY, not_revoked, noted, rights_on
from verifier.probes.migrations.rules.alike import asks_for
from verifier.probes.migrations.rules.judging import Judge
from verifier.probes.migrations.rules.trees import is_any, is_true, walk, words

_SERVICE = "service_role"


def shows_as_much(judge: Judge, view: str) -> bool:
    """Whether nobody loses a row, or a way to write, if this view becomes a `security_invoker`."""
    thing = judge.catalogue.get("relation", view)
    if thing is None or thing.doubted or not thing.sure or not isinstance(thing.node, ast.ViewStmt):
        return False
    tables = {judge.catalogue.relation(each) for each in walk(thing.node.query) if isinstance(each, ast.RangeVar)}
    holders = rights_on(judge, view) | {(_SERVICE, "select")}
    others = noted(judge, "given table", view) - {role for role, _ in holders} - ABOVE
    return (
        view.startswith(f"{PUBLIC}.")
        and not others - {*CLIENTS}
        and not (_is_writable(judge, view, thing.node.query) and any(command != "select" for _, command in holders))
        and all(_reads(judge, role, each) for each in tables for role, _ in holders)
        and all(_sees(judge, role, each, thing.node.query) for each in tables for role, _ in holders)
    )


def _is_writable(judge: Judge, view: str, query: Node) -> bool:
    """Whether rows may be written through a view.

    Source: PostgreSQL documentation, CREATE VIEW, 'Updatable Views'.
    """
    if judge.catalogue.on("trigger", view):
        return True
    single = len(query.fromClause or ()) == 1 and isinstance(query.fromClause[0], ast.RangeVar)
    return single and not (query.groupClause or query.distinctClause or query.limitCount or query.withClause)


def _reads(judge: Judge, role: str, table: str) -> bool:
    """Whether a role surely may read all columns of a table that the history made."""
    known = judge.catalogue.get("relation", table)
    if known is None or known.doubted or not known.sure or not isinstance(known.node, ast.CreateStmt):
        return False
    less = noted(judge, "by columns", table) | noted(judge, "perhaps taken", table)
    if role in less or any(map(is_any, less)):
        return False
    if role == _SERVICE:
        return table.startswith(f"{PUBLIC}.") and (role, "select") in not_revoked(judge, table, [role])
    return (role, "select") in rights_on(judge, table)


def _sees(judge: Judge, role: str, table: str, query: Node) -> bool:
    """Whether row-level security shows a role every row that the view takes from a table.

    A loop over names that are known only at run time may have switched it on for any table.
    """
    protected = {name for kind, name in judge.catalogue.things if kind in {"protected", "forced"}}
    told = judge.catalogue.on("policy", table)
    if role == _SERVICE or not (told or table in protected or any(map(is_any, protected))):
        return True
    policies = [each.node for each in told.values() if isinstance(each.node, PolicyDefinition) and not each.doubted]
    if len(policies) < len(told) or any(not each.permissive for each in policies):
        return False
    reading = [each for each in policies if admits(each, "select", frozenset({role}))]
    name = table.rpartition(".")[2]
    return any(is_true(each.using) or asks_for(query, each.using, name) for each in reading) and all(
        _may_ask(judge, role, each.using) for each in reading
    )


def _may_ask(judge: Judge, role: str, condition: Node) -> bool:
    """Whether a role may read what a policy reads, and call what it calls."""
    for each in walk(condition):
        if isinstance(each, ast.RangeVar) and not _reads(judge, role, judge.catalogue.relation(each)):
            return False
        if isinstance(each, ast.FuncCall):
            barred = judge.catalogue.on("barred", judge.catalogue.name(words(each.funcname)))
            if barred.keys() & {role, EVERYBODY}:
                return False
    return True
