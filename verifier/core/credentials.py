"""Resolves secrets, and reports missing ones.

Order: the target's start command → environment → vault folder (`vault/occ/SERVICE/`) → the login of the service's
own tool. Every value is registered with the redactor before it is returned.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from dotenv import dotenv_values

from verifier.core.evidence import Cause, CouldNotLook
from verifier.core.redaction import REDACTOR, SHORTEST
from verifier.core.subject import subjects


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
    """

    given: Mapping[str, str] | None = None
    vault: Path | None = None
    environment: Mapping[str, str] = field(default_factory=lambda: os.environ)
    missing: dict[str, Need] = field(default_factory=dict)

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
        for value in self._candidates(need):
            if len(value) >= SHORTEST:
                REDACTOR.learn(value)
                return value
        self.missing[name] = need
        raise CouldNotLook(
            Cause.MISSING_CREDENTIAL,
            f"no {need.names[-1]}: {need.what}; checked {self.checked(need)}",
            remedy=f"export {need.names[-1]}=…  (to get one: {need.how})",
        )

    def named(self, variable: str) -> str:
        """The value of a secret that only the target file names, such as a session or a password for its pages.

        Raises:
            CouldNotLook: missing-credential, with the places that were checked.
        """
        need = Need(
            names=(variable,),
            service="hotdash",
            what="what signs a browser in to the target; its file names it in [entry]",
            purpose="everything that is judged in pages",
            how="ask whoever wrote [entry] of the target file",
        )
        return self._value(variable, need)

    def checked(self, need: Need) -> str:
        """Where `need` was looked for, in words."""
        if self.given is not None:
            return "what the target's start command provided"
        vault = self.vault or Path("vault")
        places = [f"environment ({', '.join(need.names)})", f"{vault.name}/occ/{need.service}/"]
        return ", ".join([*places, f"{need.tool}'s login"] if need.tool else places)

    def _candidates(self, need: Need) -> list[str]:
        if self.given is not None:
            return [self.given[name] for name in need.names if name in self.given]
        found = [self.environment.get(name, "").strip() for name in need.names]
        found += _in_vault(self.vault, need)
        if need.login:
            found.append(need.login(self.environment))
        return [value for value in found if value]


def requests(credentials: Credentials) -> str:
    """Requests for the missing secrets, in Markdown; empty if none is missing."""
    parts = [
        f"## {need.names[-1]}\n\n"
        f"- **Need:** {need.what}\n- **For:** {need.purpose}\n- **Checked:** {credentials.checked(need)}\n"
        f"- **How:** {need.how}\n- **Status:** not found; the items that need it are unverified\n"
        for need in credentials.missing.values()
    ]
    return "# Credential requests\n\n" + "\n".join(parts) if parts else ""


def _in_vault(vault: Path | None, need: Need) -> list[str]:
    folder = vault / "occ" / need.service if vault else None
    if folder is None or not folder.is_dir():
        return []
    found: list[str | None] = []
    for name in need.names:
        plain = folder / name
        if plain.is_file():
            found.append(plain.read_text(encoding="utf-8").strip())
        found += [dotenv_values(each, interpolate=False).get(name) for each in sorted(folder.glob("*.env"))]
    return [value for value in found if value]
