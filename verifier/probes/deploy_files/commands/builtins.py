"""What belongs to the shell itself, and scripts that it runs."""

from __future__ import annotations

import posixpath
import re

from verifier.probes.deploy_files.checkout import joined
from verifier.probes.deploy_files.commands.call import DONE, FAILED, WENT_WELL, Call, Flow, handles, invoke, otherwise
from verifier.probes.deploy_files.places import Text, hole, holes, shown
from verifier.probes.deploy_files.shell.conditions import holds
from verifier.probes.deploy_files.shell.evaluate import run

SHELLS = ("sh", "bash", "dash", "ash", "zsh", "ksh")
_SHEBANG = re.compile(r"#!.*[/ ](ba|da|a|z|k)?sh\b|#!.*with-contenv")
_VALUED = {"-o", "+o", "-O", "--rcfile", "--init-file"}


def run_text(call: Call, text: str) -> Flow:
    """Follow text that is handed to a shell as a word."""
    flow = run(Text(text, call.place), call.scope)
    return Flow(flow.truth, flow.ended)


def run_file(call: Call, path: str, args: tuple[str, ...]) -> Flow:
    """Follow a shell script in a shell of its own."""
    source = call.scope.view.find(path)
    if source is None:
        return call.ask(f"{call.said}: {shown(path).lstrip('/')} is not in the checkout, so it cannot be read")
    walk, key = call.scope.walk, ("file", path, args, str(call.scope.kind))
    if key in walk.stack:
        return DONE
    walk.stack.append(key)
    scope = call.scope.then(source.place.file, call.place, args=(path, *args), arrays={}, functions={})
    flow = run(source, scope)
    walk.stack.pop()
    return Flow(flow.truth)


def is_shell(source: Text, path: str) -> bool:
    """Whether a file is a shell script, by its first line or its name."""
    first = source.text.partition("\n")[0]
    return bool(_SHEBANG.match(first)) if first.startswith("#!") else path.endswith((".sh", ".bash"))


@handles(*SHELLS)
def _shell(call: Call) -> Flow:
    args = list(call.args)
    while args and args[0].startswith(("-", "+")) and args[0] != "--":
        word = args.pop(0)
        if word in _VALUED and args:
            args.pop(0)
        elif not word.startswith("--") and "c" in word[1:] and args:
            return _command_text(call, args)
    args = args[1:] if args[:1] == ["--"] else args
    if not args:
        return Flow(run(call.stdin, call.scope.fork()).truth) if call.stdin else DONE
    if holes(args[0]):
        return call.ask(f"{call.said}: the script is not told by the files")
    return run_file(call, call.path(args[0]), tuple(args[1:]))


def _command_text(call: Call, args: list[str]) -> Flow:
    text, *more = args
    if text and not re.sub("\ue000[^\ue001]*\ue001", "", text).strip():
        return call.ask(f"{call.said}: the command is not told by the files")
    scope = call.scope.fork(args=tuple(more) or ("sh",))
    return Flow(run(Text(text, call.place), scope).truth)


@handles("source", ".")
def _source(call: Call) -> Flow:
    if not call.args:
        return DONE
    if holes(call.args[0]):
        return call.ask(f"{call.said}: the script is not told by the files")
    source = call.scope.view.find(call.path(call.args[0]))
    if source is None:
        known = re.search(r"env|profile|rc$|activate|nvm|/opt/", call.args[0])
        return DONE if known else call.ask(f"{call.said}: {call.args[0]} is not in the checkout")
    key = ("source", source.place.file)
    if key in call.scope.walk.stack:
        return DONE
    call.scope.walk.stack.append(key)
    chain = call.scope.chain
    call.scope.chain = call.scope.then(source.place.file, call.place).chain
    flow = run(source, call.scope)
    call.scope.chain = chain
    call.scope.walk.stack.pop()
    return Flow(flow.truth, "exit" if flow.ended == "exit" else "")


@handles("eval")
def _eval(call: Call) -> Flow:
    text = " ".join(call.args)
    if holes(text) and not re.sub("\ue000[^\ue001]*\ue001", "", text).strip():
        return DONE if "$(" in text or "`" in text else call.ask(f"{call.said}: the command is not told by the files")
    return run_text(call, text)


@handles("exec")
def _exec(call: Call) -> Flow:
    words = list(call.args)
    while words and words[0].startswith("-"):
        words = words[2:] if words[0] == "-a" else words[1:]
    if not words:
        return DONE
    flow = invoke(call.with_args(tuple(words)))
    return Flow(flow.truth, "exit")


@handles("exit")
def _exit(call: Call) -> Flow:
    return Flow(_status(call), "exit")


@handles("return")
def _return(call: Call) -> Flow:
    return Flow(_status(call), "return")


def _status(call: Call) -> bool | None:
    return call.args[0] == "0" if call.args and call.args[0].isdigit() else None


@handles("true", ":")
def _true(_: Call) -> Flow:
    return WENT_WELL


@handles("false")
def _false(_: Call) -> Flow:
    return FAILED


@handles("test", "[")
def _test(call: Call) -> Flow:
    words = call.args[:-1] if call.name == "[" else call.args
    return Flow(holds(words))


@handles("cd", "pushd")
def _cd(call: Call) -> Flow:
    where = next((each for each in call.args if not each.startswith("-")), "")
    if where and not holes(where):
        call.scope.cwd = call.path(where)
    return WENT_WELL


@handles("set")
def _set(call: Call) -> Flow:
    if "--" in call.args:
        call.scope.args = (call.scope.args[0], *call.args[call.args.index("--") + 1 :])
    elif call.args and not call.args[0].startswith(("-", "+")):
        call.scope.args = (call.scope.args[0], *call.args)
    return WENT_WELL


@handles("shift")
def _shift(call: Call) -> Flow:
    count = int(call.args[0]) if call.args and call.args[0].isdigit() else 1
    call.scope.args = (call.scope.args[0], *call.scope.args[1 + count :])
    return WENT_WELL


@handles("read")
def _read(call: Call) -> Flow:
    for name in call.args:
        if name.isidentifier():
            call.scope.variables[name] = (hole(name),)
    return DONE


@handles("trap")
def _trap(call: Call) -> Flow:
    if len(call.args) > 1 and call.args[0] not in ("-", ""):
        run_text(call, call.args[0])
    return WENT_WELL


@handles("echo", "printf", "cat", "tee")
def _print(call: Call) -> Flow:
    """Text goes to the terminal; what is written to a file may be run later."""
    path = call.path(call.args[-1]) if call.name == "tee" and call.args else call.stdout
    text = _text(call)
    if "GITHUB_ENV" in holes(path):
        for name, value in re.findall(r"(?m)^(\w+)=(.*)$", text or ""):
            call.scope.variables[name] = (value,)
    elif path and text is not None and not holes(path):
        before = call.scope.view.written.get(path)
        place = call.stdin.place if call.stdin and call.name in ("cat", "tee") else call.place
        call.scope.view.written[path] = Text(f"{before.text}\n{text}", before.place) if before else Text(text, place)
    return WENT_WELL


def _text(call: Call) -> str | None:
    words = [each for each in call.args if each not in ("-n", "-e", "-ne", "-a")]
    if call.name == "echo":
        return " ".join(words).replace("\\n", "\n")
    if call.name == "printf":
        return _formatted(words)
    if call.stdin and (call.name == "tee" or not words or words == ["-"]):
        return call.stdin.text
    found = [call.scope.view.find(call.path(each)) for each in words] if call.name == "cat" else [None]
    return "\n".join(each.text for each in found if each) if all(found) else None


def _formatted(words: list[str]) -> str:
    form, *values = words or [""]
    if "%s" in form and len(values) > form.count("%s"):
        return "\n".join(form.replace("%s", each) for each in values).replace("\\n", "\n")
    for each in values:
        form = form.replace("%s", each, 1)
    return form.replace("\\n", "\n")


@handles("cp", "mv", "install", "ln")
def _copy(call: Call) -> Flow:
    plain = [each for each in call.args if not each.startswith("-")]
    for each in plain[:-1]:
        source = call.scope.view.find(call.path(each))
        if source:
            target = call.path(plain[-1])
            call.scope.view.written[target] = source
            call.scope.view.written[joined(target, posixpath.basename(each))] = source
    return DONE


@otherwise(1)
def script(call: Call) -> Flow | None:
    """A shell script that is run by its own name."""
    path = call.path(call.argv[0]) if "/" in call.argv[0] else f"/usr/local/bin/{call.argv[0]}"
    source = call.scope.view.find(path) if "/" in call.argv[0] else _installed(call, path)
    if source is None or not is_shell(source, path):
        return None
    return run_file(call, path, call.args)


def _installed(call: Call, path: str) -> Text | None:
    """A script that COPY, or a command, put where programs are found."""
    for folder in ("/usr/local/bin", "/usr/bin", "/bin", "/usr/local/sbin", "/sbin", "/opt/bin"):
        path = f"{folder}/{call.argv[0]}"
        if path in call.scope.view.written or call.scope.view.exactly(path):
            return call.scope.view.find(path)
    return None
