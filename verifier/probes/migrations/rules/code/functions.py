"""Functions: made, replaced and altered, and whether two of them do the same."""

from __future__ import annotations

import re
from contextlib import nullcontext

from pglast import Error, ast, enums, parse_sql

from verifier.probes.migrations.catalogue import MANAGED, PUBLIC, ObjectCatalogue
from verifier.probes.migrations.reading import Node
from verifier.probes.migrations.rules.alike import qualified, same_query
from verifier.probes.migrations.rules.code.json_keys import adds_keys, more_keys
from verifier.probes.migrations.rules.code.search_paths import (
    finds_operators,
    keeps_public,
    names_by_schema,
    reaches_the_same,
)
from verifier.probes.migrations.rules.judging import Judge, rule
from verifier.probes.migrations.rules.trees import (
    COSTS,
    changed,
    literal,
    respelled,
    same_types,
    signature,
    taken,
    tokens_of,
    words,
)
from verifier.probes.migrations.verdicts import named


def same_function(old: Node, new: Node, catalogue: ObjectCatalogue | None = None) -> bool:
    """Whether two functions are alike but for comments, spaces and capital letters in their bodies, and for costs.

    A search path that is fixed by the new one counts as alike where the body names what it uses by its schema. So does
    a schema before the name of a table or view, if the old one, which fixed none, found it there by the usual path.

    Args:
        old: CREATE FUNCTION.
        new: the same.
        catalogue: what there is by the usual search path; None if names have to be the same.
    """
    if catalogue is not None:
        old, new = _named_alike(old, new, catalogue)
    ignored = _ignored(old, new)
    if respelled(old, ignored) == respelled(new, ignored):
        return True
    return respelled(old, {*ignored, "as"}) == respelled(new, {*ignored, "as"}) and _same_queries(old, new)


def is_grown(old: Node, new: Node) -> bool:
    """Whether a function gives a JSON object with more keys, and is as it was otherwise."""
    return more_keys(old, new, _ignored(old, new)) is not None


def _ignored(old: Node, new: Node) -> set[str]:
    """SET, if only the new function has some, which change no result."""
    harmless = not _settings(old.options) and all(is_harmless_setting(each, new) for each in _settings(new.options))
    return {"set"} if harmless else set()


def _named_alike(old: Node, new: Node, catalogue: ObjectCatalogue) -> tuple[Node, Node]:
    """Both with the schema before row types, and the old one with it in its body wherever the new one has it, too."""
    both = [qualified(each, catalogue) for each in (changed(old, funcname=new.funcname), new)]
    bodies = [it for each in both for it in each.options or () if it.defname == "as"]
    paths = any(each.name == "search_path" for each in _settings(old.options))
    if paths or catalogue.path != PUBLIC or len(bodies) != len(both):
        return both[0], both[1]
    texts = [tokens_of(words(each.arg)[0]) for each in bodies]
    if texts[0] != texts[1] and _schemas_aside(texts[0], texts[1], catalogue):
        options = tuple(bodies[1] if each is bodies[0] else each for each in both[0].options)
        return changed(both[0], options=options), both[1]
    return both[0], both[1]


def _schemas_aside(old: list[str], new: list[str], catalogue: ObjectCatalogue) -> bool:
    """Whether a body differs only by `public.` before names of relations of that schema."""
    plain: list[str] = []
    place = 0
    while place < len(new):
        first, name = new[place : place + 2], new[place + 2 : place + 3]
        if first == [PUBLIC, "."] and name == old[len(plain) : len(plain) + 1]:
            relation = catalogue.get("relation", f"{PUBLIC}.{name[0].strip(chr(34))}")
            if relation is None or _is_of_with(name[0], old):
                return False
            place += 2
        plain.append(new[place])
        place += 1
    return plain == old


def _is_of_with(name: str, body: list[str]) -> bool:
    """Whether a name may be that of a query in WITH, which comes before every table."""
    return "with" in body and any(
        [name, after] in (body[at : at + 2] for at in range(len(body))) for after in ("as", "(")
    )


def _same_queries(old: Node, new: Node) -> bool:
    """Whether the bodies of two functions in SQL are statements that do the same, one by one."""
    both = [_queries(each) for each in (old, new)]
    return bool(both[0]) and len(both[0]) == len(both[1]) and all(map(same_query, *both))


def _queries(function: Node) -> list[Node]:
    options = {each.defname: each.arg for each in function.options or ()}
    if getattr(options.get("language"), "sval", "") != "sql" or function.sql_body:
        return []
    try:
        return [each.stmt for each in parse_sql("".join(words(options.get("as"))))]
    except Error:
        return []


_UNDISTURBED = {
    "statement_timeout", "lock_timeout", "idle_in_transaction_session_timeout", "transaction_timeout", "work_mem",
    "maintenance_work_mem", "log_statement", "log_min_duration_statement", "application_name",
}  # fmt: skip
"""Settings of a function or a role that change no result; a timeout is looked at by itself."""
_SHORTEST = 1000
"""Milliseconds: a shorter timeout may cut off what runs today."""


def is_harmless_setting(node: Node, function: Node = None) -> bool:
    """Whether what a function or a role gets by SET changes no result of what runs.

    Args:
        node: the VariableSetStmt.
        function: whose it is, to see what its body names; None for a role.
    """
    if node.kind != enums.VariableSetKind.VAR_SET_VALUE:
        return False
    given = [
        literal(each) if literal(each) is not None else str(getattr(getattr(each, "val", None), "ival", ""))
        for each in node.args or ()
    ]
    if node.name == "search_path":
        return function is not None and (keeps_public(given, function) or names_by_schema(function))
    if not str(node.name).endswith("timeout"):
        return node.name in _UNDISTURBED
    found = re.fullmatch(r"(\d+) *(ms|s|min|h)?", given[0] or "") if len(given) == 1 else None
    if found is None or node.name not in _UNDISTURBED:
        return False
    waits = int(found.group(1)) * {"ms": 1, "s": 1000, "min": 60_000, "h": 3_600_000}[found.group(2) or "ms"]
    return waits == 0 or waits >= _SHORTEST


@rule("AlterFunctionStmt")
def _alter_function(judge: Judge, node: Node) -> None:
    """Costs, and settings that change no result, are let through."""
    name = judge.catalogue.name(words(node.func.objname))
    thing = judge.catalogue.get("function", name)
    known = thing.node if thing and isinstance(thing.node, ast.CreateFunctionStmt) and not thing.others else None
    settings = _settings(node.actions)
    harmless = all(each.defname in {*COSTS, "set"} for each in node.actions) and (
        not settings
        or (
            known is not None
            and all(is_harmless_setting(each, known) for each in settings)
            and finds_operators(judge, settings, known)
            and reaches_the_same(judge, settings, known)
        )
    )
    if not harmless and not judge.is_new("function", name):
        judge.asks(named("the function {} runs under other settings, or with other rights", name))
    if thing is not None:
        first, *others = (_altered(each, node.actions) for each in (thing.node, *thing.others))
        thing.node, thing.others = first, tuple(others)


def _settings(options: tuple[Node, ...] | None) -> list[Node]:
    return [each.arg for each in options or () if each.defname == "set"]


def _altered(function: Node, actions: tuple[Node, ...]) -> Node:
    """The function with the options of an ALTER FUNCTION."""
    if not isinstance(function, ast.CreateFunctionStmt):
        return function
    names = {each.defname for each in actions} - {"set"}
    kept = [each for each in function.options or () if each.defname not in names]
    return changed(function, options=(*kept, *actions))


@rule("AlterRoleSetStmt")
def _role_setting(judge: Judge, node: Node) -> None:
    if not is_harmless_setting(node.setstmt):
        role = node.role.rolename if node.role else "every role"
        judge.asks(named("{} works under another setting: {}", role, node.setstmt.name or "all of them"))


@rule("CreateFunctionStmt")
def _function(judge: Judge, node: Node) -> None:
    name = judge.catalogue.name(words(node.funcname))
    if name.split(".")[0] in MANAGED:
        judge.asks(named("the function {} belongs to the platform, and policies may depend on it", name))
    node = qualified(node, judge.catalogue)  # a later file may look for its types by another path
    old = judge.catalogue.get("function", name)
    variants = [] if old is None else [each for each in (old.node, *old.others) if each is not None]
    exact = [each for each in variants if signature(each) == signature(node)]
    same = exact or [each for each in variants if same_types(taken(each), taken(node))]
    live = old is not None and not judge.may_be_new("function", name)
    alike = bool(same) and (
        same_function(same[0], node, judge.catalogue) or adds_keys(judge, name, same[0], node, _ignored(same[0], node))
    )
    if alike and not any(each.name == "search_path" for each in _settings(same[0].options)):
        settings = _settings(node.options)
        alike = finds_operators(judge, settings, node) and reaches_the_same(judge, settings, node)
    if node.replace and live and same and not alike:
        judge.asks(named("the function {} does something else from now on", name))
    elif node.replace and live and same:
        judge.unchanged.add(name)
    elif live and any(_share_calls(each, node) for each in variants):
        judge.asks(named("a call of {} may mean its new form as well, and then fails", name))
    with judge.perhaps() if node.replace else nullcontext():
        judge.make("function", name, node)
    judge.catalogue.things["function", name].others = tuple(each for each in variants if each not in same)


def _share_calls(one: Node, other: Node) -> bool:
    """Whether some call fits both functions: the same types, and the other parameters have defaults."""
    if not (isinstance(one, ast.CreateFunctionStmt) and isinstance(other, ast.CreateFunctionStmt)):
        return False
    least = max(_least(each) for each in (one, other))
    first, second = taken(one), taken(other)
    return any(same_types(first[:count], second[:count]) for count in range(least, min(len(first), len(second)) + 1))


def _least(function: Node) -> int:
    """How many values a call has to give."""
    return len(taken(function)) - sum(each.defexpr is not None for each in function.parameters or ())
