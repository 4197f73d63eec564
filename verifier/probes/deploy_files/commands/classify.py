"""Whether a tool is called so that it applies a migration."""

from __future__ import annotations

import re

from verifier.probes.deploy_files.commands import sql
from verifier.probes.deploy_files.commands.call import DONE, Call, Flow, handles, otherwise
from verifier.probes.deploy_files.commands.databases import is_test
from verifier.probes.deploy_files.commands.tools import Tool, subcommand, tools
from verifier.probes.deploy_files.places import Text, holes, only_holes
from verifier.probes.deploy_files.walk import Kind

_TELLING = re.compile(r"(?i)migrat|schema")


@otherwise(3)
def classify(call: Call) -> Flow | None:
    """A tool by its name."""
    name = call.name
    tool = tools().get(name)
    if tool is None:
        return _release(call)
    plain = [each for each in call.args if not each.startswith("-")]
    known = [each for each in plain if not only_holes(each)]
    found = subcommand(tool, known)
    if (found in tool.applies) or (found is None and tool.bare):
        return _applied(call, tool, f"{name} {found or ''}".strip())
    if found is None:
        return _unknown(call, tool, plain)
    return DONE


def _applied(call: Call, tool: Tool, said: str) -> Flow:
    if any(_is_dry(each, tool) for each in call.args) or is_test(call) or _local_supabase(call, said):
        return DONE
    return call.apply(said)


def _is_dry(word: str, tool: Tool) -> bool:
    return word.partition("=")[0] in tool.dry and not word.endswith("=false")


def _local_supabase(call: Call, said: str) -> bool:
    """Two subcommands of the Supabase CLI mean the local stack unless they are told otherwise."""
    linked = any(each.startswith(("--linked", "--db-url")) for each in call.args)
    return call.scope.kind is Kind.RUNNER and said in ("supabase db reset", "supabase migration up") and not linked


def _unknown(call: Call, tool: Tool, plain: list[str]) -> Flow | None:
    hidden = [each for each in plain[:2] if holes(each)]
    if not plain and "/" in call.argv[0] and _TELLING.search(call.name):
        return call.ask(f"{call.said}: not in the checkout, and its name speaks of migrations")
    if not plain:
        return DONE
    if hidden and tool.other == "ask":
        return call.ask(f"{call.said}: the subcommand is not told by the files")
    if tool.other == "fine" and not any(_TELLING.search(each) for each in plain[:1]):
        return DONE
    return DONE if is_test(call) else call.ask(f"{call.said}: it is not known what this subcommand does")


_EVALUATED = re.compile(r"(?i)\bmigrat\w*\b|Release\.(migrate|setup)")


def _release(call: Call) -> Flow | None:
    """A release of Elixir that is told to evaluate its own migration, or has a command for it."""
    if call.args[:1] in (("eval",), ("rpc",)) and any(_EVALUATED.search(each) for each in call.args[1:]):
        return call.apply(f"{call.name} {call.args[0]} …")
    return None


# ---- clients of databases


_CLIENTS = ("psql", "mysql", "mariadb", "sqlite3", "usql", "pgcli", "cockroach", "turso", "duckdb")
_COMMAND = {"-c", "--command", "-e", "--execute", "-cmd"}
_FILES = {"-f", "--file"}
_VALUED = {
    "-d", "-h", "-U", "-p", "-v", "-P", "--dbname", "--host", "--username", "--port", "--set", "--variable",
    "-o", "-L", "-F", "-R", "--pset", "-u", "-D",
}  # fmt: skip


_FLAGS = re.compile(r"-[A-CE-KM-OQ-Z0-9a-bgi-nq-tw-z]+([cf])")
"""Options in one word, of which the last takes the next word: `-tAc`."""


@handles(*_CLIENTS)
def client(call: Call) -> Flow:
    """A client by the SQL that it is given: as words, as files, or as input."""
    if is_test(call):
        return DONE
    given, rest = _given(call)
    for option, value in given:
        _text(call, value) if option in _COMMAND else _file(call, value)
    if call.stdin and not given:
        _judge(call, call.stdin)
    elif call.name == "sqlite3" and len(rest) > 1:
        _text(call, rest[1])
    return DONE


def _given(call: Call) -> tuple[list[tuple[str, str]], list[str]]:
    """The commands and files among its words, each with its option; and its other words."""
    words, given, rest = list(call.args), list[tuple[str, str]](), list[str]()
    while words:
        word = words.pop(0)
        flags = _FLAGS.fullmatch(word)
        option = f"-{flags[1]}" if flags else word.partition("=")[0] if word.startswith("--") else word[:2]
        value = "" if flags else word.partition("=")[2] if word.startswith("--") else word[2:]
        if option in _COMMAND | _FILES and word.startswith("-"):
            given.append((option, value or (words.pop(0) if words else "")))
        elif option in _VALUED and word.startswith("-") and not value:
            words = words[1:]
        elif not word.startswith("-"):
            rest.append(word)
    return given, rest


def _text(call: Call, text: str) -> None:
    _judge(call, Text(text, call.place))


def _file(call: Call, name: str) -> None:
    if name in ("-", "/dev/stdin"):
        if call.stdin:
            _judge(call, call.stdin)
        return
    source = None if holes(name) else call.scope.view.find(call.path(name))
    if source is None:
        call.ask(f"{call.name} -f {name}: the file is not in the checkout, so it cannot be read")
        return
    _judge(call, source)


def _judge(call: Call, source: Text) -> None:
    """Object if the SQL changes a schema, or rows that are there."""
    if source.text and only_holes(source.text.strip()):
        call.ask(f"{call.name}: the SQL is not told by the files")
        return
    changing = sql.first_change(source.text)
    if changing:
        call.apply(f"{call.name}: {changing}")
    for included in sql.included(source.text):
        _file(call, included)
