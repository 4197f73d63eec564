"""Makefiles: their rules and variables."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from verifier.probes.deploy_files.places import Text, hole


@dataclass(frozen=True)
class MakeRule:
    """A target of a makefile."""

    needs: tuple[str, ...]
    recipe: tuple[Text, ...]


_RULE = re.compile(r"^([^\s:#=][^:=#]*?)\s*::?(?!=)\s*([^;#]*)(?:;(.*))?")
_VARIABLE = re.compile(r"^(?:export\s+|override\s+)?([\w.]+)\s*(?::{0,3}|\?|\+)=\s*(.*)$")


def read_makefile(source: Text) -> tuple[dict[str, MakeRule], dict[str, str]]:
    """Rules and variables of a makefile."""
    rules: dict[str, MakeRule] = {}
    variables: dict[str, str] = {}
    now: list[str] = []
    for line, text in _logical_lines(source.text):
        place = source.place.below(line)
        if text.startswith("\t") and now:
            for each in now:
                rules[each] = MakeRule(rules[each].needs, (*rules[each].recipe, Text(text.strip(), place)))
        elif variable := _VARIABLE.match(text):
            variables[variable[1]] = variable[2].strip()
        elif rule := _RULE.match(text):
            now = rule[1].split()
            recipe = (Text(rule[3].strip(), place),) if rule[3] else ()
            for each in now:
                before = rules.get(each, MakeRule((), ()))
                rules[each] = MakeRule((*before.needs, *rule[2].replace("|", " ").split()), (*before.recipe, *recipe))
    return rules, variables


def _logical_lines(text: str) -> Iterator[tuple[int, str]]:
    """Lines by number, from 0, those that end in a backslash with the next."""
    held, start = "", 0
    for number, line in enumerate(text.splitlines()):
        start = start if held else number
        held += line
        if line.endswith("\\"):
            held += "\n"
            continue
        yield start, held
        held = ""


def expanded(text: str, variables: dict[str, str], target: str) -> str:
    """A line of a recipe with make's variables in place; `$$` is the shell's."""
    known = {**variables, "MAKE": "make", "@": target, "CURDIR": "."}

    def value(found: re.Match[str], depth: int = 0) -> str:
        name = found[1] or found[2] or found[3]
        if name not in known:
            return hole(re.sub(r"\W+", "_", name)) if re.match(r"\w", name) else ""
        inner = known[name]
        return inner if depth > 8 else _REFERENCE.sub(lambda more: value(more, depth + 1), inner)  # noqa: PLR2004

    return _REFERENCE.sub(value, text.replace("$$", "\ue002")).replace("\ue002", "$")


_REFERENCE = re.compile(r"\$(?:\(([^()]*)\)|\{([^{}]*)\}|([@<^*?A-Za-z]))")
