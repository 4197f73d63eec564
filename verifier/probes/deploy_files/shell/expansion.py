"""What a word of the shell may stand for."""

from __future__ import annotations

import re
import shlex
from collections.abc import Callable, Iterable
from fnmatch import fnmatchcase
from itertools import islice, product

from tree_sitter import Node

from verifier.probes.deploy_files.checkout import joined
from verifier.probes.deploy_files.places import CLOSE, OPEN, hole, holes, instead_of, overridden
from verifier.probes.deploy_files.shell.syntax import Script
from verifier.probes.deploy_files.walk import Scope

_MOST = 16
"""So many readings of one command are followed."""
Fields = tuple[str, ...]
"""The words that come of one word of the source: none, one, or several where the shell splits it."""
_FIELD = re.compile(f"(?:{OPEN}[^{CLOSE}]*{CLOSE}|\\S)+")
"""A word of a value; a hole is never split, whatever its name."""
_ESCAPED = re.compile(r"\\(\n|.)", re.DOTALL)
_ANSI = {"n": "\n", "t": "\t", "\\": "\\", "'": "'", '"': '"'}
_ALL = {"@", "*"}


def few(alternatives: Iterable[Fields]) -> list[Fields]:
    """The first different ones, at most as many as are followed."""
    return list(islice(dict.fromkeys(alternatives), _MOST))


def joined_fields(parts: list[list[Fields]]) -> list[Fields]:
    """All readings of words that stand one after the other."""
    return few(tuple(word for part in chosen for word in part) for chosen in islice(product(*parts), 4 * _MOST))


class Expansion:
    """Expands words within one scope.

    Args:
        script: where the words stand.
        scope: what its variables are.
        output: runs a command substitution, and tells what it prints.
    """

    def __init__(self, script: Script, scope: Scope, output: Callable[[Node], tuple[str, ...]]) -> None:
        self._script = script
        self._scope = scope
        self._output = output

    def words(self, nodes: Iterable[Node]) -> list[Fields]:
        """All readings of several words: the arguments of a command. A default counts as what the files tell."""
        readings = joined_fields([self.fields(each) for each in nodes])
        told = [each for each in readings if not any(map(overridden, each))]
        return told or readings

    def fields(self, node: Node) -> list[Fields]:
        """All readings of one word, split as the shell splits it."""
        if node.type == "command_name":
            return self.fields(node.children[0])
        whole = self._all_arguments(node)
        if whole is not None:
            return [whole]
        texts = self.texts(node)
        if self._splits(node):
            return few(tuple(_split(text)) for text in texts)
        globbed = [self._globbed(text) for text in texts] if node.type in ("word", "concatenation") else None
        return few(globbed or [(text,) for text in texts])

    def _all_arguments(self, node: Node) -> Fields | None:
        """The fields of `"$@"`, `$*` and `"${list[@]}"`, which are several although they are quoted."""
        text = self._script.text(node).strip('"')
        if text in ("$@", "$*", "${@}", "${*}", "${@:1}"):
            return self._scope.args[1:]
        array = re.fullmatch(r"\$\{(\w+)\[[@*]\]\}", text)
        return self._scope.arrays.get(array[1]) if array else None

    def _splits(self, node: Node) -> bool:
        return node.type in ("simple_expansion", "expansion", "command_substitution")

    def _globbed(self, text: str) -> Fields:
        if not re.search(r"[*?]", text) or holes(text):
            return (text,)
        found = self._scope.view.glob(joined(self._scope.cwd, text))
        return tuple(found) or (text,)

    def texts(self, node: Node) -> list[str]:
        """All values of a node, as one text each."""
        handler = getattr(self, f"_{node.type}", None)
        if handler:
            found: list[str] = handler(node)
            return found
        return [_unescaped(self._script.text(node))]

    def _string(self, node: Node) -> list[str]:
        inner = [each for each in node.children if each.type not in ('"', "string_content")]
        return self._mixed(inner, node.start_byte + 1, max(node.start_byte + 1, node.end_byte - 1))

    def _heredoc_body(self, node: Node) -> list[str]:
        inner = [each for each in node.children if each.type not in ("heredoc_content", "heredoc_end")]
        return self._mixed(inner, node.start_byte, node.end_byte)

    def _mixed(self, inner: list[Node], start: int, end: int) -> list[str]:
        """Literal text with expansions in it."""
        parts: list[list[str]] = []
        for each in inner:
            parts += [[_quoted(self._script.between(start, each.start_byte))], self.texts(each)]
            start = each.end_byte
        parts.append([_quoted(self._script.between(start, end))])
        return _combined(parts)

    def _raw_string(self, node: Node) -> list[str]:
        return [self._script.text(node)[1:-1]]

    def _ansi_c_string(self, node: Node) -> list[str]:
        return [re.sub(r"\\(.)", lambda found: _ANSI.get(found[1], found[0]), self._script.text(node)[2:-1])]

    def _concatenation(self, node: Node) -> list[str]:
        return _combined([self.texts(each) for each in node.children])

    def _translated_string(self, node: Node) -> list[str]:
        return self.texts(node.children[-1])

    def _command_substitution(self, node: Node) -> list[str]:
        return list(self._output(node))

    _process_substitution = _command_substitution

    def _arithmetic_expansion(self, node: Node) -> list[str]:
        return [hole(self._script.text(node))]

    def _simple_expansion(self, node: Node) -> list[str]:
        return list(self.value(self._script.text(node)[1:]))

    def value(self, name: str) -> tuple[str, ...]:
        """The values of a variable or parameter."""
        if name in _ALL:
            return (" ".join(self._scope.args[1:]),)
        if name == "#":
            return (str(len(self._scope.args) - 1),)
        if name.isdigit():
            position = int(name)
            return (self._scope.args[position] if position < len(self._scope.args) else "",)
        return self._scope.value(name)

    def _expansion(self, node: Node) -> list[str]:
        text = self._script.text(node)[2:-1]
        found = re.match(r"(BASH_SOURCE\[0\]|!?\w+(\[[^]]*\])?|[@*#?$-])", text)
        if not found or (text.startswith("#") and len(text) > 1):
            return [hole(text)]
        name, rest = found[1], text[found.end() :]
        if name.startswith("BASH_SOURCE"):
            return [self._scope.args[0]]
        values = self._indirect(name[1:]) if name.startswith("!") else self.value(name)
        return self._modified(node, values, rest) if rest else list(values)

    def _indirect(self, name: str) -> tuple[str, ...]:
        return tuple(value for each in self.value(name) for value in ([each] if holes(each) else self.value(each)))

    def _modified(self, node: Node, values: tuple[str, ...], rest: str) -> list[str]:
        operator = re.match(r":?[-=+?]|##?|%%?|//?|\^\^?|,,?|:", rest)
        if not operator:
            return [hole(rest)]
        if operator[0].lstrip(":") in set("-=+"):
            return self._instead(node, values, operator[0])
        if operator[0].lstrip(":") == "?":
            return list(values)
        return [value if holes(value) else _cut(value, operator[0], rest[operator.end() :]) for value in values]

    def _instead(self, node: Node, values: tuple[str, ...], operator: str) -> list[str]:
        """`${name:-other}` and its relatives: where the name is set elsewhere, the files tell of the other alone."""
        kinds = {":-", "-", ":=", "=", ":+", "+"}
        after = False
        others: list[list[str]] = []
        for each in node.children[:-1]:
            if after:
                others.append(self.texts(each))
            after = after or each.type in kinds
        other = _combined(others) if others else [""]
        if operator.endswith("+"):
            return [
                text for value in values for text in ([""] if not value else [*other, ""] if holes(value) else other)
            ]
        return [text for value in values for text in _or_default(value, other)]


def _or_default(value: str, other: list[str]) -> list[str]:
    """A value that is known, else the default, and what may be set elsewhere instead."""
    names = holes(value)
    return [*other, instead_of(names[0])] if names else [value] if value else other


def _combined(parts: list[list[str]]) -> list[str]:
    return list(dict.fromkeys("".join(chosen) for chosen in islice(product(*parts), _MOST)))


def _split(text: str) -> list[str]:
    return _FIELD.findall(text)


def _unescaped(text: str) -> str:
    return _ESCAPED.sub(lambda found: "" if found[1] == "\n" else found[1], text)


def _quoted(text: str) -> str:
    """Text within double quotes, where a backslash stands for itself before most characters."""
    return re.sub(r"\\([$`\"\\\n])", lambda found: "" if found[1] == "\n" else found[1], text)


def _cut(value: str, operator: str, pattern: str) -> str:
    """Removal of a prefix or suffix, and replacement."""
    if operator.startswith("#"):
        ends = range(len(value) + 1)
        order = reversed(ends) if operator == "##" else ends
        return next((value[end:] for end in order if fnmatchcase(value[:end], pattern)), value)
    if operator.startswith("%"):
        starts = range(len(value) + 1)
        order = starts if operator == "%%" else reversed(starts)
        return next((value[:start] for start in order if fnmatchcase(value[start:], pattern)), value)
    if operator.startswith("/"):
        old, _, new = pattern.partition("/")
        return value.replace(old, new) if operator == "//" else value.replace(old, new, 1)
    if operator.startswith((",", "^")):
        return value.lower() if operator == ",," else value.upper() if operator == "^^" else value
    return hole(value)


def shell_words(text: str) -> list[str]:
    """The words of a line, as an exec without a shell would split it."""
    try:
        return shlex.split(text)
    except ValueError:
        return text.split()
