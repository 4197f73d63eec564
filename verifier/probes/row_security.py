"""What row-level security lets through: the record, and what follows from it."""

from __future__ import annotations

from verifier.evidence import Cause, CouldNotLook, Evidence, Record


class Reading(Record):
    """What one role sees of one table.

    Attributes:
        role: whom `current_user` named while the rows were counted.
        rows: how many rows it sees, of whomsoever.
        foreign: how many of them belong to somebody else; all, where the role owns nothing.
        denied: whether it may not even ask.
        capped: whether there are more rows than were counted.
        trouble: what went wrong while it asked.
    """

    role: str
    rows: int = 0
    foreign: int = 0
    denied: bool = False
    capped: bool = False
    trouble: str = ""

    def __str__(self) -> str:
        if self.denied or self.trouble:
            return self.trouble or "permission denied"
        return f"{'at least ' if self.capped else ''}{self.rows} rows"


class Table(Record):
    """One table, and who sees what of it.

    Attributes:
        kind: what stands under the name, in PostgreSQL's words; nothing if nothing does.
        enabled: whether row-level security is on.
        forced: whether it binds the table's owner, too.
        policies: permissive policies for reading that concern a visitor or a signed-in user.
        writable: whether a visitor or a signed-in user has the right to change rows.
        rows: rows that our own role sees; nothing if it may not look.
        owned: rows of the owner that has most of those that were looked at.
        anonymous: what a visitor without a login sees.
        stranger: what a signed-in user sees who owns nothing.
        owner: what that owner sees; nothing if no owner was found.
        public: why anybody may read it, if so.
    """

    name: str
    kind: str = ""
    enabled: bool = False
    forced: bool = False
    policies: int = 0
    writable: bool = False
    rows: int | None = None
    owned: int = 0
    anonymous: Reading | None = None
    stranger: Reading | None = None
    owner: Reading | None = None
    public: str = ""

    def open_to_anyone(self) -> str:
        """What a visitor without a login can read, as a sentence; nothing if that is as it should be."""
        if self.public or not self.anonymous or not self.anonymous.rows:
            return ""
        return f"{self.anonymous.role} reads {self.anonymous} without a login{self._protection()}"

    def open_to_signed_in(self) -> str:
        """What a signed-in user can read of others, as a sentence; nothing if that is as it should be."""
        if self.public:
            return ""
        if self.stranger and self.stranger.rows:
            return f"any signed-in user reads {self.stranger}, and owns none of them{self._protection()}"
        if self.owner and self.owner.foreign:
            return f"an owner of {self.owned} rows reads {self.owner.foreign} rows of others{self._protection()}"
        return ""

    def unprotected(self) -> str:
        """Why row-level security does not protect it, as a sentence; nothing if it does or need not."""
        if self.enabled or (self.public and not self.writable):
            return ""
        if self.kind != "table":
            return f"is a {self.kind}, which row-level security does not protect"
        return "row-level security is not enabled" + (", and its rows can be changed" if self.writable else "")

    def unproven(self) -> tuple[Cause, str] | None:
        """Why reading nothing proves nothing here; or nothing if it does prove."""
        if not self.kind:
            return Cause.PRECONDITION, "does not exist"
        readings = [each for each in (self.anonymous, self.stranger, self.owner) if each]
        troubled = [each for each in readings if each.trouble]
        if troubled:
            return Cause.PRECONDITION, f"{troubled[0].role} met an error: {troubled[0].trouble}"
        if self.public or all(each.denied for each in readings):
            return None
        return self._nothing_to_see() or self._users_not_told_apart()

    def _nothing_to_see(self) -> tuple[Cause, str] | None:
        if self.rows is None:
            return Cause.UNAUTHORIZED, "our own role may not read it, so nobody knows whether it has rows"
        return None if self.rows else (Cause.NO_DATA, "our own role sees no rows")

    def _users_not_told_apart(self) -> tuple[Cause, str] | None:
        """An owner must see its own rows, or «a stranger sees none» tells nothing of the policies."""
        if (self.stranger and self.stranger.denied) or (self.enabled and not self.policies):
            return None
        if self.owner is None:
            return Cause.PRECONDITION, "no row names an owner, so no owner could be asked for"
        own = self.owner.rows - self.owner.foreign
        if own >= self.owned:
            return None
        return Cause.PRECONDITION, f"its owner sees {own} of its own {self.owned} rows: users are not told apart"

    def _protection(self) -> str:
        return "" if self.enabled else "; row-level security is not enabled"


class RowSecurity(Evidence):
    """Who sees what of every table that must be protected.

    Attributes:
        role: our own role, which counts the rows that there are.
        superuser: whether it is one.
        bypasses: whether it sees rows in spite of row-level security.
        tables: name → what was seen.
    """

    role: str
    superuser: bool
    bypasses: bool
    tables: dict[str, Table]

    def exposed(self) -> dict[str, str]:
        """Table → what somebody can read who should not."""
        return self.exposed_to_signed_in() | self.exposed_to_anyone()

    def exposed_to_anyone(self) -> dict[str, str]:
        """Table → what a visitor without a login can read."""
        return {name: told for name, table in self.tables.items() if (told := table.open_to_anyone())}

    def exposed_to_signed_in(self) -> dict[str, str]:
        """Table → what a signed-in user can read of others."""
        return {name: told for name, table in self.tables.items() if (told := table.open_to_signed_in())}

    def unprotected(self) -> dict[str, str]:
        """Table → why row-level security does not protect it."""
        return {name: told for name, table in self.tables.items() if table.kind and (told := table.unprotected())}

    def need_tables(self) -> None:
        """Make sure that every table is there.

        Raises:
            CouldNotLook: precondition, with those that are not.
        """
        missing = [name for name, table in self.tables.items() if not table.kind]
        if missing:
            told = f"no table {', '.join(missing)} in {self.where}"
            raise CouldNotLook(Cause.PRECONDITION, told, remedy="apply the migrations, or correct [database] tables")

    def need_proof(self) -> None:
        """Make sure that whoever sees nothing would have seen something without protection.

        Raises:
            CouldNotLook: with the tables of which that is not sure, and why.
        """
        self.need_tables()
        reasons: dict[tuple[Cause, str], list[str]] = {}
        for name, table in self.tables.items():
            reason = table.unproven()
            if reason:
                reasons.setdefault(reason, []).append(name)
        if reasons:
            told = "; ".join(f"{', '.join(names)}: {why}" for (_, why), names in reasons.items())
            cause, _ = next(iter(reasons))
            raise CouldNotLook(cause, f"not proven for {told}", remedy=self._remedy(cause))

    def _remedy(self, cause: Cause) -> str:
        if cause == Cause.PRECONDITION:
            return "see that owner_column in [database] names the column that the policies compare with auth.uid()"
        if self.bypasses:
            return "judge a database that has at least one row in each of these tables"
        return f"give a DATABASE_URL of a role with BYPASSRLS; {self.role} is bound by the policies itself"
