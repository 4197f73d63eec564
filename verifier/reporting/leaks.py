"""The last gate before anything is published: files are copied without secrets, and searched once more."""

from __future__ import annotations

import zipfile
from pathlib import Path

from verifier.redaction import REDACTOR


def copy_redacted(source: Path, destination: Path) -> None:
    """Copy a file with every secret replaced; inside zip archives too. Binary files with a secret are not copied."""
    if zipfile.is_zipfile(source):
        _copy_zip(source, destination)
    else:
        content = redacted_bytes(source.read_bytes())
        if content is not None:
            destination.write_bytes(content)


def redacted_bytes(content: bytes) -> bytes | None:
    """Text with every secret replaced, other bytes as they are; nothing if they hold a secret."""
    try:
        return REDACTOR.text(content.decode("utf-8")).encode("utf-8")
    except UnicodeDecodeError:
        return None if REDACTOR.known_in(content) else content


def withdraw_leaks(folder: Path) -> list[str]:
    """Remove every file below `folder` in which a known secret still stands; says which.

    This is a second look at files that were redacted when they were written; a find is a fault of the suite.
    """
    found = []
    for path in sorted(each for each in folder.rglob("*") if each.is_file() and not each.is_symlink()):
        if _leaks(path):
            path.unlink()
            found.append(f"{path.relative_to(folder).as_posix()} held a secret and was withdrawn")
    return found


def _leaks(path: Path) -> bool:
    if REDACTOR.known_in(path.read_bytes()):
        return True
    if not zipfile.is_zipfile(path):
        return False
    with zipfile.ZipFile(path) as archive:
        return any(REDACTOR.known_in(archive.read(name)) for name in archive.namelist())


def _copy_zip(source: Path, destination: Path) -> None:
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(destination, "w", zipfile.ZIP_DEFLATED) as new:
        for entry in old.infolist():
            content = redacted_bytes(old.read(entry))
            if content is not None:
                new.writestr(REDACTOR.text(entry.filename), content)
