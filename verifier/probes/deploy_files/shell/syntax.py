"""The syntax tree of shell text, by tree-sitter's grammar for Bash."""

from __future__ import annotations

from functools import cache

import tree_sitter_bash
from tree_sitter import Language, Node, Parser

from verifier.probes.deploy_files.places import Text


@cache
def _parser() -> Parser:
    return Parser(Language(tree_sitter_bash.language()))


class Script:
    """Shell text and its tree."""

    def __init__(self, source: Text) -> None:
        self.source = source
        self._bytes = source.text.encode()
        self.root = _parser().parse(self._bytes).root_node

    def text(self, node: Node) -> str:
        """The text of a node."""
        return self._bytes[node.start_byte : node.end_byte].decode()

    def between(self, start: int, end: int) -> str:
        """The text between two offsets in bytes."""
        return self._bytes[start:end].decode()

    def place(self, node: Node) -> tuple[str, int]:
        """File and line of a node."""
        return self.source.place.file, self.source.place.line + node.start_point[0]
