"""Asks several resolvers for the addresses, aliases and CAA records of every hostname."""

from __future__ import annotations

import dns.exception
import dns.name
import dns.rdatatype
import dns.resolver

from verifier.core.deadline import Deadline, now
from verifier.core.evidence import Cause, CouldNotLook, Obstacle
from verifier.core.hostname import Hostname
from verifier.core.platform import NotTold, PlatformSection
from verifier.core.probe import Context
from verifier.core.threads import in_threads
from verifier.probes.domain.evidence import Answer, DomainState
from verifier.probes.domain.section import Domain, resolver_of
from verifier.probes.platform.state import by_hand, opened

SECONDS = 4.0
"""How long one resolver may take for one question, with its repetitions."""
_AT_ONCE = 8


def observe_domain(context: Context) -> DomainState:
    """Ask every resolver for every hostname, and the platform for what it expects.

    Raises:
        CouldNotLook: precondition, if the target names no hostnames.
    """
    settings, started = context.target.section(Domain), now()
    asked = [(name, resolver) for name in settings.hostnames for resolver in settings.resolvers]

    def ask(place: tuple[str, str]) -> Answer | Obstacle:
        try:
            return _Resolver(place[1], context.deadline).answer(place[0])
        except CouldNotLook as trouble:
            return Obstacle.of(trouble)

    told = dict(zip(asked, in_threads(ask, asked, _AT_ONCE), strict=True))
    expected, untold, obstacle = _expected(context, settings.hostnames)
    first, hand = resolver_of(settings.resolvers[0]), by_hand(context).hostname
    return DomainState(
        asked="Where do the hostnames lead?",
        where=f"{', '.join(settings.hostnames)} at the resolvers {', '.join(settings.resolvers)}",
        at=started,
        again=f"dig @{first.address} -p {first.port} {settings.hostnames[0]} A AAAA CNAME CAA",
        hostnames=settings.hostnames,
        answers={
            name: {who: said for (of, who), said in told.items() if of == name and isinstance(said, Answer)}
            for name in settings.hostnames
        },
        silent={f"{name} at {who}": said for (name, who), said in told.items() if isinstance(said, Obstacle)},
        expected=expected,
        untold=untold,
        obstacle=obstacle,
        remedy=hand.format(settings.hostnames[0]) or "correct the records where the domain is kept",
    )


def _expected(context: Context, hostnames: tuple[str, ...]) -> tuple[dict[str, Hostname], str, Obstacle | None]:
    section = context.target.section(PlatformSection)
    if not section.given:
        return {}, f"{section.absence}, so nobody tells where the hostnames must lead", None
    try:
        with opened(context) as platform:
            return {name: platform.hostname(name) for name in hostnames}, "", None
    except NotTold as trouble:
        return {}, f"{trouble.what}, so nobody says where they must lead", None
    except CouldNotLook as trouble:
        return {}, "", Obstacle.of(trouble)


class _Resolver:
    """One resolver, asked for one kind of record after the other."""

    def __init__(self, told: str, deadline: Deadline) -> None:
        self._told, self._deadline = told, deadline
        where = resolver_of(told)
        self._dns = dns.resolver.Resolver(configure=False)
        self._dns.nameservers = [where.address]
        self._dns.port = where.port

    def answer(self, name: str) -> Answer:
        """Everything of one hostname.

        Raises:
            CouldNotLook: timeout or unreachable, if the resolver gives no answer that counts.
        """
        a, aaaa = self._asked(name, "A"), self._asked(name, "AAAA")
        if a is None or aaaa is None:
            return Answer(exists=False)
        followed = a.chaining_result.cnames or aaaa.chaining_result.cnames
        issuers, at = self._caa(name)
        return Answer(
            exists=True,
            a=_texts(a),
            aaaa=_texts(aaaa),
            aliases=tuple(_text(each.target) for rrset in followed for each in rrset),
            issuers=issuers,
            limited_at=at,
        )

    def _caa(self, name: str) -> tuple[tuple[str, ...] | None, str]:
        """The authorities of the nearest CAA records, from the name itself upward (RFC 8659, section 3)."""
        here = dns.name.from_text(name)
        while len(here.labels) > 1:
            found = self._asked(_text(here), "CAA")
            records = [] if found is None or found.rrset is None else list(found.rrset)
            if records:
                issue = [each.value.decode().partition(";")[0].strip() for each in records if each.tag == b"issue"]
                # Without a property "issue" everybody may issue.
                return (tuple(filter(None, issue)) if issue else None), _text(here)
            here = here.parent()
        return None, ""

    def _asked(self, name: str, kind: str) -> dns.resolver.Answer | None:
        """The answer, which may hold no record; nothing for a name that does not exist."""
        lifetime = min(SECONDS, max(0.1, self._deadline.remaining()))
        what, remedy = f"the resolver {self._told}", "name other resolvers in [domain] resolvers of the target file"
        try:
            return self._dns.resolve(f"{name}.", kind, raise_on_no_answer=False, lifetime=lifetime, search=False)
        except dns.resolver.NXDOMAIN:
            return None
        except dns.exception.Timeout:
            told = f"{what} does not answer for {kind} within {lifetime:g} s"
            raise CouldNotLook(Cause.TIMEOUT, told, remedy=remedy) from None
        except dns.resolver.NoNameservers as trouble:
            told = f"{what} cannot resolve {kind}: {_reason(trouble)}"
            raise CouldNotLook(Cause.UNREACHABLE, told, remedy=remedy) from None


def _reason(trouble: dns.resolver.NoNameservers) -> str:
    errors = trouble.kwargs.get("errors") or []
    return str(errors[-1][3]) if errors else "it gives no reason"


def _texts(answer: dns.resolver.Answer) -> tuple[str, ...]:
    return tuple(sorted(str(each) for each in answer.rrset)) if answer.rrset is not None else ()


def _text(name: dns.name.Name) -> str:
    return name.to_text(omit_final_dot=True).lower()
