"""Which files a runner applies, in which order; and which it skips.

The Supabase CLI applies `supabase/migrations/<digits>_<name>.sql` in the order of names; Prisma applies
`prisma/migrations/<folder>/migration.sql` in the order of folders.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path

from verifier.probes.migrations.verdicts import MigrationFinding, named

SUPABASE, PRISMA = "supabase/migrations", "prisma/migrations"
_SUPABASE_NAME = re.compile(r"[0-9]+_.*\.sql")
_BACKWARDS = re.compile(r"(^|[^a-z])(roll_?back|revert|undo|down)([^a-z]|$)", re.IGNORECASE)
_NEVER = {".git", "node_modules", ".venv"}


@dataclass(frozen=True)
class Chosen:
    """The migration files of an application.

    Attributes:
        files: those that the runner applies, in its order.
        rollbacks: down migrations, which no runner applies.
        skipped: other files beside them, with the reason why the runner skips them.
        findings: mistakes in names and order.
    """

    files: tuple[str, ...]
    rollbacks: tuple[str, ...]
    skipped: dict[str, str]
    findings: tuple[MigrationFinding, ...]


def names_below(root: Path, patterns: tuple[str, ...] | None) -> list[str]:
    """All files in the migration folders, as paths below `root`."""
    if patterns is None:
        found = [each for place in (SUPABASE, PRISMA) for each in (root / place).rglob("*")]
    else:
        found = [each for folder in sorted({_folder(each) for each in patterns}) for each in (root / folder).rglob("*")]
    names = {each.relative_to(root).as_posix() for each in found if each.is_file()}
    return sorted(each for each in names if _NEVER.isdisjoint(each.split("/")))


def choose(names: Iterable[str], patterns: tuple[str, ...] | None) -> Chosen:
    """Sort `names` into those that the runner applies and those that it skips."""
    files: list[str] = []
    rollbacks: list[str] = []
    skipped: dict[str, str] = {}
    names = sorted(names)
    for name in names:
        reason = _by_pattern(name, patterns) if patterns else _by_runner(name)
        if reason is None:
            files.append(name)
        elif _BACKWARDS.search(name.rsplit("/", 1)[-1]) and ".sql" in name:
            rollbacks.append(name)
        elif reason:
            skipped[name] = reason
    files.sort(key=lambda each: (label(each), each))
    findings = [*_taken_backwards(files), *_twice(files), *_empty_folders(names, patterns)]
    return Chosen(tuple(files), tuple(rollbacks), skipped, tuple(findings))


def label(name: str) -> str:
    """The name by which a runner orders and records a file: its own, or for Prisma that of its folder."""
    parts = name.split("/")
    return parts[-2] if parts[-1] == "migration.sql" and len(parts) > 1 else parts[-1]


def version(name: str) -> str:
    """The leading digits of a file's label."""
    found = re.match(r"[0-9]+", label(name))
    return found[0] if found else ""


def out_of_order(new: Iterable[str], shipped: Iterable[str]) -> list[MigrationFinding]:
    """New files that sort before a shipped one of the same folder."""
    last: dict[str, str] = {}
    for each in shipped:
        last[_home(each)] = max(last.get(_home(each), ""), label(each))
    return [
        MigrationFinding.of_file(
            each,
            named("sorts before {}, which is shipped: runners refuse it or run it too late", last[_home(each)]),
            "give it a version of today",
        )
        for each in new
        if label(each) < last.get(_home(each), "")
    ]


def _by_runner(name: str) -> str | None:
    """None if a runner applies it, else why not; empty if it is not a migration at all."""
    parts = name.split("/")
    if name.startswith(f"{PRISMA}/"):
        if len(parts) == 4 and parts[-1] == "migration.sql":  # noqa: PLR2004 - prisma/migrations/FOLDER/migration.sql
            return None
        return "" if parts[-1] == "migration_lock.toml" else "Prisma takes FOLDER/migration.sql only"
    if name.startswith(f"{SUPABASE}/"):
        if len(parts) == 3 and _SUPABASE_NAME.fullmatch(parts[-1]):  # noqa: PLR2004 - supabase/migrations/FILE
            return None
        return "the Supabase CLI takes <digits>_<name>.sql only"
    return ""


def _by_pattern(name: str, patterns: tuple[str, ...]) -> str | None:
    if any(fnmatchcase(name, each) and name.count("/") == each.count("/") for each in patterns):
        return None
    return "no glob of the target fits it"


def _folder(pattern: str) -> str:
    fixed = re.split(r"[*?\[]", pattern, maxsplit=1)[0]
    return fixed.rpartition("/")[0]


def _home(name: str) -> str:
    parts = name.split("/")
    return "/".join(parts[: -2 if parts[-1] == "migration.sql" else -1])


def _taken_backwards(files: Iterable[str]) -> list[MigrationFinding]:
    return [
        MigrationFinding.of_file(
            each, "looks like it undoes another, and the runner applies it like any other file", "move it elsewhere"
        )
        for each in files
        if _BACKWARDS.search(label(each))
    ]


def _twice(files: Iterable[str]) -> list[MigrationFinding]:
    by_version: dict[tuple[str, str], list[str]] = defaultdict(list)
    for each in files:
        by_version[_home(each), version(each)].append(each)
    return [
        MigrationFinding.of_file(
            each,
            named(
                "has the version {} of {}: the runner remembers versions, and takes only one of the two",
                number,
                group[0],
            ),
            "give it a version of its own",
        )
        for (_, number), group in by_version.items()
        if number
        for each in group[1:]
    ]


def _empty_folders(names: Iterable[str], patterns: tuple[str, ...] | None) -> list[MigrationFinding]:
    folders: dict[str, set[str]] = defaultdict(set)
    for each in names:
        parts = each.split("/")
        if each.startswith(f"{PRISMA}/") and len(parts) == 4 and not patterns:  # noqa: PLR2004 - as above
            folders["/".join(parts[:3])].add(parts[3])
    return [
        MigrationFinding.of_file(
            each, "a folder without migration.sql, at which Prisma stops", "remove it, or write the file"
        )
        for each, inside in sorted(folders.items())
        if "migration.sql" not in inside
    ]
