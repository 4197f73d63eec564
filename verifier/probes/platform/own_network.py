"""Checks that our own network works: that the target or an independent address answers."""

from __future__ import annotations

from verifier.core.deadline import now
from verifier.core.evidence import Evidence
from verifier.core.platform import PlatformSection
from verifier.core.probe import Context
from verifier.core.threads import in_threads
from verifier.probes.http.client import client, curl, get


class OwnNetwork(Evidence):
    """Which of several independent addresses answered at all: proof that our own way works."""

    answered: tuple[str, ...]
    silent: dict[str, str]

    @property
    def proved(self) -> bool:
        """Whether anything answered."""
        return bool(self.answered)


def observe_own_network(context: Context) -> OwnNetwork:
    """Ask the target's front page and the platform at once; whatever answers proves our way."""
    addresses = [each for each in (context.url, context.target.section(PlatformSection).public_page) if each]
    started = now()
    with client(context.target) as session:
        replies = in_threads(lambda address: get(session, address), addresses, len(addresses))
    return OwnNetwork(
        asked="Does anything answer us at all?",
        where=", ".join(addresses),
        at=started,
        again=curl(context.target, addresses[0]),
        answered=tuple(reply.url for reply in replies if reply.answered),
        silent={reply.url: reply.trouble for reply in replies if not reply.answered},
    )


def own_network_now(context: Context) -> OwnNetwork:
    """The same as it is at this moment, for who looks at something for a while.

    Where the target's own is the only address, its silence says nothing of our way: what was seen first counts.
    """
    independent = context.target.section(PlatformSection).public_page is not None
    return observe_own_network(context) if independent else context.get("own_network", OwnNetwork)
