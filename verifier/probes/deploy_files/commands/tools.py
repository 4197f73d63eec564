"""The tools that migrate a database: with which subcommands they apply something, and with which they do not."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from functools import cache
from importlib.resources import files
from typing import Literal

from verifier.core.config.files import Written


class Tool(Written):
    """A tool by its subcommands, each one word or several in this order; `tools.toml` has them all.

    Attributes:
        also: its other names.
        applies: subcommands that change a database.
        harmless: those that do not, or not its schema.
        dry: options with which nothing is applied.
        other: what an unknown subcommand is.
        bare: whether it applies something when it is called without any subcommand.
    """

    also: tuple[str, ...] = ()
    applies: tuple[str, ...] = ()
    harmless: tuple[str, ...] = ()
    dry: tuple[str, ...] = ()
    other: Literal["ask", "fine"] = "ask"
    bare: bool = False


@cache
def tools() -> Mapping[str, Tool]:
    """Name → tool, by every name."""
    text = files("verifier.probes.deploy_files.commands").joinpath("tools.toml").read_text(encoding="utf-8")
    read = {name: Tool.model_validate(each) for name, each in tomllib.loads(text).items()}
    return {name: tool for own, tool in read.items() for name in (own, *tool.also)}


def subcommand(tool: Tool, words: list[str]) -> str | None:
    """The subcommand among a tool's words: the one that is complete first; the longest, of several."""
    found = [(end, -len(each), each) for each in (*tool.applies, *tool.harmless) for end in _ends(each.split(), words)]
    return min(found)[2] if found else None


def _ends(wanted: list[str], words: list[str]) -> Iterator[int]:
    """Where the words of a subcommand, in order, are complete."""
    at = 0
    for position, word in enumerate(words):
        at += word == wanted[at]
        if at == len(wanted):
            yield position
            return
