"""What a program of the application runs, as far as its text tells: commands, and migrators of known libraries.

Only the file that a command names is read, not what it imports.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from verifier.probes.deploy_files.places import FilePlace, Text

_COMMENTS = re.compile(r"(?m)/\*.*?\*/|(?<![:'\"\w])//[^\n]*|^\s*#(?!!)[^\n]*", re.DOTALL)
_BLANK = re.compile(r"[^\n]")
_RUNS = re.compile(
    r"\b(?:exec\w*|spawn\w*|execa\w*|system|popen|Popen|run|call|check_call|check_output|sh|shell|fork|Command)\s*[(\s]\s*\[?\s*"
    r"(?P<quote>['\"`])(?P<text>(?:\\.|(?!(?P=quote)).)*)(?P=quote)(?P<more>\s*,\s*(?:\{\s*args:\s*)?\[[^\]]*\]|(?:\s*,\s*['\"][^'\"\n]*['\"])*)",
    re.DOTALL,
)
_TEMPLATE = re.compile(r"(?:\$|%x)\s*`(?P<text>[^`]*)`")
_WORD = re.compile(r"['\"]([^'\"\n]*)['\"]")
_MIGRATES = re.compile(
    r"\bmigrate\s*\([^;]*migrationsFolder|\.migrate\s*\.\s*(?:latest|up|rollback)\s*\(|\bmigrateToLatest\s*\(|\brunMigrations\s*\("
    r"|\b(?:umzug|migrator)\s*\.\s*(?:up|down)\s*\(|getMigrator\(\)\s*\.\s*up\s*\(|\.sync\s*\(\s*\{\s*(?:force|alter)"
    r"|\bmigrationRunner\s*\(|call_command\(\s*['\"]migrate['\"]|\bcommand\.upgrade\s*\(|\.create_all\s*\("
    r"|MigrationContext[^\n]*\.migrate\b|ActiveRecord::Tasks\S*\.migrate\b|\bEcto\.Migrator\.(?:run|with_repo)"
    r"|\bm\.Up\(\)|\bgoose\.Up\w*\("
)


def commands(source: Text) -> Iterator[Text]:
    """The commands that the program runs."""
    text = _without_comments(source.text)
    for found in _RUNS.finditer(text):
        words = [found["text"], *_WORD.findall(found["more"] or "")]
        yield Text(" ".join(words), _place(source, text, found.start()))
    for found in _TEMPLATE.finditer(text):
        yield Text(found["text"], _place(source, text, found.start()))


def migrators(source: Text) -> Iterator[Text]:
    """The calls that apply migrations in the program's own process."""
    text = _without_comments(source.text)
    for found in _MIGRATES.finditer(text):
        yield Text(" ".join(found[0].split())[:40].rstrip("({ "), _place(source, text, found.start()))


def _without_comments(text: str) -> str:
    return _COMMENTS.sub(lambda found: _BLANK.sub(" ", found[0]), text)


def _place(source: Text, text: str, offset: int) -> FilePlace:
    return FilePlace(source.place.file, source.place.line + text.count("\n", 0, offset))
