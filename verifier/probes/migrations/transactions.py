"""What a file undoes itself, by ROLLBACK of a transaction or to a savepoint that it began."""

from __future__ import annotations

from collections.abc import Sequence

from pglast import ast, enums

from verifier.probes.migrations.reading import Node, Statement
from verifier.probes.migrations.rules.trees import walk

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
