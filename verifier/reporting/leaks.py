"""The last gate before anything is published: files are copied without secrets, and searched once more."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

from verifier.core.redaction import REDACTOR


def redacted_bytes(content: bytes) -> bytes | None:
    """Text with every secret replaced, archives rewritten, other bytes as they are; nothing if they hold a secret."""
    if zipfile.is_zipfile(io.BytesIO(content)):
        return _redacted_archive(content)
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
        if _leaks(path.read_bytes()):
            path.unlink()
            found.append(f"{path.relative_to(folder).as_posix()} held a secret and was withdrawn")
    return found


def _leaks(content: bytes) -> bool:
    if REDACTOR.known_in(content):
        return True
    if not zipfile.is_zipfile(io.BytesIO(content)):
        return False
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return any(REDACTOR.known_in(name.encode()) or _leaks(archive.read(name)) for name in archive.namelist())


def _redacted_archive(content: bytes) -> bytes | None:
    """The archive with each member redacted; a member that cannot be rewritten is left out."""
    rewritten = io.BytesIO()
    try:
        with (
            zipfile.ZipFile(io.BytesIO(content)) as old,
            zipfile.ZipFile(rewritten, "w", zipfile.ZIP_DEFLATED) as new,
        ):
            for entry in old.infolist():
                member = redacted_bytes(old.read(entry))
                if member is not None:
                    new.writestr(REDACTOR.text(entry.filename), member)
    except (zipfile.BadZipFile, RuntimeError, NotImplementedError):  # damaged, encrypted, or of an unknown kind
        return None
    return rewritten.getvalue()
