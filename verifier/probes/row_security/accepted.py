"""Openings as findings, and those that the target accepts."""

from __future__ import annotations

from collections.abc import Iterator

from verifier.core.evidence import Record
from verifier.core.evidence.finding import Finding
from verifier.probes.row_security.catalogue import Catalogue
from verifier.probes.row_security.relations import PEOPLE, ROLES, TABLES, Opening, quoted


class AcceptedOpenings(Record):
    """What the target declares to be open: relation or function → reason.

    Attributes:
        readable: may be read or called by anybody.
        writable: may also be changed by anybody.
        published: rows that say of themselves that they are public may be read by anybody.
        privileged: tables in which only the trusted have a row.
        truncate: why the TRUNCATE grant is harmless; empty if it is not.
    """

    readable: dict[str, str] = {}
    writable: dict[str, str] = {}
    published: dict[str, str] = {}
    privileged: dict[str, str] = {}
    truncate: str = ""

    def covers(self, label: str, command: str, through: str = "") -> bool:
        """Whether the target declares this to be open, or the table meant for the trusted, in which a row opens it."""
        if through in self.privileged:
            return True
        if command == "truncate":
            return False
        return label in self.writable or (command == "select" and label in self.readable)


def by_persona(label: str, found: list[Opening]) -> Iterator[Finding]:
    """The openings of one relation as findings, one for each persona and remedy."""
    groups: dict[tuple[str, str, str], list[Opening]] = {}
    for each in found:
        groups.setdefault((each.who, each.claimed, each.closes), []).append(each)
    for (who, claimed, closes), members in groups.items():
        commands = ", ".join(each.command.upper() for each in members)
        yield Finding(
            subject=label,
            problem=f"{PEOPLE[who]} can {commands}{f' by claiming {claimed}' if claimed else ''}",
            detail=members[0].seen,
            remedy=closes,
        )


def truncatable(catalogue: Catalogue) -> Iterator[str]:
    """One sentence per schema whose tables clients may truncate."""
    for schema in catalogue.schemas:
        found = [
            each
            for each in catalogue.relations.values()
            if each.schema_name == schema and each.kind in TABLES and any(each.may(it, "truncate") for it in ROLES)
        ]
        roles = [role for role in ROLES if any(each.may(role, "truncate") for each in found)]
        if found:
            what = f"{len(found)} tables" if len(found) > 1 else f"table {found[0].label}"
            revoked = f"revoke truncate on all tables in schema {quoted(schema)} from {', '.join(roles)};"
            yield (
                f"schema {schema}: {' and '.join(roles)} hold TRUNCATE on {what}; "
                f"PostgREST cannot send it, and nothing needs it: {revoked}"
            )
