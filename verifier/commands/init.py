"""Look at a running app, and write a target file that describes it: what was seen, what was assumed, what is not known.

`python -m verifier init https://board.example.com/board --app-dir ../board` opens pages in a browser, asks for health
endpoints and metrics, listens to event streams and reads fly.toml, migrations and workflows of the checkout, by GET
requests only and without a secret. Ends with 0 if the file was written, with 6 if the app could not be looked at.
"""

from __future__ import annotations

import argparse
import os
import re
import sys
from collections.abc import Iterator
from contextlib import nullcontext
from pathlib import Path
from typing import Any, NoReturn
from urllib.parse import parse_qs, urlsplit

from verifier.commands import UsageError
from verifier.core.config.contract import Contract, read_contract
from verifier.core.config.files import Mistakes
from verifier.core.config.proposal import Proposed, target_text
from verifier.core.config.target import Target, new_target, read_target
from verifier.core.credentials import Credentials
from verifier.core.deadline import Deadline, now
from verifier.core.evidence import Cause, CouldNotLook
from verifier.core.files import write_whole
from verifier.core.probe import Context
from verifier.core.redaction import REDACTOR, names_secret
from verifier.core.subject import offered
from verifier.core.suite import asking, judging, place_of
from verifier.core.survey import Survey
from verifier.core.verdict.ledger import UNVERIFIED_STATUS
from verifier.probes.http import route_of
from verifier.probes.http.client import client, get, refusal
from verifier.probes.http.public_key import served_key

SECONDS = 180.0
"""For the whole look."""


def arguments(parser: argparse.ArgumentParser) -> None:
    """Where the app is, and what is known of it."""
    parser.add_argument("url", help="the address that an operator opens, with its path")
    parser.add_argument("--app-dir", type=Path, metavar="PATH", help="the app's checkout")
    parser.add_argument(
        "--name",
        dest="called",
        metavar="NAME",
        help="of the target (default: as the file, or the first word of the host)",
    )
    parser.add_argument("--out", type=Path, metavar="FILE", help="default: targets/NAME.toml; never overwritten")
    parser.add_argument("--ca-file", metavar="FILE", help="authorities that the system does not know")
    parser.add_argument("--browser-path", metavar="PATH", help="the browser, as --browser-path of a run")


def run(asked: argparse.Namespace) -> int:
    """Look, write the file, and say how to judge the app by it.

    Raises:
        UsageError: the address is none, or the file is there already.
    """
    name, path = _place(asked)
    REDACTOR.learn_environment()
    try:
        contract = read_contract(place_of(Path.cwd()).suite)
        _write(path, asked, contract, name)
    except Mistakes as mistakes:
        raise UsageError(str(mistakes)) from None
    except CouldNotLook as why:
        sys.stderr.write(f"nothing was written: {why.what}{f'; {why.remedy}' if why.remedy else ''}\n")
        return UNVERIFIED_STATUS
    return 0


def _place(asked: argparse.Namespace) -> tuple[str, Path]:
    """The target's name, and the file that is to be written."""
    parts = urlsplit(asked.url)
    if parts.scheme not in {"http", "https"} or not parts.hostname or parts.username:
        raise UsageError("give the address that you open, without a password: https://board.example.com/board")
    if named := [key for key in parse_qs(parts.query) if names_secret(key)]:
        raise UsageError(
            f"{', '.join(named)} would be written to the file: leave it out; see [entry] in docs/targets.md"
        )
    if asked.app_dir and not asked.app_dir.is_dir():
        raise UsageError(f"--app-dir {asked.app_dir}: there is no such folder")
    host = "mine" if re.fullmatch(r"[\d.]+|.*:.*|localhost", parts.hostname) else parts.hostname.split(".")[0]
    name = asked.called or (asked.out.stem if asked.out else host)
    name = re.sub(r"[^A-Za-z0-9_-]+", "-", name).strip("-_") or "mine"
    path = asked.out or Path("targets") / f"{name}.toml"
    if path.exists():
        raise UsageError(f"{path} is there already; remove it, or give another --name or --out")
    return name, path


def _write(path: Path, asked: argparse.Namespace, contract: Contract, name: str) -> None:
    tls = _trusted(asked)
    target = new_target(name=name, title=name, app=name, url=_origin(asked.url), **({"tls": tls} if tls else {}))
    _reach(target, asked.url)
    survey = Survey(_context(target, asked.browser_path), contract, route_of(asked.url), asked.app_dir)
    proposals = [each.within(contract.ids) for each in (_top(target, tls), *_proposed(survey))]
    command = _judged_by(name if not asked.out else str(path))
    head, end = _head(path, asked), [f"To judge it: {command}", "docs/targets.md lists all keys."]
    text = REDACTOR.text(target_text(proposals, head=head, end=end))
    write_whole(path, text)
    try:
        read_target(path.absolute(), contract)
    except Mistakes as mistakes:
        raise UsageError(f"{path} was written, and must be corrected before it is used:\n{mistakes}") from None
    open_ends = text.count("\n# not known: ")
    sys.stdout.write(f"{path}: written; {open_ends} things are not known, see the comments\n{command}\n")


def _judged_by(target: str) -> str:
    words = f"-m postdeploy --target {target}"
    return judging(words) if place_of(Path.cwd()).apart else f".venv/bin/python -m {judging(words)}"


def _reach(target: Target, url: str) -> None:
    """Require an answer, whatever it is: of an app that is silent there is nothing to write.

    Raises:
        CouldNotLook: it did not answer.
    """
    with client(target) as session:
        reply = get(session, url)
    if not reply.answered:
        raise refusal(
            reply, url, remedy="start the app, or correct the address; --ca-file for a certificate of your own"
        )


def _proposed(survey: Survey) -> Iterator[Proposed]:
    """What each subject proposes; one that cannot look says so in the file, and does not stop the others."""
    for propose in offered("proposes"):
        sys.stderr.write(f"looking: {propose.__module__.removeprefix('verifier.probes.').partition('.')[0]}\n")
        try:
            yield from propose(survey)
        except CouldNotLook as why:
            yield Proposed(unknown=(f"{why.what}{f'; {why.remedy}' if why.remedy else ''}",))


def _top(target: Target, tls: dict[str, str]) -> Proposed:
    content: dict[str, Any] = {"name": target.name, "title": target.title, "url": target.url, "writes": "forbidden"}
    told = "writes: nothing may be created, changed or stopped here"
    return Proposed(content={**content, **({"tls": tls} if tls else {})}, assumed=(told,))


def _head(path: Path, asked: argparse.Namespace) -> list[str]:
    place, folder = place_of(Path.cwd()), path.absolute().parent
    schema = os.path.relpath(Path("docs/schema/target.schema.json").absolute(), folder)
    return [
        # Outside of the suite its file would be at another place on each machine.
        *([] if place.apart else [f"#:schema {schema}"]),
        f"Written on {now():%Y-%m-%d} by `{asking('init')} {asked.url}`.",
        "'seen' is what was observed, 'assumed' what was concluded from it, 'not known' what could not be seen.",
    ]


def _trusted(asked: argparse.Namespace) -> dict[str, str]:
    """The keys of [tls] for an app whose certificate the system's authorities do not vouch for."""
    if not asked.ca_file:
        return {}
    ca_file = str(Path(asked.ca_file).absolute())
    return {"ca_file": ca_file, "spki": served_key(asked.url, ca_file)}


def _origin(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"


def _context(target: Target, browser: str | None) -> Context:
    """What a probe may use, outside of a run: nobody else looks, and nothing else was seen."""
    return Context(
        target=target,
        credentials=Credentials(),
        deadline=Deadline(SECONDS),
        run="survey",
        get=_nothing,
        peek=lambda *_: None,
        wait_for_earlier=lambda: None,
        limit=lambda _: None,
        ceiling=lambda _: SECONDS,
        exclusive=nullcontext,
        shared=nullcontext,
        named=nullcontext,
        browser=browser,
        base=Path.cwd(),
    )


def _nothing(name: str, *_: object) -> NoReturn:
    raise CouldNotLook(Cause.PRECONDITION, f"{name} is observed in a run alone")
