"""A canary in the place of every secret that the suite takes, and a search for it in everything that a run leaves."""

from __future__ import annotations

import base64
import gzip
import hashlib
import re
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from contextlib import suppress
from functools import cache
from io import BytesIO
from pathlib import Path

from verifier.core.credentials import needs

WHERE = ("reports", "tmp", "junit.xml", "github-output", "summary.md", "vault")
"""What a run writes, below the folder of the suite."""
HALF = 10
"""Characters of a canary's core that nobody must be able to read: half of it."""


def canary(name: str) -> str:
    """The value in the place of the secret `name`: marked test data, with characters that every encoding changes."""
    return f"canary-{core(name)}/+='&<"


def core(name: str) -> str:
    """The part of a canary that URLs, JSON and HTML leave as it is."""
    digits = hashlib.sha256(f"test data in the place of {name}".encode()).hexdigest()[: 2 * HALF]
    return digits.translate(_LETTERS)


_LETTERS = str.maketrans("0123456789abcdef", "GHJKLMNPQRSTVWXZ")
"""Letters that no digest and no id is written with: what is found is no chance."""
CANARIES = {
    name: f"postgresql://{core(name)}:{core(name)}@127.0.0.1:9/app" if name == "DATABASE_URL" else canary(name)
    for need in needs().values()
    for name in need.names
}
"""Every secret that a run may ask for."""


@cache
def spellings(half: str) -> tuple[bytes, ...]:
    """Half a core as it may stand somewhere; in base64 without its ends, which depend on the neighbours."""
    raw = half.encode()
    coded = [base64.b64encode(b"\0" * each + raw)[each and 4 : -4] for each in range(3)]
    letters = "".join(f"&#{ord(each)};" for each in half).encode()
    escaped = "".join(f"\\u{ord(each):04x}" for each in half).encode()
    percent = "".join(f"%{ord(each):02x}" for each in half).encode()
    return (raw, raw.hex().encode(), letters, escaped, percent, *coded)


def leaks(folder: Path, output: str, secrets: Iterable[str]) -> tuple[str, ...]:
    """The places below `folder`, or the terminal, where half a canary can be read."""
    halves = [each for secret in secrets for each in _halves(secret)]
    wanted = [spelling for half in halves for spelling in spellings(half)]
    found = [] if not _reads(output.encode(), wanted) else ["the terminal"]
    for path in _files(folder):
        name = path.relative_to(folder).as_posix()
        if any(_reads(each, wanted) for each in (name.encode(), *_contents(path.read_bytes()))):
            found.append(name)
    return tuple(found)


def _halves(secret: str) -> tuple[str, ...]:
    """The halves of the cores in it; a text without one is looked for as a whole."""
    cores = re.findall(rf"[G-Z]{{{2 * HALF}}}", secret)
    return tuple(half for each in cores for half in (each[:HALF], each[HALF:])) or (secret,)


def _files(folder: Path) -> Iterator[Path]:
    for name in WHERE:
        place = folder / name
        for path in sorted(place.rglob("*")) if place.is_dir() else [place]:
            if path.is_file() and not path.is_symlink():
                yield path


def _reads(content: bytes, wanted: Iterable[bytes]) -> bool:
    return any(each in content for each in wanted)


def _contents(content: bytes) -> Iterator[bytes]:
    """The content, and what is packed in it, also within texts of base64."""
    yield content
    if zipfile.is_zipfile(BytesIO(content)):
        with suppress(zipfile.BadZipFile), zipfile.ZipFile(BytesIO(content)) as archive:
            for each in archive.namelist():
                yield each.encode()
                yield from _contents(archive.read(each))
    if content[:2] == b"\x1f\x8b":
        with suppress(OSError, EOFError, zlib.error):
            yield from _contents(gzip.decompress(content))
    for coded in re.findall(rb"(?:H4sI|UEsD)[A-Za-z0-9+/]{40,}", content):
        with suppress(ValueError):
            yield from _contents(base64.b64decode(coded + b"=" * (-len(coded) % 4)))
