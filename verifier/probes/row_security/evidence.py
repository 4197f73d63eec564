"""Evidence of row-level security."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Literal

from pydantic import Field

from verifier.core.evidence import Cause, CouldNotLook, Evidence, Obstacle
from verifier.core.evidence.finding import Finding
from verifier.probes.row_security.accepted import AcceptedOpenings, by_persona, truncatable
from verifier.probes.row_security.catalogue import Catalogue
from verifier.probes.row_security.copy.outcomes import Proof
from verifier.probes.row_security.declared import openings, remarks
from verifier.probes.row_security.live import LiveView
from verifier.probes.row_security.live_findings import live_doubt, read_by_signed_in, read_by_visitor
from verifier.probes.row_security.relations import (
    ANONYMOUS,
    PEOPLE,
    SIGNED_IN,
    Opening,
    Relation,
)
from verifier.probes.row_security.self_test import SelfTest


class RowSecurity(Evidence):
    """Who can read and change whose rows: declared, seen live, and tried on a copy.

    Attributes:
        catalogue: the declarations.
        expected: the relations that must exist.
        purpose: what the target declares to be open.
        live: relation → what each persona reads; None if that failed.
        live_trouble: why it failed.
        trial: the results on the copy; None if that failed.
        trial_trouble: why it failed.
        pictures: file name → content for the report.
    """

    catalogue: Catalogue
    expected: tuple[str, ...]
    accepted: AcceptedOpenings
    live: dict[str, LiveView] | None = None
    live_trouble: Obstacle | None = None
    trial: SelfTest | None = None
    trial_trouble: Obstacle | None = None
    pictures: dict[str, bytes] = Field(default={}, exclude=True, repr=False)

    def declared_open(self) -> list[Finding]:
        """What the declarations of relations and roles open regardless of the rows."""
        found = self._told(self._declared)
        if self.catalogue.app_unbound:
            problem = "no policy binds the role of the application"
            remedy = "let it connect as a role without these powers, for which the policies are written"
            found.append(Finding(subject="app_role", problem=problem, detail=self.catalogue.app_unbound, remedy=remedy))
        for role, unbound in self.catalogue.unbound.items():
            closes = f"revoke {unbound} from {role};" if unbound != role else f"alter role {role} nobypassrls;"
            problem = "role can SET ROLE to one that bypasses policies"
            found.append(Finding(subject=f"role {role}", problem=problem, detail=unbound, remedy=closes))
        found += [
            Finding(
                subject=label,
                problem="the application has the powers of the owner, to whom policies do not apply",
                detail=relation.owner,
                remedy=f"alter table {relation.place} force row level security;",
            )
            for label, relation in self.catalogue.relations.items()
            if relation.app_owns
        ]
        return found

    def readable_without_login(self) -> list[Finding]:
        """What a visitor without a login reads of the live database."""
        return self._of_live(ANONYMOUS, read_by_visitor)

    def readable_by_signed_in(self) -> list[Finding]:
        """What a signed-in user reads of others in the live database."""
        return self._of_live(SIGNED_IN, read_by_signed_in)

    def open_on_a_copy(self) -> list[Finding]:
        """What was possible on the copy and should not be."""
        proofs = self._trial().proofs
        return self._told(lambda relation: proofs[relation.label].openings)

    def published(self) -> dict[str, str]:
        """Relation → who reads which rows because the rows say so, where the target does not accept it."""
        return {
            label: f"rows that say of themselves that they are public can be read by {' and '.join(roles)}: "
            f"published by {', '.join(dict.fromkeys(roles.values()))}"
            for label, proof in (self.trial.proofs.items() if self.trial else ())
            if (roles := proof.published) and label not in self.accepted.published and not self._on_purpose(label)
        }

    def truncatable(self) -> Iterator[str]:
        """One sentence per schema about grants of TRUNCATE, which policies do not bind and PostgREST cannot send."""
        if not self.accepted.truncate:
            yield from truncatable(self.catalogue)

    def functions_that_tell(self) -> dict[str, str]:
        """Function → what it returns of other people's rows, or changes."""
        found = {}
        for label, proof in self._trial().functions.items():
            covered = label in self.accepted.readable or label.split("(")[0] in self.accepted.readable
            if proof.openings and not covered:
                found[label] = " · ".join(str(each) for each in proof.openings)
        return found

    def seen_by(self, person: Literal["anonymous", "stranger"]) -> dict[str, str] | str:
        """Relation → what this persona sees live, or `not looked at`."""
        if self.live is None:
            return "not looked at"
        return {label: str(getattr(view, person) or "not asked") for label, view in self.live.items()}

    def tables_read(self) -> CouldNotLook | None:
        """None if every expected table exists; else precondition, with the missing ones."""
        missing = [name for name in self.expected if name not in self.catalogue.relations]
        if missing:
            told = f"no table {', '.join(missing)} in {self.where}"
            return CouldNotLook(Cause.PRECONDITION, told, remedy="apply the migrations, or correct [database] tables")
        if not self.catalogue.relations:
            return CouldNotLook(Cause.NO_DATA, f"there is nothing in {self.where}")
        return None

    def seen_live(self) -> CouldNotLook | None:
        """None if the live observation has a positive control for every table; else the tables without one, and why.

        A table without rows or without an owner counts only if the copy has proved it.
        """
        if gap := self.tables_read():
            return gap
        live = self._live()
        if not any(view.rows for view in live.values()):
            told = f"our own role {self.catalogue.role} sees no row in any of {len(live)} relations"
            return CouldNotLook(Cause.NO_DATA, told, remedy=self._remedy_for_rows())
        proved = self.trial.proofs if self.trial else {}
        doubts: dict[tuple[Cause, str], list[str]] = {}
        for label, view in live.items():
            why = live_doubt(view, self.catalogue.relations[label])
            if why and not _proves(proved.get(label)) and not self._on_purpose(label):
                doubts.setdefault(why, []).append(label)
        self._raise(doubts, "live: not proven for", self._remedy_for_rows())
        return None

    def tried(self) -> CouldNotLook | None:
        """None if the copy proved something of every relation; else which it did not, and why."""
        if gap := self.tables_read():
            return gap
        live = self.live or {}
        doubts: dict[tuple[Cause, str], list[str]] = {}
        for label, proof in self._trial().proofs.items():
            told_apart = label in live and not live_doubt(live[label], self.catalogue.relations[label])
            seen_live = told_apart and "no persona was found" in proof.doubt
            if proof.doubt and not self._on_purpose(label) and not seen_live:
                doubts.setdefault((Cause.PRECONDITION, proof.doubt), []).append(label)
            unsettled = next(filter(None, (each.unsettled for each in self.catalogue.relations[label].policies)), "")
            if unsettled and not proof.openings and not self._on_purpose(label):
                doubts.setdefault((Cause.PRECONDITION, unsettled), []).append(label)
            for table, told in proof.undecided.items():
                if table not in self.accepted.privileged and not self._on_purpose(label):
                    doubts.setdefault((Cause.PRECONDITION, told), []).append(label)
        remedy = "say in [database] public of the target why it is open, or judge by hand what prevents the proof"
        self._raise(doubts, "on a copy: not proven for", remedy)
        return None

    def functions_tried(self) -> CouldNotLook | None:
        """None if every function that a client may call answered; else those that did not, and why."""
        doubts: dict[tuple[Cause, str], list[str]] = {}
        for label, proof in self._trial().functions.items():
            if proof.doubt and not self._on_purpose(label) and not self._on_purpose(label.split("(")[0]):
                doubts.setdefault((Cause.PRECONDITION, proof.doubt), []).append(label)
        remedy = (
            "revoke execute on it from public, anon and authenticated, or name it in [database] public with the reason"
        )
        self._raise(doubts, "on a copy: not proven for", remedy)
        return None

    def classes(self) -> dict[str, str]:
        """Relation → its exposure in a few words."""
        return {label: self._class(relation) for label, relation in self.catalogue.relations.items()}

    def remarks(self) -> Iterator[str]:
        """Notes that open nothing by themselves."""
        bypasses = "a role with BYPASSRLS" if self.catalogue.bypasses else ""
        powers = "a superuser" if self.catalogue.superuser else bypasses
        if powers:
            yield f"we connect as {self.catalogue.role}, {powers}: what it sees itself proves nothing"
        for label, relation in self.catalogue.relations.items():
            yield from (f"{label}: {each}" for each in remarks(relation))
            proof = self.trial.proofs.get(label) if self.trial else None
            if proof and proof.unusable:
                yield f"{label}: no signed-in user can use it, as every query fails: {proof.unusable}"
            if proof and proof.privileged:
                told = f"{', '.join(proof.privileged)} on rows of others"
                yield f"{label}: {told} for users with rows in other tables, or a role in the token"
        for label in sorted({*self.accepted.readable, *self.accepted.writable}):
            reason = self.accepted.writable.get(label) or self.accepted.readable[label]
            yield f"{label}: open on purpose: {reason}"
        for label, reason in sorted(self.accepted.published.items()):
            yield f"{label}: rows published on purpose: {reason}"
        for label, reason in sorted(self.accepted.privileged.items()):
            yield f"{label}: a row in it is a privilege: {reason}"
        yield from self.truncatable()
        if self.trial:
            yield from (f"copy: {each}" for each in (*self.trial.complaints, *self.trial.remarks))

    def openings_of(self, label: str) -> tuple[Opening, ...]:
        """The openings of one relation, declared and proved, without duplicates."""
        tried = self.trial.proofs[label].openings if self.trial and label in self.trial.proofs else ()
        declared = self._declared(self.catalogue.relations[label])
        found = {(each.who, each.command): each for each in (*declared, *tried)}
        return tuple(found.values())

    def _declared(self, relation: Relation) -> tuple[Opening, ...]:
        return openings(relation, self.catalogue.may_log_in)

    def _class(self, relation: Relation) -> str:
        found = self.openings_of(relation.label)
        if not relation.rights:
            return "no grant"
        if not found:
            closed = relation.enabled and not any(each.admits for each in relation.policies)
            doubt = (
                self.trial.proofs[relation.label].doubt if self.trial and relation.label in self.trial.proofs else ""
            )
            proof = self.trial.proofs.get(relation.label) if self.trial else None
            if proof and proof.published:
                return f"published by {next(iter(proof.published.values()))}"
            return "not proven" if doubt else "closed, no policy" if closed else "rows of their own"
        reads = {each.who for each in found if each.command == "select"}
        writes = {each.who for each in found if each.command != "select"}
        words = [_EXPOSED[min(reads, key=list(PEOPLE).index)]] if reads else []
        words += [f"writable by {'anon' if 'anon' in writes else 'any signed-in user'}"] if writes else []
        return ", ".join(words) + (" (on purpose)" if self._on_purpose(relation.label) else "")

    def _told(self, found: Callable[[Relation], tuple[Opening, ...]]) -> list[Finding]:
        return [
            finding
            for label, relation in self.catalogue.relations.items()
            for finding in by_persona(
                label, [each for each in found(relation) if not self.accepted.covers(label, each.command, each.through)]
            )
        ]

    def _published(self, label: str, role: str) -> bool:
        """Whether the copy proved that this role reads nothing but rows that say of themselves that they are public."""
        proof = self.trial.proofs.get(label) if self.trial else None
        return proof is not None and role in proof.published

    def _of_live(self, role: str, judge: Callable[[LiveView, Relation], Finding | None]) -> list[Finding]:
        return [
            found
            for label, view in self._live().items()
            if not self.accepted.covers(label, "select")
            and not self._published(label, role)
            and (found := judge(view, self.catalogue.relations[label]))
        ]

    def _live(self) -> Mapping[str, LiveView]:
        if self.live_trouble:
            raise self.live_trouble.as_error()
        return self.live or {}

    def _trial(self) -> SelfTest:
        if self.trial is None:
            trouble = self.trial_trouble or Obstacle(cause=Cause.INTERNAL, what="no copy was made")
            raise trouble.as_error()
        return self.trial

    def _on_purpose(self, label: str) -> bool:
        return label in self.accepted.readable or label in self.accepted.writable

    def _remedy_for_rows(self) -> str:
        if self.catalogue.bypasses:
            return "judge a database that has rows, or see that owner_column in [database] names what policies compare"
        return f"give a DATABASE_URL of a role with BYPASSRLS; {self.catalogue.role} is subject to the policies itself"

    @staticmethod
    def _raise(doubts: Mapping[tuple[Cause, str], list[str]], head: str, remedy: str) -> None:
        if doubts:
            told = "; ".join(f"{', '.join(labels)}: {why}" for (_, why), labels in doubts.items())
            raise CouldNotLook(next(iter(doubts))[0], f"{head} {told}", remedy=remedy)


_EXPOSED = {"anon": "exposed to anon", "authenticated": "exposed to any signed-in user"}


def _proves(proof: Proof | None) -> bool:
    return proof is not None and not proof.doubt
