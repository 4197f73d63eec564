"""Text that is put together at run time: what of a statement is known, and a placeholder for each name that is not."""

from __future__ import annotations

import re
from collections.abc import Callable

from pglast import ast

from verifier.probes.migrations.reading import Node
from verifier.probes.migrations.rules.trees import is_any, literal, words

Mark = Callable[[Node], str]
"""The placeholder of an expression; the same for two of them only if they cannot differ."""
_AS_TEXT = {"text", "varchar", "name", "int4", "int8", "regclass"}
"""Types whose cast leaves the text of a constant as it is."""
_WORDS = {"int2", "int4", "int8", "regclass"}
"""Types whose text can be nothing but a number or a quoted name."""
_PLACE = re.compile(r"(%%|%(?:\d+\$)?[ILs])")
_OF_A_TIME = re.compile(r"(?:FM|[YMDQIWHS_]|24|12)+", re.IGNORECASE)
"""Patterns of to_char that give digits and underscores alone."""


def composed(node: Node, known: dict[str, str], mark: Mark) -> str | None:
    """The text of an expression, with a placeholder for each quoted identifier; None if more is unknown.

    Args:
        node: the expression.
        known: values of variables as text; empty for one that hides another and is not known.
        mark: makes the placeholders.
    """
    if isinstance(node, ast.TypeCast):
        into = words(node.typeName.names)[-1]
        plain = not node.typeName.typmods and into in _AS_TEXT
        text = composed(node.arg, known, mark) if plain else None
        return mark(node) if text is None and into in _WORDS else text
    if isinstance(node, ast.ColumnRef):
        return known.get(".".join(words(node.fields))) or None
    if isinstance(node, ast.A_Expr) and words(node.name) == ["||"]:
        left, right = composed(node.lexpr, known, mark), composed(node.rexpr, known, mark)
        return None if left is None or right is None else left + right
    if isinstance(node, ast.FuncCall) and node.args and not node.func_variadic:
        return _called(node, known, mark)
    whole = getattr(node, "val", None)
    return str(whole.ival or 0) if isinstance(whole, ast.Integer) else literal(node)


def _called(node: Node, known: dict[str, str], mark: Mark) -> str | None:
    name = words(node.funcname)[-1]
    kinds = {"quote_ident": "I", "quote_literal": "L", "quote_nullable": "L"}
    if name in kinds:
        return _quoted(kinds[name], node.args[0], known, mark)
    if name == "to_char" and _OF_A_TIME.fullmatch(literal(node.args[-1]) or ""):
        return mark(node)
    return _formatted(node, known, mark) if name == "format" else None


def _formatted(node: Node, known: dict[str, str], mark: Mark) -> str | None:
    template, place = composed(node.args[0], known, mark), 0
    parts: list[str] = []
    for piece in _PLACE.split(template or ""):
        if not _PLACE.fullmatch(piece) or piece == "%%":
            parts.append("%" if piece == "%%" else piece)
            continue
        number = re.search(r"\d+", piece)
        place = int(number.group()) if number else place + 1
        text = _quoted(piece[-1], node.args[place], known, mark) if place < len(node.args) else None
        if text is None:
            return None
        parts.append(text)
    return None if template is None else "".join(parts)


def _quoted(kind: str, node: Node, known: dict[str, str], mark: Mark) -> str | None:
    """What format() makes of an argument: I, an identifier; L, a constant; s, the text as it is."""
    text = composed(node, known, mark)
    if kind == "s":
        return text
    if text is None or is_any(text):
        return mark(node) if kind == "I" else "'any'"
    quote = '"' if kind == "I" else "'"
    return quote + text.replace(quote, 2 * quote) + quote
