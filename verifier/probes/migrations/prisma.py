"""Reads the models of a Prisma schema: the tables and columns that the client queries.

Grammar and defaults: Prisma's documentation, 'Prisma schema reference' and 'PostgreSQL connector, type mapping'.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

_BLOCK = re.compile(r"^\s*(model|view|enum)\s+(\w+)\s*\{(.*?)^\s*\}", re.MULTILINE | re.DOTALL)
_FIELD = re.compile(r"^\s*(\w+)\s+(\w+|Unsupported\(\"[^\"]*\"\))(\[\])?(\?)?(.*)$")
_MAPPED = re.compile(r"@@?map\(\s*(?:name:\s*)?\"([^\"]+)\"")
_SCHEMA = re.compile(r"@@schema\(\s*\"([^\"]+)\"")
_COMMENT = re.compile(r"(\"(?:[^\"\\]|\\.)*\")|//[^\n]*")
_TYPES = {
    "String": ("text", "character varying", "character", "uuid", "xml", "inet", "citext", "bit", "bit varying", "name"),
    "Boolean": ("boolean",),
    "Int": ("integer", "smallint", "oid"),
    "BigInt": ("bigint",),
    "Float": ("double precision", "real"),
    "Decimal": ("numeric", "money"),
    "DateTime": ("timestamp", "date", "time"),
    "Json": ("jsonb", "json"),
    "Bytes": ("bytea",),
}
"""Prisma's scalar types → prefixes of the PostgreSQL types that may store them."""


@dataclass(frozen=True)
class Field:
    """A column that the client queries.

    Attributes:
        kinds: prefixes of the types that it may have; empty if unknown (enums, unsupported types).
        many: whether it is an array.
    """

    column: str
    kinds: tuple[str, ...]
    many: bool

    def stored_as(self, kind: str) -> bool:
        """Whether this PostgreSQL type is what the client expects."""
        if self.many != kind.endswith("[]"):
            return False
        return not self.kinds or kind.removesuffix("[]").startswith(self.kinds)


@dataclass(frozen=True)
class Model:
    """A table or view that the client queries, and its columns."""

    name: str
    schema: str | None
    table: str
    fields: tuple[Field, ...]


def models(text: str) -> tuple[Model, ...]:
    """The models of a schema file, without those marked `@@ignore` or `@ignore`."""
    plain = _COMMENT.sub(lambda found: found[1] or "", text)
    blocks = _BLOCK.findall(plain)
    names = {name for kind, name, _ in blocks if kind != "enum"}
    enums = {name for kind, name, _ in blocks if kind == "enum"}
    return tuple(
        _model(name, body, names, enums)
        for kind, name, body in blocks
        if kind != "enum" and not re.search(r"^\s*@@ignore", body, re.MULTILINE)
    )


def _model(name: str, body: str, models: set[str], enums: set[str]) -> Model:
    lines = body.splitlines()
    attributes = "\n".join(line for line in lines if line.lstrip().startswith("@@"))
    mapped, schema = _MAPPED.search(attributes), _SCHEMA.search(attributes)
    found = [_FIELD.match(line) for line in lines if not line.lstrip().startswith("@@")]
    fields = tuple(_field(each, enums) for each in found if each and each[2] not in models and "@ignore" not in each[5])
    return Model(name, schema[1] if schema else None, mapped[1] if mapped else name, fields)


def _field(found: re.Match[str], enums: set[str]) -> Field:
    mapped = _MAPPED.search(found[5])
    kinds = () if found[2] in enums else _TYPES.get(found[2], ())
    return Field(mapped[1] if mapped else found[1], kinds, bool(found[3]))
