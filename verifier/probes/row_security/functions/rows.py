"""Whose rows a function changed or put in, and the rows of its own that somebody has who calls it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from types import MappingProxyType

from verifier.probes.row_security import sql as questions
from verifier.probes.row_security.catalogue import Connection
from verifier.probes.row_security.copy.attempts import Attempts
from verifier.probes.row_security.copy.membership import is_trusted
from verifier.probes.row_security.copy.tables import CopiedTables, Place
from verifier.probes.row_security.copy.values import Column, number_of, quoted_name, quoted_value, snake
from verifier.probes.row_security.personas import ASHA, BORIS, LONER, STRANGER
from verifier.probes.row_security.relations import Function

_COUNTER = re.compile(
    r"(?:^|_)(?:count|counts|counter|views?|likes?|votes?|upvotes|downvotes|hits|clicks|downloads|plays|shares|num|"
    r"stars|claps|reads|impressions|comments)(?:_|$)"
)
"""Columns that count what anybody does: raising them is what such functions are for."""
_AUTHOR = re.compile(
    r"(?:^|_)(?:user|author|owner|creator|sender|writer|account|customer|uid|poster|payer|from)(?:_?(?:id|uuid))?$|_by$"
)
_ADDRESSED = re.compile(r"notif|visit|view|event|log|audit|request|alert|inbox|mail|invit|queue|job|feed")
"""Tables whose rows are addressed to somebody; who may send one is not whose row it is."""
_WHOLE = {"int2", "int4", "int8", "numeric"}


@dataclass(frozen=True)
class Others:
    """The first two owners' rows of one table.

    Attributes:
        content: without what counts something.
        whole: with it.
        places: where they are stored.
        text: without any amount.
        amounts: the sum of each column of amounts.
        total: the same of everybody's rows.
    """

    content: str
    whole: str
    places: str
    text: str
    amounts: tuple[Decimal, ...]
    total: tuple[Decimal, ...]

    def is_written_by(self, after: Others) -> bool:
        """Whether they were written in between, by more than raising what counts something or what the caller paid."""
        paid = self.text == after.text and self.amounts != after.amounts and self.total == after.total
        if paid and all(former <= later for former, later in zip(self.amounts, after.amounts, strict=True)):
            return False
        return self.content != after.content or (self.places != after.places and self.whole == after.whole)


def of_others(connection: Connection, copied: CopiedTables, where: Place) -> Others:
    """What the first two owners have in a table, without rows that are the caller's, whomever these mention."""
    columns = copied.columns[where]
    amounts = [each for each in columns if each.base in _WHOLE and not each.unique]
    names, whole, text = (
        ", ".join(quoted_name(each.name) for each in some)
        for some in ([it for it in columns if not _counts(it)], columns, [it for it in columns if it not in amounts])
    )
    telling = any(each.telling for each in columns)
    marks = [each[:8] if telling else number_of(each) for each in (ASHA, BORIS, STRANGER)]
    first, second, caller = (f"position({quoted_value(each)} in whole) > 0" for each in marks)
    theirs = f"filter (where ({first} or {second}) and not {caller})"
    digests = [f"md5(string_agg({it}, '|' order by {it}) {theirs})" for it in ("content", "whole", "place", "words")]
    numbered = {f"amount{number}": quoted_name(each.name) for number, each in enumerate(amounts)}
    sums = [f"coalesce(sum({each}){only}, 0)" for only in (f" {theirs}", "") for each in numbered]
    inner = ", ".join([
        *(f"row({each})::text as {name}" for name, each in (("content", names), ("whole", whole), ("words", text))),
        *(f"{each} as {name}" for name, each in numbered.items()),
    ])  # fmt: skip
    row = connection.execute(
        f"select {', '.join([*digests, *sums])} from (select {inner}, ctid::text as place "
        f"from {quoted_name(*where)}) as rows".encode()
    ).fetchone()
    told, found = [str(each) for each in (row or [""] * 4)[:4]], (row or ())[4:]
    return Others(told[0], told[1], told[2], told[3], found[: len(amounts)], found[len(amounts) :])


def put_in(connection: Connection, before: Mapping[Place, int] = MappingProxyType({})) -> dict[Place, int]:
    """Table → how many rows this transaction has put in, where that is more than before."""
    counts = {(str(schema), str(table)): int(rows) for schema, table, rows in connection.execute(questions.INSERTED)}
    return {where: rows for where, rows in counts.items() if rows > before.get(where, 0)}


def forged(connection: Connection, copied: CopiedTables, into: Iterable[Place]) -> str:
    """The table into which the call put a row of the second owner, of which the caller knows nothing.

    Of somebody who had none, only what somebody hands out counts: a row of settings for another gives nobody anything.
    """
    for where in into:
        columns = copied.columns.get(where, ())
        authors = [each for each in columns if _AUTHOR.search(snake(each.name)) and each.telling]
        people = [each for each in columns if each.telling and copied.is_person(where, each)]
        if not (authors or people) or _ADDRESSED.search(snake(where[1])):
            continue
        whose, who = (", ".join(quoted_name(each.name) for each in some) for some in (authors, people or authors))
        boris, loner, caller = (quoted_value(each[:8]) for each in (BORIS, LONER, STRANGER))
        query = (
            f"select count(*) filter (where position({boris} in whose) > 0), "
            f"count(*) filter (where position({loner} in who) > 0) "
            f"from (select row({whose})::text as whose, row({who})::text as who "
            f"from {quoted_name(*where)}) as rows where position({caller} in who) = 0"
        )
        row = connection.execute(query.encode()).fetchone()
        if (
            row
            and (row[0] > (BORIS in copied.made.get(where, {})) or (row[1] and is_trusted(where[1])))
            and not _is_shared(connection, copied, where, authors)
        ):
            return ".".join(where)
    return ""


def is_new_key(connection: Connection, copied: CopiedTables, into: Iterable[Place], answer: str) -> bool:
    """Whether the answer of one row is a key of a table into which the call put rows, and of none that was there."""
    count, _, value = answer.partition(" ")
    for where in into if count == "1" and value else ():
        for key in (each[0] for each in copied.keys.get(where, ()) if len(each) == 1):
            if value in {row.get(key) for row in copied.made.get(where, {}).values()}:
                continue
            query = f"select exists (select from {quoted_name(*where)} where {quoted_name(key)}::text = %s)"
            if connection.execute(query.encode(), [value]).fetchone() == (True,):
                return True
    return False


def _is_shared(connection: Connection, copied: CopiedTables, where: Place, authors: list[Column]) -> bool:
    """Whether the rows are people who take part in something, and the call put in one of the caller beside."""
    names = {each.name for each in authors}
    if not any(names & {*key} and {*key} - names for key in copied.keys.get(where, ())):
        return False
    columns = ", ".join(quoted_name(each) for each in names)
    query = f"select exists (select from {quoted_name(*where)} as r where position(%s in row({columns})::text) > 0)"
    return connection.execute(query.encode(), [STRANGER[:8]]).fetchone() == (True,)


def ordinary_rows(copied: CopiedTables, function: Function) -> list[list[str]]:
    """Statements by which the caller gets the rows that everybody has in the tables that the function reads.

    First with defaults; then, in what belongs to a team or the like, with what is asked for, in its own.
    """
    tables = [
        each
        for each in copied.named_in([function.source])
        if each in copied.made
        and not is_trusted(each[1])
        and any(copied.is_person(each, it) for it in copied.columns[each])
    ]
    if not tables:
        return []
    plainly, favoured = (Attempts(copied, copied.turn(number)) for number in (0, 2))
    usual = [plainly.row_beside(each, STRANGER) for each in tables]
    marked = [favoured.row_beside(each, STRANGER, marked=True) for each in tables]
    return [usual, marked]


def _counts(column: Column) -> bool:
    return column.base in _WHOLE and bool(_COUNTER.search(snake(column.name)))
