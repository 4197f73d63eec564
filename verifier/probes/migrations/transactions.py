"""What a file undoes itself: by ROLLBACK of what it began, or by CASCADE from what it made."""

from __future__ import annotations

import re
from collections.abc import Sequence

from pglast import ast, enums

from verifier.probes.migrations.catalogue import ObjectCatalogue
from verifier.probes.migrations.reading import Node, Statement
from verifier.probes.migrations.rules.trees import canonical, walk, words

_KIND = enums.TransactionStmtKind
_BEGINS = {_KIND.TRANS_STMT_BEGIN, _KIND.TRANS_STMT_START}
_ENDS = {_KIND.TRANS_STMT_COMMIT, _KIND.TRANS_STMT_PREPARE}
_INNER = {_KIND.TRANS_STMT_SAVEPOINT, _KIND.TRANS_STMT_RELEASE, _KIND.TRANS_STMT_ROLLBACK_TO}
_LASTS = (ast.DoStmt, ast.CallStmt)
"""Code that may do what ROLLBACK does not undo, such as a request to another server."""


def lasting(statements: Sequence[Statement]) -> tuple[Statement, ...]:
    """The statements without those that are undone for certain, and without the commands that do that.

    A transaction that the file did not begin is the runner's: its ROLLBACK stays, and so does what stands before it. So
    does one after which the file goes on to change something, since runners differ in what they undo then.
    """
    gone = _undone(statements)
    return tuple(each for number, each in enumerate(statements) if number not in gone)


def _undone(statements: Sequence[Statement]) -> set[int]:  # noqa: C901 - one branch for each command
    gone: set[int] = set()
    begun: int | None = None
    savepoints: list[tuple[str, int]] = []
    for number, each in enumerate(statements):
        node = each.node
        if not isinstance(node, ast.TransactionStmt):
            continue
        if node.kind in _BEGINS:
            begun, savepoints = number, []
        elif begun is None:
            continue  # outside of a transaction a savepoint is an error, and what follows it may be kept
        elif node.kind == _KIND.TRANS_STMT_SAVEPOINT:
            savepoints.append((str(node.savepoint_name), number))
        elif node.kind == _KIND.TRANS_STMT_ROLLBACK_TO:
            start = next((at for name, at in reversed(savepoints) if name == node.savepoint_name), None)
            if start is not None and not _escapes(statements[start + 1 : number]):
                gone |= {*range(start + 1, number + 1)}
            savepoints = [(name, at) for name, at in savepoints if start is None or at <= start]
        elif node.kind == _KIND.TRANS_STMT_RELEASE:
            start = next((at for name, at in reversed(savepoints) if name == node.savepoint_name), number)
            savepoints = [(name, at) for name, at in savepoints if at < start]
        elif node.kind in _ENDS:
            begun, savepoints = (number if node.chain else None), []
        elif node.kind == _KIND.TRANS_STMT_ROLLBACK:
            around = [*statements[:begun], *statements[number + 1 :]]
            if all(_is_frame(it.node) for it in around) and not _escapes(statements[begun + 1 : number]):
                gone |= {*range(begun, number + 1)}
            begun, savepoints = (number if node.chain else None), []
    return gone


def _escapes(statements: Sequence[Statement]) -> bool:
    """Whether something in between may end the transaction, or does what it does not undo."""
    return any(_may_last(each.node) for each in statements)


def _may_last(node: Node) -> bool:
    if isinstance(node, ast.TransactionStmt):
        return node.kind not in _INNER
    calls = isinstance(node, ast.SelectStmt) and any(isinstance(each, ast.FuncCall) for each in walk(node))
    return isinstance(node, _LASTS) or calls


def _is_frame(node: Node) -> bool:
    """Whether it only shows or sets something, so that it matters to nobody whether it is undone."""
    return isinstance(node, (ast.VariableSetStmt, ast.VariableShowStmt))


_MAKES_NOTHING = (ast.DropStmt, ast.CommentStmt, ast.GrantStmt)
_ON_A_TABLE = (ast.CreateTrigStmt, ast.CreatePolicyStmt, ast.IndexStmt, ast.InsertStmt, ast.UpdateStmt, ast.DeleteStmt)
"""Statements after which nothing more depends on what they name than there did on their table."""


def takes_along(statements: Sequence[Node], name: str, catalogue: ObjectCatalogue, born: set[tuple[str, str]]) -> bool:
    """Whether CASCADE from what the file made may take along what was there before.

    What depends on it was made or altered by a statement of the file that names it, or another that depends on it.

    Args:
        statements: of the file.
        name: of what is dropped.
        catalogue: for the full names.
        born: kind and name of what nobody but the file made.
    """
    named_in = [(each, _identifiers(each)) for each in statements if not isinstance(each, _MAKES_NOTHING)]
    names, before = {_plain(name)}, 0
    if any(isinstance(each, ast.VariableSetStmt) for each in statements) or not re.fullmatch(
        r"\w+", name.rpartition(".")[2]
    ):
        return True  # names mean other things then, or are not found in texts
    while before != len(names):
        before = len(names)
        for node, identifiers in named_in:
            if not names & identifiers:
                continue
            if isinstance(node, ast.RenameStmt):
                parts = words(getattr(node.object, "objname", None) or node.object)[-1:]
                parts += [node.newname, node.subname or "", node.relation.relname if node.relation else ""]
                names |= {_plain(each) for each in parts if each}
            elif (own := _own(node, catalogue, born)) is None:
                return True
            elif not isinstance(node, _ON_A_TABLE):
                names.add(_plain(own))
    return False


def _identifiers(node: Node) -> set[str]:
    return set(map(_plain, re.findall(r"\w+", canonical(node))))


def _plain(name: str) -> str:
    """The last part of a name; an array type has that of its elements behind an underscore."""
    return name.rpartition(".")[2].lower().lstrip("_")


def _own(node: Node, catalogue: ObjectCatalogue, born: set[tuple[str, str]]) -> str | None:
    """The name of what a statement makes or alters, if nobody but this file made it."""
    into = getattr(node, "into", None)
    places = (getattr(node, each, None) for each in ("relation", "view", "table", "sequence", "typevar"))
    relation = next((each for each in (*places, getattr(into, "rel", None)) if isinstance(each, ast.RangeVar)), None)
    lists = (getattr(node, each, None) for each in ("funcname", "typeName", "domainname"))
    parts = next((words(each) for each in lists if isinstance(each, tuple)), [])
    name = catalogue.relation(relation) if relation else catalogue.name(parts) if parts else ""
    name = name or str(getattr(node, "schemaname", ""))
    kinds = ("relation", "type") if relation else ("function", "type") if parts else ("schema",)
    return name if any((each, name) in born for each in kinds) else None
