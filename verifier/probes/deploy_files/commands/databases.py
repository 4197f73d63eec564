"""Whether a command speaks with a database that is made for a test, and thrown away afterwards."""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import urlsplit

from verifier.probes.deploy_files.commands.call import Call
from verifier.probes.deploy_files.places import holes
from verifier.probes.deploy_files.walk import Kind

TUNNEL = "a tunnel to another host"
"""A variable that no shell can name: set where a local port leads to a database elsewhere."""
_URL = re.compile(
    r"\b((?:postgres(?:ql)?|mysql|mariadb|sqlserver|mongodb(?:\+srv)?|cockroachdb|jdbc:\w+|prisma)(?:\+\w+)?://[^\s'\"]+)"
)
_FILE = re.compile(r"(?:^|=)(?:file:|sqlite3?:|sqlite:///)\S*|:memory:")
_VARIABLE = re.compile(
    r"(?i)(database|(?:^|_)db|postgres|(?:^|_)pg|(?:^|_)direct|sqlalchemy|mysql|flyway|connection).*(url|uri|dsn|host|string)"
)
_PAIR = re.compile(r"(?m)^\s*(?:export\s+)?(\w+)=(\S*)")
_MODE = ("RAILS_ENV", "RACK_ENV", "NODE_ENV", "APP_ENV", "MIX_ENV", "DJANGO_ENV", "ENVIRONMENT", "HANAMI_ENV")
_LOCAL = {"localhost", "127.0.0.1", "::1", "0.0.0.0", "host.docker.internal"}  # noqa: S104 - a name to compare with
_TEST_OPTION = re.compile(r"(?:--?(?:env|environment|context)(?:=|$)test\b)|settings[=._\w]*test")


def is_test(call: Call) -> bool:
    """Whether the database is one for tests: by its mode, or a local one on a runner or in a build."""
    if _test_mode(call):
        return True
    if call.scope.kind is Kind.MACHINE or TUNNEL in call.scope.variables:
        return False
    told = list(_told(call))
    if told:
        return all(_is_local(each, call.scope.services) for each in told)
    return bool(call.scope.services)


def _test_mode(call: Call) -> bool:
    words = " ".join(call.args)
    if _TEST_OPTION.search(words) or re.search(r"--?(?:env|environment|e) test\b", words):
        return True
    modes = [call.scope.variables[each] for each in _MODE if each in call.scope.variables]
    settings = call.scope.variables.get("DJANGO_SETTINGS_MODULE", ())
    return ("test",) in modes or any("test" in each for each in settings)


def _told(call: Call) -> Iterator[str]:
    """The databases that the command's words name; else those of its variables."""
    given = list(_in_words(call))
    if given:
        yield from given
        return
    variables = [values for name, values in call.scope.variables.items() if _VARIABLE.search(name)]
    yield from (each for values in variables for each in values)
    if not variables:
        yield from _in_env_file(call)


def _in_env_file(call: Call) -> Iterator[str]:
    """The databases of a `.env`, which most tools read where the environment says nothing."""
    files = [call.scope.view.find(call.path(each)) for each in (".env", "prisma/.env")]
    for name, value in (pair for each in files if each for pair in _PAIR.findall(each.text)):
        if _VARIABLE.search(name) and "http" not in value[:5]:
            yield value.strip("\"'")


def _in_words(call: Call) -> Iterator[str]:
    words = call.args
    for at, word in enumerate(words):
        found = _URL.search(word) or _FILE.search(word)
        if found:
            yield found[0]
        elif word in ("--url", "--db-url", "--database-url", "-database", "--dsn", "-d", "--dbname") and at + 1 < len(
            words
        ):
            yield words[at + 1]
        elif word in ("-h", "--host") and at + 1 < len(words):
            yield f"postgres://{words[at + 1]}/"
        elif word.startswith(("--host=", "-h=")):
            yield f"postgres://{word.partition('=')[2]}/"
        elif re.search(r"(?i)(postgres|database|db|pg)\w*url", " ".join(holes(word))):
            yield word
    if "--local" in words:
        yield "postgres://localhost/"


def _is_local(told: str, services: frozenset[str]) -> bool:
    if _FILE.search(told):
        return True
    if told in _LOCAL | services:
        return True
    try:
        host = urlsplit(told.removeprefix("jdbc:")).hostname or ""
    except ValueError:
        return False
    return not holes(host) and host in _LOCAL | services
