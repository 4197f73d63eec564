"""Target files and contracts that people have mistyped: one round of messages, exit 4, and never a traceback."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

from tests.support.hostile.situation import USAGE, Command, Situation
from tests.support.hostile.targets.answers import HEALTH

GOOD = HEALTH.format(url="http://127.0.0.1:9")


@contextmanager
def changed(
    folder: Path, change: Callable[[str], str | bytes], file: str = "definition_of_done.toml"
) -> Iterator[Command]:
    """One of the files after this change."""
    path = folder / file
    if path.is_file():
        content = change(path.read_text(encoding="utf-8"))
        path.write_bytes(content if isinstance(content, bytes) else content.encode(errors="surrogateescape"))
        yield Command(GOOD, ("health-endpoint",))
    else:
        yield Command(str(change(GOOD)), ("health-endpoint",))


def row(name: str, change: Callable[[str], str | bytes], says: str, file: str = "definition_of_done.toml") -> Situation:
    """The contract, or the target where `file` is none of the suite's, was changed so."""
    return Situation(name, partial(changed, change=change, file=file), (USAGE,), says)


TARGET = "the target"
SITUATIONS = (
    row("The contract is empty", lambda _: "", "definition_of_done.toml"),
    row("The contract is cut in the middle", lambda text: text[: len(text) // 2], "definition_of_done.toml"),
    row("The contract is binary", lambda _: bytes(range(256)) * 100, "definition_of_done.toml"),
    row(
        "The contract has a key twice",
        lambda text: text + '\n[[item]]\nid = "a"\nid = "b"\n',
        "definition_of_done.toml",
    ),
    row("The contract is nested 10,000 deep", lambda _: "a = " + "[" * 10_000, "definition_of_done.toml"),
    row(
        "The target has 1,000 unknown keys",
        lambda text: "".join(f"key{n} = {n}\n" for n in range(1_000)) + text,
        "unknown key",
        TARGET,
    ),
    row(
        "The target has a value of the wrong kind everywhere",
        lambda text: text.replace('"/health"', "3").replace('"none"', "[]"),
        "targets/toy.toml",
        TARGET,
    ),
    row("The target is nested 10,000 deep", lambda text: f"a = {'[' * 10_000}\n{text}", "targets/toy.toml", TARGET),
    row("The target's address is no address", lambda text: text.replace("http://", "http://["), "url", TARGET),
    row(
        "The target holds escape sequences",
        lambda text: text.replace("/health", "\\u001b[2J"),
        "targets/toy.toml",
        TARGET,
    ),
)
