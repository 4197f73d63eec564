"""Branches and loops: what is run where a condition holds, does not hold, or is not known."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from itertools import islice, product

from tree_sitter import Node

from verifier.probes.deploy_files.commands.call import DONE, Flow
from verifier.probes.deploy_files.places import hole
from verifier.probes.deploy_files.shell.conditions import holds
from verifier.probes.deploy_files.shell.expansion import Expansion
from verifier.probes.deploy_files.shell.syntax import Script
from verifier.probes.deploy_files.walk import Scope

_MOST_TURNS = 40
_MOST_READINGS = 32
_INNER = {"binary_expression", "unary_expression", "negation_expression"}
Clause = tuple[Callable[[], bool | None], list[Node]]
"""Whether it is taken, asked only when those before it are not certain; and what is run then."""


def any_of(flows: Iterable[Flow]) -> Flow:
    """How a command ended of which several readings, or branches, are possible."""
    found = list(dict.fromkeys(flows))
    if len(found) == 1:
        return found[0]
    ended = found[0].ended if found and all(each.ended for each in found) else ""
    return Flow(None, ended)


class Branching:
    """The part of `Shell` that chooses which statements are run."""

    _script: Script
    _scope: Scope
    expand: Expansion

    def sequence(self, nodes: Iterable[Node]) -> Flow:
        """Statements one after the other."""
        raise NotImplementedError

    def within(self, scope: Scope) -> Branching:
        """The same shell in another scope."""
        raise NotImplementedError

    def _choose(self, clauses: Iterable[Clause]) -> Flow:
        left: list[Scope] = []
        flows: list[Flow] = []
        for taken, body in clauses:
            truth = taken()
            if truth is False:
                continue
            scope = self._scope.fork()
            flows.append(self.within(scope).sequence(body))
            left += [] if flows[-1].ended else [scope]
            if truth:
                break
        else:
            flows.append(DONE)
            left.append(self._scope.fork())
        self._scope.become(left)
        return any_of(flows)

    def _if_statement(self, node: Node) -> Flow:
        return self._choose(self._clauses(node))

    def _clauses(self, node: Node) -> Iterable[Clause]:
        then = next(at for at, each in enumerate(node.children) if each.type == "then")
        further = [each for each in node.children if each.type in ("elif_clause", "else_clause")]
        body = [each for each in node.children[then + 1 : -1] if each not in further]
        yield (lambda: self.sequence(node.children[1:then]).truth), body
        for each in further:
            if each.type == "else_clause":
                yield (lambda: True), each.children[1:]
            else:
                yield from self._elif(each)

    def _elif(self, node: Node) -> Iterable[Clause]:
        then = next(at for at, each in enumerate(node.children) if each.type == "then")
        yield (lambda: self.sequence(node.children[1:then]).truth), node.children[then + 1 :]

    def _case_statement(self, node: Node) -> Flow:
        values = self.expand.texts(node.named_children[0])
        items = [each for each in node.named_children if each.type == "case_item"]
        return self._choose(self._item(values, each) for each in items)

    def _item(self, values: list[str], item: Node) -> Clause:
        end = next(at for at, each in enumerate(item.children) if each.type == ")")
        patterns = [self._script.text(each) for each in item.children[:end] if each.is_named]
        patterns = [each.strip("\"'") for each in patterns]
        found = [any_true(holds([value, "==", each], patterns=True) for each in patterns) for value in values]
        truth = True if "*" in patterns or all(found) else False if not any(x is not False for x in found) else None
        return (lambda: truth), item.children[end + 1 :]

    def _for_statement(self, node: Node) -> Flow:
        name = self._script.text(node.named_children[0])
        given = node.named_children[1:-1]
        readings = self.expand.words(given) if given else [self._scope.args[1:]]
        before = self._scope.fork()
        for value in dict.fromkeys(word for reading in readings for word in reading[:_MOST_TURNS]):
            self._scope.variables[name] = (value,)
            self.sequence(node.children[-1].children)
        self._scope.become([before, self._scope.fork()])
        return DONE

    def _while_statement(self, node: Node) -> Flow:
        body = next(each for each in node.children if each.type == "do_group")
        condition = node.children[1 : node.children.index(body)]
        before = self._scope.fork()
        self.sequence(condition)
        self.sequence(body.children)
        self._scope.become([before, self._scope.fork()])
        return DONE

    def _c_style_for_statement(self, node: Node) -> Flow:
        before = self._scope.fork()
        self.sequence(node.children[-1].children)
        self._scope.become([before, self._scope.fork()])
        return DONE

    def _test_command(self, node: Node) -> Flow:
        double = node.children[0].type == "[["
        parts = [self._tokens(each) for each in node.children[1:-1]]
        tokens = [token for part in parts for token in part]
        found = {holds(words, patterns=double) for words in islice(product(*tokens), _MOST_READINGS)}
        return Flow(found.pop() if len(found) == 1 else None)

    def _tokens(self, node: Node) -> list[list[str]]:
        """The words of a test, each with its readings."""
        if node.type in _INNER:
            return [token for each in node.children for token in self._tokens(each)]
        if node.type == "parenthesized_expression":
            return [[hole("(…)")]]
        if node.type in ("extglob_pattern", "regex", "test_operator") or not node.is_named:
            return [[self._script.text(node)]]
        return [self.expand.texts(node)]


def any_true(found: Iterable[bool | None]) -> bool | None:
    """Whether one of them holds."""
    values = list(found)
    return True if True in values else None if None in values else False
