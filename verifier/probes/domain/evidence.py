"""What resolvers say of the hostnames, compared with what the platform expects."""

from __future__ import annotations

from collections.abc import Callable

from verifier.core.evidence import CouldNotLook, Evidence, Obstacle, Record
from verifier.core.hostname import Hostname


class Answer(Record):
    """What one resolver says of one hostname.

    Attributes:
        exists: whether it knows the name at all.
        a: its IPv4 addresses.
        aaaa: its IPv6 addresses.
        aliases: the names that CNAME records led over, in their order.
        issuers: the authorities that may issue for it by CAA; nothing where no CAA record limits them.
        limited_at: the name at which the CAA records stand.
    """

    exists: bool
    a: tuple[str, ...] = ()
    aaaa: tuple[str, ...] = ()
    aliases: tuple[str, ...] = ()
    issuers: tuple[str, ...] | None = None
    limited_at: str = ""

    @property
    def addresses(self) -> tuple[str, ...]:
        """Both kinds of addresses."""
        return (*self.a, *self.aaaa)

    def __str__(self) -> str:
        if not self.exists:
            return "no such name"
        alias = f"{' → '.join(self.aliases)} → " if self.aliases else ""
        return alias + (", ".join(self.addresses) or "no address")


class DomainState(Evidence):
    """The hostnames as resolvers tell of them, and as the platform expects them.

    Attributes:
        hostnames: every one that was asked for.
        answers: hostname → resolver → what it said.
        silent: 'hostname at resolver' → why it said nothing that counts.
        expected: hostname → what the platform tells of it.
        untold: why the platform tells nothing of hostnames, if it never does.
        obstacle: why it could not be asked, if it does.
        remedy: a line to type that tells which records a hostname needs.
    """

    hostnames: tuple[str, ...]
    answers: dict[str, dict[str, Answer]]
    silent: dict[str, Obstacle] = {}
    expected: dict[str, Hostname] = {}
    untold: str = ""
    obstacle: Obstacle | None = None
    remedy: str = ""

    def told(self) -> dict[str, str]:
        """Hostname → what the resolvers say, in words; each different word once."""
        return {
            name: " / ".join(dict.fromkeys(map(str, self.answers[name].values()))) or "no answer"
            for name in self.hostnames
        }

    def limits_told(self) -> dict[str, str]:
        """Hostname → who may issue certificates for it by CAA, in words."""
        said = {name: {_limit(each) for each in answers.values()} for name, answers in self.answers.items()}
        return {name: " / ".join(sorted(found)) or "no answer" for name, found in said.items()}

    def missing(self) -> dict[str, str]:
        """Hostnames that a resolver does not know, or knows without an address, in words."""
        return self._objections(lambda _, answer: "" if answer.addresses else str(answer))

    def elsewhere(self) -> dict[str, str]:
        """Hostnames that lead to addresses other than the app's, in words.

        An alias may take any way to them; it counts by its name only where the platform tells no addresses.
        """

        def objection(wanted: Hostname, answer: Answer) -> str:
            foreign = [each for each in answer.addresses if wanted.addresses and each not in wanted.addresses]
            astray = answer.aliases and not wanted.addresses and wanted.cname not in {"", *answer.aliases}
            told = f"{answer} instead of {', '.join(wanted.addresses) or wanted.cname}"
            return told if foreign or astray else ""

        return self._objections(objection)

    def incomplete(self) -> dict[str, str]:
        """Hostnames that lead to the app over IPv4 or IPv6 alone, where the app has both, in words."""

        def objection(wanted: Hostname, answer: Answer) -> str:
            lacking = [kind for kind, own, found in _families(wanted, answer) if own and answer.addresses and not found]
            return f"no {' and no '.join(lacking)} record" if lacking else ""

        return self._objections(objection)

    def forbidden(self) -> dict[str, str]:
        """Hostnames for which CAA records keep the platform's authority from issuing, in words."""

        def objection(wanted: Hostname, answer: Answer) -> str:
            if answer.issuers is None or not wanted.authorities or set(wanted.authorities) & set(answer.issuers):
                return ""
            allowed = ", ".join(answer.issuers) or "nobody"
            return f"CAA at {answer.limited_at} lets {allowed} issue, and not {', '.join(wanted.authorities)}"

        return self._objections(objection)

    def _objections(self, objection: Callable[[Hostname, Answer], str]) -> dict[str, str]:
        """Hostname → what is objected to in the answers, with those who gave them."""
        found: dict[str, str] = {}
        for name, answers in self.answers.items():
            wanted = self.expected.get(name, Hostname(name=name))
            said: dict[str, list[str]] = {}
            for resolver, answer in answers.items():
                said.setdefault(objection(wanted, answer), []).append(resolver)
            told = [f"{words} (at {', '.join(resolvers)})" for words, resolvers in said.items() if words]
            found |= {name: "; ".join(told)} if told else {}
        return found

    def heard(self) -> CouldNotLook | None:
        """Whether every resolver answered for every hostname.

        Returns:
            Why not, if not: as the first silence.
        """
        for place, silence in self.silent.items():
            more = f" (and {len(self.silent) - 1} more)" if len(self.silent) > 1 else ""
            return CouldNotLook(silence.cause, f"{place}: {silence.what}{more}", remedy=silence.remedy)
        return None

    def platform_asked(self) -> CouldNotLook | None:
        """Whether what the platform can tell of hostnames was heard.

        Returns:
            Why not, if not; nothing, where it never tells any.
        """
        return self.obstacle.as_error() if self.obstacle else None


def _families(wanted: Hostname, answer: Answer) -> tuple[tuple[str, tuple[str, ...], tuple[str, ...]], ...]:
    return ("A", wanted.a, answer.a), ("AAAA", wanted.aaaa, answer.aaaa)


def _limit(answer: Answer) -> str:
    return "everybody may issue" if answer.issuers is None else f"{', '.join(answer.issuers) or 'nobody'} may issue"
