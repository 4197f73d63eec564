"""Resolves secrets, and reports missing ones.

Order: the target's start command → vault folder (`vault/occ/SERVICE/`) → environment → the login of the service's
own tool. Every value is registered with the redactor before it is returned.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from dotenv import dotenv_values
from pydantic import ConfigDict

from verifier.core.evidence import Cause, CouldNotLook, Record
from verifier.core.redaction import REDACTOR, SHORTEST
from verifier.core.subject import subjects

_GIVEN = "what the target's start command provided"


@dataclass(frozen=True)
class Need:
    """A secret: its names, its service, what it is for, and how to get one.

    Attributes:
        tool: the service's own tool, where people may have signed in already; empty if there is none.
        login: the secret of that login, from the environment; empty if there is none.
    """

    names: tuple[str, ...]
    service: str
    what: str
    purpose: str
    how: str
    tool: str = ""
    login: Callable[[Mapping[str, str]], str] | None = None

    @property
    def folder(self) -> str:
        """Its folder of the vault, as people write it."""
        return f"occ/{self.service}/"


class MissingCredential(Record):
    """A secret that was looked for in vain.

    Attributes:
        vault: the folder of the vault that was searched; empty where none was.
        elsewhere: the other places that were searched, in order.
    """

    model_config = ConfigDict(extra="ignore")
    name: str
    service: str
    what: str
    purpose: str
    how: str
    vault: str = ""
    elsewhere: tuple[str, ...] = ()

    @property
    def checked(self) -> str:
        """All places that were searched, in words."""
        return ", ".join([*([self.vault] if self.vault else []), *self.elsewhere])


NEEDS = {
    "database": Need(
        names=("DATABASE_URL",),
        service="supabase",
        what="a PostgreSQL URL of a role that may read, and may act as anon and authenticated",
        purpose="tables and row-level security, as different users see them",
        how="Supabase dashboard → Connect → connection string, or ask its owner for a role of its own",
    ),
    "supabase": Need(
        names=("SUPABASE_ACCESS_TOKEN",),
        service="supabase",
        what="an access token of Supabase's management API that may read the project's backups",
        purpose="the age of the newest backup",
        how="Supabase dashboard → Account → Access Tokens; give it to read backups, and nothing else",
    ),
}


def needs() -> dict[str, Need]:
    """Name → each secret that a run may ask for, those that subjects declare included."""
    return NEEDS | {name: each.get() for subject in subjects() for name, each in subject.credentials.items()}


@dataclass
class Credentials:
    """The secrets of one run, resolved on first use.

    Args:
        given: what the target's start command provided; for a target that was started here nothing else counts.
        vault: the vault folder, with `occ/SERVICE/*.env` and `occ/SERVICE/NAME`.
        environment: where variables are read from.
        missing: the secrets that were looked for in vain, by name.
        found: the places where the others were found, by name.
        searched: folder of the vault that was searched → whether what was looked for was in it.
    """

    given: Mapping[str, str] | None = None
    vault: Path | None = None
    environment: Mapping[str, str] = field(default_factory=lambda: os.environ)
    missing: dict[str, MissingCredential] = field(default_factory=dict)
    found: dict[str, str] = field(default_factory=dict)
    searched: dict[str, bool] = field(default_factory=dict)

    def get(self, name: str) -> str:
        """The value of the credential `name` (a key of `needs()`).

        Raises:
            CouldNotLook: missing-credential, with the places that were checked.
        """
        return self._value(name, needs()[name])

    def lacking(self, name: str) -> Iterator[CouldNotLook]:
        """Why the credential `name` is missing; nothing if it is not."""
        try:
            self.get(name)
        except CouldNotLook as trouble:
            yield trouble

    def _value(self, name: str, need: Need) -> str:
        for place, value in self._candidates(need):
            if len(value) >= SHORTEST:
                REDACTOR.learn(value)
                self.found[name] = place
                return value
        self.missing[name] = lost = self._missing(need)
        raise CouldNotLook(
            Cause.MISSING_CREDENTIAL,
            f"no {lost.name}: {need.what}; checked {lost.checked}",
            remedy=f"export {lost.name}=…  (to get one: {need.how})",
        )

    def named(
        self,
        name: str,
        *,
        what: str = "what signs a browser in to the target; its file names it in [entry]",
        purpose: str = "everything that is judged in pages",
        how: str = "ask whoever wrote [entry] of the target file",
    ) -> str:
        """The value of a secret that only the target file or the caller names: `NAME`, or `SERVICE/NAME`.

        Args:
            name: of a session or a password for the target's pages, a key of `publer`, …; without a service, `hotdash`.
            what: what it is.
            purpose: what it is for.
            how: how to get it.

        Raises:
            CouldNotLook: missing-credential, with the places that were checked.
        """
        service, _, variable = name.rpartition("/")
        return self._value(name, Need((variable,), service or "hotdash", what, purpose, how))

    def _missing(self, need: Need) -> MissingCredential:
        told = {"name": need.names[-1], "service": need.service, "what": need.what, "purpose": need.purpose}
        if self.given is not None:
            return MissingCredential(**told, how=need.how, elsewhere=(_GIVEN,))
        elsewhere = [f"environment ({', '.join(need.names)})", *([f"{need.tool}'s login"] if need.tool else [])]
        return MissingCredential(**told, how=need.how, vault=self._folder(need), elsewhere=tuple(elsewhere))

    def _folder(self, need: Need) -> str:
        return f"{(self.vault or Path('vault')).name}/{need.folder}"

    def _candidates(self, need: Need) -> Iterator[tuple[str, str]]:
        """Place and value of whatever may be it, in the order of the places."""
        if self.given is not None:
            yield from ((_GIVEN, self.given[name]) for name in need.names if name in self.given)
            return
        kept, folder = _in_vault(self.vault, need), self._folder(need)
        self.searched[folder] = bool(kept)
        yield from ((folder, value) for value in kept)
        yield from (("environment", self.environment.get(name, "").strip()) for name in need.names)
        if need.login:
            yield f"{need.tool}'s login", need.login(self.environment)


def _in_vault(vault: Path | None, need: Need) -> list[str]:
    folder = vault / need.folder if vault else None
    if folder is None or not folder.is_dir():
        return []
    found: list[str | None] = []
    for name in need.names:
        plain = folder / name
        if plain.is_file():
            found.append(plain.read_text(encoding="utf-8").strip())
        found += [dotenv_values(each, interpolate=False).get(name) for each in sorted(folder.glob("*.env"))]
    return [value for value in found if value]
