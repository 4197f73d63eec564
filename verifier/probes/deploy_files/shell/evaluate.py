"""Follows shell text statement by statement: functions, redirections, and the commands in them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from tree_sitter import Node

from verifier.probes.deploy_files.checkout import joined
from verifier.probes.deploy_files.commands.call import DONE, WENT_WELL, Call, Flow, invoke
from verifier.probes.deploy_files.places import FilePlace, Text, hole, only_holes
from verifier.probes.deploy_files.shell.branches import Branching, any_of
from verifier.probes.deploy_files.shell.conditions import both, either, negated
from verifier.probes.deploy_files.shell.expansion import Expansion
from verifier.probes.deploy_files.shell.printed import printed
from verifier.probes.deploy_files.shell.syntax import Script
from verifier.probes.deploy_files.walk import Scope

_REDIRECTS = {"file_redirect", "heredoc_redirect", "herestring_redirect"}
_HEREDOC = {"heredoc_start", "heredoc_body", "heredoc_end", "file_redirect", "file_descriptor"}
_WRITES = {">", ">>", "&>", ">|", "&>>"}


def run(source: Text, scope: Scope) -> Flow:
    """Follow shell text in this scope, which it may change."""
    script = Script(source)
    try:
        return Shell(script, scope).sequence([script.root])
    except RecursionError:
        scope.walk.ask("too deeply nested to be followed", source.place, scope.chain)
        return DONE


class Shell(Branching):
    """Follows the statements of one script in one scope."""

    def __init__(self, script: Script, scope: Scope, stdin: Text | None = None, stdout: str = "") -> None:
        self._script = script
        self._scope = scope
        self._stdin = stdin
        self._stdout = stdout
        self.expand = Expansion(script, scope, self._output)

    def sequence(self, nodes: Iterable[Node]) -> Flow:
        """Statements one after the other, up to one that certainly ends the script."""
        flow = DONE
        for node in nodes:
            if (node.is_named and node.type != "comment") or node.type == "ERROR":
                flow = self.statement(node)
                if flow.ended:
                    return flow
        return flow

    def statement(self, node: Node) -> Flow:
        """One statement."""
        if node.type == "ERROR":
            return self._error(node)
        handler = getattr(self, f"_{node.type}", None)
        flow: Flow = handler(node) if handler else self.sequence(node.children)
        return flow

    def within(self, scope: Scope) -> Shell:
        """The same shell in another scope."""
        return Shell(self._script, scope, self._stdin, self._stdout)

    def _place(self, node: Node) -> FilePlace:
        return FilePlace(*self._script.place(node))

    def _output(self, node: Node) -> tuple[str, ...]:
        """What a command substitution prints; its commands are run, too."""
        scope = self._scope.fork()
        inner = self.within(scope)
        texts = printed(inner.expand, scope, [each for each in node.named_children if each.type != "comment"])
        if texts is not None:
            return texts
        inner.sequence(node.named_children)
        return (hole("$(…)"),)

    def _error(self, node: Node) -> Flow:
        self._scope.walk.ask("not understood as shell", self._place(node), self._scope.chain)
        return self.sequence(each for each in node.children if each.type in ("command", "list", "pipeline"))

    def _command(self, node: Node) -> Flow:
        words = [each for each in node.children if each.type not in {"variable_assignment", *_REDIRECTS}]
        assigned = [each for each in node.children if each.type == "variable_assignment"]
        # The grammar takes an assignment on a line of its own for a part of the command on the next line.
        here = words[0].start_point[0] if words else -1
        self._assign([each for each in assigned if each.end_point[0] != here], self._scope)
        scope = self._scope.fork() if assigned else self._scope
        self._assign([each for each in assigned if each.end_point[0] == here], scope)
        shell = self._redirected([each for each in node.children if each.type in _REDIRECTS])
        place = self._place(words[0] if words else node)
        return any_of([shell.call(argv, scope, place) for argv in self.expand.words(words)])

    def call(self, argv: tuple[str, ...], scope: Scope, place: FilePlace) -> Flow:
        """One reading of a command: of a function of the script, or of anything else."""
        if argv and argv[0] in scope.functions:
            return self._function(argv, scope, place)
        return invoke(Call(argv, scope, place, self._stdin, self._stdout))

    def _function(self, argv: tuple[str, ...], scope: Scope, place: FilePlace) -> Flow:
        script, body = scope.functions[argv[0]]
        key = ("function", argv, body.start_byte)
        if key in scope.walk.stack:
            return DONE
        scope.walk.stack.append(key)
        args, chain = scope.args, scope.chain
        scope.args = (args[0], *argv[1:])
        scope.chain = scope.then(f"{argv[0]}()", place).chain
        flow = Shell(script, scope, self._stdin, self._stdout).statement(body)
        scope.args, scope.chain = args, chain
        scope.walk.stack.pop()
        return replace(flow, ended="" if flow.ended == "return" else flow.ended)

    def _function_definition(self, node: Node) -> Flow:
        name = next(each for each in node.children if each.type == "word")
        self._scope.functions[self._script.text(name)] = (self._script, node.children[-1])
        return WENT_WELL

    def _list(self, node: Node) -> Flow:
        left, sign, *right = node.children
        first = self.statement(left)
        wanted = sign.type == "&&"
        if first.ended or first.truth is (not wanted):
            return first
        scope = self._scope if first.truth is wanted else self._scope.fork()
        second = self.within(scope).sequence(right)
        if scope is self._scope:
            return second
        if not second.ended:
            self._scope.become([self._scope.fork(), scope])
        return Flow((both if wanted else either)(first.truth, second.truth))

    def _negated_command(self, node: Node) -> Flow:
        flow = self.sequence(node.children[1:])
        return replace(flow, truth=negated(flow.truth))

    def _pipeline(self, node: Node) -> Flow:
        flow, stdin = DONE, self._stdin
        for each in node.named_children:
            flow = Shell(self._script, self._scope.fork(), stdin, self._stdout).statement(each)
            texts = printed(self.expand, self._scope, [each])
            stdin = Text(texts[0], self._place(each)) if texts else None
        return replace(flow, ended="")

    def _subshell(self, node: Node) -> Flow:
        flow = self.within(self._scope.fork()).sequence(node.named_children)
        return replace(flow, ended="")

    # ---- redirections

    def _redirected_statement(self, node: Node) -> Flow:
        redirects = [each for each in node.children if each.type in _REDIRECTS]
        shell = self._redirected(redirects)
        flow = shell.sequence(each for each in node.children if each.type not in _REDIRECTS)
        for each in redirects:
            if each.type == "heredoc_redirect":
                for further in each.named_children:
                    if further.type not in _HEREDOC:  # what stands behind `<<EOF` on its line
                        flow = shell.statement(further)
        return flow

    def _redirected(self, redirects: list[Node]) -> Shell:
        """The same shell with its input and output where these redirections lead."""
        stdin, stdout = self._stdin, self._stdout
        inner = [each for here in redirects for each in here.named_children if each.type == "file_redirect"]
        for each in [*redirects, *inner]:
            if each.type == "file_redirect":
                stdin, stdout = self._file(each, stdin, stdout)
            else:
                stdin = self._here(each)
        return Shell(self._script, self._scope, stdin, stdout) if redirects else self

    def _file(self, node: Node, stdin: Text | None, stdout: str) -> tuple[Text | None, str]:
        sign = next((each.type for each in node.children if not each.is_named), "")
        target = self.expand.texts(node.named_children[-1])[0] if node.named_children else ""
        if sign in _WRITES and node.named_children[0].type != "file_descriptor":
            return stdin, target if only_holes(target) else joined(self._scope.cwd, target)
        if sign == "<":
            found = self._scope.view.find(joined(self._scope.cwd, target))
            return found or Text(hole(target), self._place(node)), stdout
        return stdin, stdout

    def _here(self, node: Node) -> Text | None:
        body = next((each for each in node.named_children if each.type == "heredoc_body"), None)
        if body is None:
            texts = self.expand.texts(node.named_children[-1]) if node.type == "herestring_redirect" else [""]
            return Text(texts[0], self._place(node))
        start = next(each for each in node.named_children if each.type == "heredoc_start")
        raw = any(sign in self._script.text(start) for sign in "'\"\\")
        return Text(self._script.text(body) if raw else self.expand.texts(body)[0], self._place(body))

    # ---- variables

    def _assign(self, nodes: Iterable[Node], scope: Scope) -> None:
        for node in nodes:
            name = self._script.text(node.children[0])
            value = node.children[-1]
            if value.type == "array":
                readings = self.expand.words(value.named_children)
                added = scope.arrays.get(name, ()) if any(each.type == "+=" for each in node.children) else ()
                scope.arrays[name] = (*added, *(readings[0] if readings else ()))
            else:
                texts = self.expand.texts(value) if value.type != "=" else [""]
                if any(each.type == "+=" for each in node.children):
                    texts = [before + text for before in scope.value(name) for text in texts]
                scope.variables[name] = tuple(texts)

    def _variable_assignment(self, node: Node) -> Flow:
        self._assign([node], self._scope)
        return WENT_WELL

    def _declaration_command(self, node: Node) -> Flow:
        self._assign([each for each in node.children if each.type == "variable_assignment"], self._scope)
        return WENT_WELL

    def _unset_command(self, node: Node) -> Flow:
        for each in node.named_children:
            self._scope.variables[self._script.text(each)] = ("",)
        return WENT_WELL
