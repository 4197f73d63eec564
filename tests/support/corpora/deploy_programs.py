"""The programs of a deploy as stubs, and what their records say: whether a migration was applied.

The rules here are the judge's own, so that a mistake in the verifier's rules cannot confirm itself.
"""

from __future__ import annotations

import re
import shutil
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path

from tests.support.runs.toy import CHECKOUT

STUB = Path(__file__).with_name("deploy_stub.py")
_REAL = (
    "sh", "bash", "cat", "echo", "printf", "dirname", "basename", "sed", "grep", "egrep", "env", "test", "mkdir", "cp",
    "mv", "rm", "ls", "tr", "head", "tail", "xargs", "make", "tee", "seq", "date", "sort", "uniq", "cut", "wc", "find",
    "touch", "true", "false", "expr", "sleep", "pwd", "ln", "readlink", "realpath", "id",
)  # fmt: skip
_WORD = re.compile(r"[A-Za-z_][\w.@-]*")
_APPLYING = (
    r"prisma .*\bmigrate\b.*\b(?:deploy|dev|reset|resolve)\b|prisma .*\bdb (?:push|execute)\b",
    r"node \S*prisma/build/index.js (?:migrate deploy|db push)|node \S*typeorm/cli.js (?:schema:sync|migration:run)",
    r"supabase (?:db push|migration up|db reset|migration repair)|knex .*migrate:(?:latest|up|down|rollback)",
    r"drizzle-kit (?:push|migrate)|sequelize(?:-cli)? .*db:migrate(?!:status)",
    r"typeorm\S* .*(?:migration:(?:run|revert)|schema:sync)|mikro-orm (?:migration:(?:up|down|fresh)|schema:update)",
    r"node-pg-migrate .*\b(?:up|down|redo)\b|dbmate .*\b(?:up|migrate|down|rollback|load)\b",
    r"atlas (?:migrate|schema) apply|goose .*\b(?:up|down|up-to|reset|redo)\b",
    r"flyway .*\b(?:migrate|clean|repair|baseline)\b|liquibase .*(?:\bupdate\b(?!-)|rollback|drop-all)",
    r"alembic .*(?:upgrade|downgrade|stamp)\b|python3? (?:-m alembic upgrade|\S*manage.py (?:migrate|flush))",
    r"(?:bin/)?(?:rails|rake) .*db:(?:migrate(?!:status)|prepare|schema:load|setup|reset|rollback)",
    r"ruby \S*bin/rails db:(?:migrate|prepare)|sqlx (?:migrate (?:run|revert)|database (?:reset|setup))",
    r"diesel (?:migration (?:run|revert)|setup)|flask db upgrade|php \S*artisan migrate(?!:status)",
    r"php \S*console doctrine:migrations:migrate|\S+ eval \S*Release.migrate|mix ecto\.(?:migrate|setup|reset)",
    r"migrate .*\b(?:up|down|goto|force)\b|node ace\S* migration:run|dotnet ef database update|hasura migrate apply",
    r"sqitch (?:deploy|revert)|wrangler d1 migrations apply|payload migrate\b(?!:(?:status|create))|pg_restore ",
    r"psql .*\b(?:create|alter|drop|truncate) (?:unique )?(?:table|index|schema|function|view|type|policy)\b",
    r"psql .*\b(?:delete from|update \w+ set)\b",
)
_APPLIES = re.compile(rf"^(?:\S*/)?(?:{'|'.join(_APPLYING)})", re.IGNORECASE)
_DRY = re.compile(r"--(?:dry-run|help|plan|check|sql|list|version|create-only|pretend)\b|-l\b|--env[ =]test\b")
_LOCAL = re.compile(r"://(?:[^@/]*@)?(?:localhost|127\.0\.0\.1|postgres|db)(?=[:/]|$)|^file:|sqlite:")
_FIELDS = ("said", "cwd", "where", "url", "services", "test")
_STUB = """#!/bin/sh
'''exec' "{python}" -IS "$0" "$@"
' '''
import sys
sys.path.append("{checkout}")
from tests.support.corpora.deploy_stub import main
main()
"""
_PLAIN = r"""#!/bin/sh
[ "$RAILS_ENV" = test ] || [ "$NODE_ENV" = test ] && test=1 || test=
url="${DATABASE_URL:-${SUPABASE_DB_URL:-$DIRECT_URL}}"
[ -z "$url" ] && [ -f .env ] && url=$(sed -n 's/^DATABASE_URL="*\([^"]*\)"*$/\1/p' .env)
printf '%s\037%s\037%s\037%s\037%s\037%s\036' "${0##*/} $*" "$PWD" "$JUDGE_WHERE" \
  "$url" "$JUDGE_SERVICES" "$test" >> "$JUDGE_LOG"
exit "${JUDGE_STATUS:-0}"
"""
"""The stub of a program that runs nothing else; a shell begins ten times as fast as Python."""
Record = Mapping[str, str]
"""What a stub wrote down: what was said, where, with which database."""


def records(log: Path) -> list[Record]:
    """What was called, in order."""
    found = log.read_text(encoding="utf-8").split("\x1e")[:-1]
    return [dict(zip(_FIELDS, each.replace("\n", " ").split("\x1f"), strict=True)) for each in found]


def deploys(record: Record) -> bool:
    """Whether it was a deploy."""
    return bool(re.match(r"fly (?:deploy|launch)\b", record["said"]))


def applied(record: Record, *, tunnel: bool) -> bool:
    """Whether it applied a migration, but to a database for tests.

    Args:
        record: the call.
        tunnel: whether a local port leads to a database elsewhere.
    """
    said = record["said"]
    if not _APPLIES.search(said) or _DRY.search(said) or record["test"]:
        return False
    if record["where"] == "machine" or tunnel:
        return True
    if re.match(r"supabase (?:db reset|migration up)", said) and "--linked" not in said:
        return False
    return not (_LOCAL.search(record["url"]) or (record["services"] and not record["url"]))


def programs(folder: Path, texts: Iterable[str]) -> Path:
    """A folder of programs for some sets: a few real ones, and a stub for every other name that a text holds."""
    folder.mkdir()
    for name in _REAL:
        path = shutil.which(name)
        if path:
            (folder / name).symlink_to(path)
    running = set(re.findall(r'^    "([\w-]+)":', STUB.read_text(encoding="utf-8"), re.MULTILINE))
    _program(folder / "stub", _STUB.format(python=sys.executable, checkout=CHECKOUT))
    _program(folder / "plain", _PLAIN)
    # Of a file that a stub was to make, too.
    _program(folder / "chmod", f'#!/bin/sh\n{shutil.which("chmod")} "$@" 2>/dev/null || true\n')
    for name in {word for text in texts for word in _WORD.findall(text)} - {*_REAL, "stub", "plain", "chmod"}:
        (folder / name).symlink_to(folder / ("stub" if name in running else "plain"))
    return folder


def _program(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8")
    path.chmod(0o755)
