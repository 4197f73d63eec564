"""What simple commands print, so that a path or a word that is made by one is known."""

from __future__ import annotations

import posixpath
from collections.abc import Sequence
from fnmatch import fnmatchcase

from tree_sitter import Node

from verifier.probes.deploy_files.checkout import ROOT, joined
from verifier.probes.deploy_files.places import holes
from verifier.probes.deploy_files.shell.expansion import Expansion
from verifier.probes.deploy_files.walk import Kind, Scope


def printed(expand: Expansion, scope: Scope, nodes: Sequence[Node]) -> tuple[str, ...] | None:
    """What these statements print; nothing where that is not known without running them."""
    if len(nodes) != 1:
        return None
    node = nodes[0]
    if node.type == "redirected_statement":
        return printed(expand, scope, node.named_children[:1]) if _keeps_output(node) else None
    if node.type == "list" and node.children[1].type in ("&&", "||"):
        return _listed(expand, scope, node)
    if node.type == "pipeline":
        return _piped(expand, scope, node)
    if node.type != "command":
        return None
    readings = expand.words(each for each in node.named_children if each.type in _WORDS)
    found = [_command(scope, reading) for reading in readings if reading]
    known = [each for each in found if each is not None]
    return tuple(dict.fromkeys(known)) if known and len(known) == len(found) else None


_WORDS = {"command_name", "word", "string", "raw_string", "number", "concatenation", "simple_expansion", "expansion",
          "command_substitution", "ansi_c_string"}  # fmt: skip


_SAME_LINES = {"sort", "uniq", "tac", "cat"}


def _piped(expand: Expansion, scope: Scope, node: Node) -> tuple[str, ...] | None:
    """What a pipe prints whose later commands change nothing but the order."""
    first, *rest = node.named_children
    names = [expand.words([each.named_children[0]]) for each in rest if each.type == "command"]
    same = len(names) == len(rest) and all(each and each[0][:1] and each[0][0] in _SAME_LINES for each in names)
    return printed(expand, scope, [first]) if same else None


def _keeps_output(node: Node) -> bool:
    """Whether nothing but its complaints leads elsewhere."""
    redirects = [each for each in node.named_children if each.type.endswith("_redirect")]
    return all(each.named_children and each.named_children[0].type == "file_descriptor" for each in redirects)


def _listed(expand: Expansion, scope: Scope, node: Node) -> tuple[str, ...] | None:
    """`cd X && pwd`, and `that || this` of which the first is known."""
    left, sign, right = node.children[0], node.children[1].type, node.children[2]
    if sign == "||":
        return printed(expand, scope, [left])
    words = expand.words(each for each in left.named_children if each.type in _WORDS) if left.type == "command" else []
    if words and words[0][:1] == ("cd",) and not any(map(holes, words[0])):
        there = joined(scope.cwd, next((each for each in words[0][1:] if not each.startswith("-")), scope.cwd))
        return printed(expand, scope.fork(cwd=there), [right])
    return None


def _command(scope: Scope, argv: Sequence[str]) -> str | None:
    name, *args = argv
    plain = [each for each in args if not each.startswith("-")]
    match posixpath.basename(name), plain:
        case "echo", _:
            return " ".join(args[1:] if args[:1] in (["-n"], ["-e"], ["-ne"]) else args)
        case "printf", [form, *values]:
            return _formatted(form, values)
        case _:
            return _path(scope, posixpath.basename(name), args, plain)


def _path(scope: Scope, name: str, args: Sequence[str], plain: list[str]) -> str | None:
    match name, plain:
        case "pwd", _:
            return scope.cwd
        case "dirname", [path] if not holes(path):
            return posixpath.dirname(path) or "."
        case "basename", [path, *suffix] if not holes(path):
            return posixpath.basename(path).removesuffix(suffix[0] if suffix else "")
        case (("realpath" | "readlink"), [path]) if not holes(path):
            return joined(scope.cwd, path)
        case _:
            return _found(scope, args) if name == "find" else _looked_up(scope, name, plain)


def _looked_up(scope: Scope, name: str, plain: list[str]) -> str | None:
    match name, plain:
        case (("which" | "command" | "type"), [program]):
            return program
        case "git", ["rev-parse"] if scope.kind is Kind.RUNNER:
            return ROOT
        case "cat", [_, *_]:
            found = [scope.view.find(joined(scope.cwd, each)) for each in plain]
            return "\n".join(each.text for each in found if each) if all(found) else None
        case "ls", [_, *_] if all(each.endswith(".sql") for each in plain):
            return "\n".join(plain)
    return None


def _found(scope: Scope, args: Sequence[str]) -> str | None:
    """The files that `find FOLDER … -name PATTERN` prints."""
    folder = args[0] if args and not args[0].startswith("-") else "."
    patterns = [args[at + 1] for at, each in enumerate(args[:-1]) if each == "-name"]
    if len(patterns) != 1 or holes(folder + patterns[0]):
        return None
    files = scope.view.below(joined(scope.cwd, folder))
    return "\n".join(each for each in files if fnmatchcase(posixpath.basename(each), patterns[0]))


def _formatted(form: str, values: list[str]) -> str:
    """What printf makes of its words, for `%s` alone."""
    for value in values:
        form = form.replace("%s", value, 1)
    return form.replace("\\n", "\n").removesuffix("\n")
