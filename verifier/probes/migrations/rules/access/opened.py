"""Ways past row-level security: views, copies of rows, and functions that run with their owner's rights.

Source: PostgreSQL documentation, 'Row Security Policies' (a table's owner passes them) and CREATE FUNCTION (everybody
may execute a new function); Supabase's default privileges let the roles of requests use every new relation of `public`.
"""

from __future__ import annotations

from collections.abc import Iterator

from pglast import ast, enums

from verifier.probes.migrations.catalogue import PUBLIC, TEMPORARY, Thing
from verifier.probes.migrations.reading import Node
from verifier.probes.migrations.rules.access.policies import admits
from verifier.probes.migrations.rules.access.roles import ABOVE, CLIENTS, COMMANDS, not_revoked, requested
from verifier.probes.migrations.rules.code.bodies import body_of
from verifier.probes.migrations.rules.judging import ENDINGS, Judge
from verifier.probes.migrations.rules.trees import (
    canonical,
    invokes,
    is_any,
    is_definer,
    is_true,
    operands,
    walk,
    words,
)
from verifier.probes.migrations.verdicts import named

_NOBODYS = {"auth", "vault"}
"""Schemas of Supabase whose rows requests do not see, and which no file of the history makes."""
_SELECT = frozenset({"select"})


def _is_reached(judge: Judge, name: str, rights: frozenset[str] = frozenset(COMMANDS)) -> bool:
    """Whether a request may use a relation in one of these ways, by what the history says of its schema and rights."""
    schema = name.rpartition(".")[0]
    if schema == TEMPORARY:
        return False
    granted = judge.catalogue.on("granted", name).keys() & requested(judge) - ABOVE
    roles = granted.union(CLIENTS if schema == PUBLIC else ())
    return any(right in rights for _, right in not_revoked(judge, name, roles))


def _protected(judge: Judge, tree: object, seen: frozenset[str] = frozenset(), *, unbound: bool = False) -> set[str]:
    """The tables with rows of others behind row-level security that statements reach, also by views and functions.

    With `unbound`, without those of which they reach only what belongs to who asks. `seen` has been looked at before.
    """
    own = {each.ctename for each in walk(tree) if isinstance(each, ast.CommonTableExpr)}
    bound = {id(each) for statement in (walk(tree) if unbound else ()) for each in _bound(statement)}
    found: set[str] = set()
    for each in walk(tree):
        if isinstance(each, ast.RangeVar) and id(each) not in bound and (each.schemaname or each.relname not in own):
            name = judge.catalogue.relation(each)
            thing = judge.catalogue.get("relation", name)
            if is_protected(judge, name):
                found.add(name)
            elif name not in seen and thing and isinstance(thing.node, (ast.ViewStmt, ast.CreateTableAsStmt)):
                found |= _protected(judge, thing.node.query, seen | {name})
        elif isinstance(each, ast.FuncCall):
            name = judge.catalogue.name(words(each.funcname))
            for body in () if name in seen else _bodies(judge, name):
                found |= _protected(judge, body, seen | {name}, unbound=unbound)
    return found


def is_protected(judge: Judge, name: str) -> bool:
    """Whether a table has rows that requests do not see all of."""
    if is_any(name):
        return not judge.may_be_new("relation", name)
    live = judge.catalogue.get("protected", name) and not judge.is_new("relation", name)
    return bool(live) or name.rpartition(".")[0] in _NOBODYS


def _bodies(judge: Judge, name: str) -> Iterator[list[Node]]:
    """The statements of each function of that name that the history made."""
    thing = judge.catalogue.get("function", name)
    for each in (thing.node, *thing.others) if thing else ():
        if isinstance(each, ast.CreateFunctionStmt):
            yield list(body_of(_quiet(judge), each, name))


def _quiet(judge: Judge) -> Judge:
    return Judge(judge.catalogue, judge.file, line=judge.line, certain=False)


@ENDINGS.append
def _views(judge: Judge) -> None:
    """A new view reads as its owner unless it is `security_invoker`."""
    for name, thing in judge.made("relation").items():
        node = thing.node
        if not isinstance(node, ast.ViewStmt) or invokes(node) or judge.catalogue.get("invoker", name):
            continue
        read = {judge.catalogue.relation(each) for each in walk(node.query) if isinstance(each, ast.RangeVar)}
        past = sorted(each for each in read if is_protected(judge, each))
        if past and _is_reached(judge, name):
            judge.asks(
                named("whoever may read the view {} reads {} past row-level security", name, ", ".join(past)),
                "create it WITH (security_invoker = true)",
                line=thing.line,
            )


@ENDINGS.append
def _copies(judge: Judge) -> None:
    """A new table or materialized view with rows of a protected table, which has no row-level security itself."""
    filled: dict[str, list[Node]] = {}
    for name, thing in judge.made("relation").items():
        if isinstance(thing.node, ast.CreateTableAsStmt):
            filled[name] = [_query(judge, thing.node)]
    for name, query in judge.copied:
        filled.setdefault(name, []).append(query)
    for name, queries in filled.items():
        made = judge.made("relation").get(name)
        if made is None or _is_as_protected(judge, name, made) or not _is_reached(judge, name, _SELECT):
            continue
        past = sorted(_protected(judge, queries))
        if past:
            judge.asks(
                named(
                    "{} has rows of {}, and no row-level security: whoever may read it sees them", name, ", ".join(past)
                ),
                "switch row-level security on for it, take the rights on it from anon and authenticated, or keep it "
                "in a schema of its own",
                line=thing.line,
            )


def _is_as_protected(judge: Judge, name: str, made: Thing) -> bool:
    """Whether a new table has row-level security wherever it is made, and no policy that shows every row."""
    protected = judge.catalogue.get("protected", name)
    if protected is None or protected.doubted or made.branch[: len(protected.branch)] != protected.branch:
        return False
    policies = [each.node for each in judge.catalogue.on("policy", name).values()]
    return not any(admits(each, "select") and is_true(each.using) for each in policies)


def _query(judge: Judge, node: Node) -> Node:
    prepared = isinstance(node.query, ast.ExecuteStmt) and judge.prepared.get(node.query.name)
    return prepared or node.query


@ENDINGS.append
def _definers(judge: Judge) -> None:
    """A function with its owner's rights that requests may call, and that reaches more than what is theirs."""
    for name, thing in judge.made("function").items():
        variants = [each for each in (thing.node, *thing.others) if isinstance(each, ast.CreateFunctionStmt)]
        for each in variants:
            if is_definer(each) and name not in judge.unchanged and _is_called(judge, name, each):
                _tell(judge, name, each, thing.line)
    for name in sorted(judge.reopened):
        known = judge.catalogue.get("function", name)
        for each in (known.node, *known.others) if known else ():
            if isinstance(each, ast.CreateFunctionStmt) and is_definer(each) and _is_called(judge, name, each):
                _tell(judge, name, each, judge.line)


def _is_called(judge: Judge, name: str, node: Node) -> bool:
    """Whether requests may call it; nobody calls the function of a trigger."""
    result = words(node.returnType.names)[-1:] if node.returnType else []
    schema, barred = name.rpartition(".")[0], judge.catalogue.on("barred", name)
    there = schema == PUBLIC or judge.catalogue.get("open schema", schema) is not None
    return there and result not in (["trigger"], ["event_trigger"]) and not {*CLIENTS, "public"} <= barred.keys()


def _tell(judge: Judge, name: str, node: Node, line: int | None) -> None:
    quiet = _quiet(judge)
    statements = list(body_of(quiet, node, f"the body of {name}"))
    past = sorted(_protected(judge, statements, frozenset({name}), unbound=True))
    rights = "whoever calls {}() has its owner's rights"
    if quiet.findings:
        what = named(rights + ", and its body cannot be read: {}", name, quiet.findings[0].what)
    elif past:
        what = named(rights + ", and reaches rows of {} that are not theirs", name, ", ".join(past))
    else:
        return
    judge.asks(
        what,
        "SECURITY INVOKER, or a condition with auth.uid() on each of these tables; or revoke EXECUTE from public, anon "
        "and authenticated",
        line=line,
    )


def _bound(statement: Node) -> Iterator[Node]:
    """The relations of a statement of which it reaches only rows with a column that says who asks."""
    if isinstance(statement, ast.InsertStmt):
        rows = getattr(statement.selectStmt, "valuesLists", None) or ()
        if rows and not statement.onConflictClause and all(any(map(_is_who_asks, row)) for row in rows):
            yield statement.relation
        return
    if isinstance(statement, ast.SelectStmt):
        relations = list(statement.fromClause or ())
    elif isinstance(statement, (ast.UpdateStmt, ast.DeleteStmt)):
        more = getattr(statement, "fromClause", None) or getattr(statement, "usingClause", None) or ()
        relations = [statement.relation, *more]
    else:
        return
    conditions = operands(statement.whereClause)
    tables = dict(_joined(relations, conditions))
    bound = {alias for alias in tables if any(_binds(each, alias, alone=len(tables) == 1) for each in conditions)}
    for _ in tables:
        bound |= {alias for each in conditions for alias in _tied(each) if _tied(each) & bound}
    yield from (table for alias, table in tables.items() if alias in bound)


def _joined(relations: list[Node], conditions: list[Node]) -> Iterator[tuple[str, Node]]:
    """The relations of FROM by their names there; what inner joins ask for is added to the conditions."""
    for each in relations:
        if isinstance(each, ast.JoinExpr) and each.jointype == enums.JoinType.JOIN_INNER:
            conditions += operands(each.quals)
            yield from _joined([each.larg, each.rarg], conditions)
        elif isinstance(each, ast.RangeVar):
            yield each.alias.aliasname if each.alias else each.relname, each
        else:
            yield "", each  # whatever it is, columns without a table may be its own


def _tied(condition: Node) -> set[str]:
    """The two relations whose rows go together by `a.column = b.column`; none for another condition."""
    if not isinstance(condition, ast.A_Expr) or condition.kind != enums.A_Expr_Kind.AEXPR_OP:
        return set()
    columns = [each for each in (condition.lexpr, condition.rexpr) if isinstance(each, ast.ColumnRef)]
    names = {name for each in columns for name in words(each.fields)[-2:-1]}
    return names if words(condition.name) == ["="] and len(names) == len(columns) else set()


def _binds(condition: Node, alias: str, *, alone: bool) -> bool:
    """Whether it is `column = auth.uid()` about a column of that relation."""
    if not isinstance(condition, ast.A_Expr) or words(condition.name) != ["="]:
        return False
    if condition.kind != enums.A_Expr_Kind.AEXPR_OP:
        return False
    for column, value in ((condition.lexpr, condition.rexpr), (condition.rexpr, condition.lexpr)):
        if isinstance(column, ast.ColumnRef) and _is_who_asks(value):
            parts = words(column.fields)
            return parts[-2:-1] == [alias] if len(parts) > 1 else alone
    return False


def _is_who_asks(value: Node) -> bool:
    return canonical(value) == _WHO_ASKS


_WHO_ASKS = canonical(ast.FuncCall(funcname=(ast.String(sval="auth"), ast.String(sval="uid"))))
