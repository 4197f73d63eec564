"""Sends one message to one address, by Apprise, and says what came of it in words that hold no address."""

from __future__ import annotations

import re
from functools import cache
from typing import Any

from verifier.core.threads import within
from verifier.reporting.escalation.messages import Message
from verifier.reporting.escalation.receipt import News

SECONDS = 10.0
"""For one address; services answer within one."""


class NotDelivered(Exception):  # noqa: N818 - it is no error of this program
    """It did not arrive; says why, without the address."""


def deliver(address: str, message: Message, seconds: float) -> str:
    """Send the message.

    Args:
        address: a URL of Apprise. It is a secret: what Apprise says of it is not handed on.
        message: what to tell.
        seconds: how long it may take.

    Returns:
        Who took it.

    Raises:
        NotDelivered: it was refused, nobody answered, or the address is none.
    """
    apprise = load_apprise()
    # Without a limit of its own it sends in this thread; those of its pool would keep a process alive that ends.
    asset = apprise.AppriseAsset(app_id="Definition of Done", async_mode=False, service_timeout=0)
    client = apprise.Apprise(asset=asset)
    if not client.add(address):
        raise NotDelivered("the secret holds no address that Apprise knows")
    kind = apprise.NotifyType.SUCCESS if message.news == News.ENDED else apprise.NotifyType.FAILURE
    words = {"title": message.title, "body": message.body, "body_format": apprise.NotifyFormat.TEXT}
    try:
        return within(min(seconds, SECONDS), lambda: _sent(client, notify_type=kind, **words))
    except TimeoutError:
        raise NotDelivered(f"no answer within {min(seconds, SECONDS):g} s") from None
    except NotDelivered:
        raise
    except Exception as trouble:  # noqa: BLE001 - of any of a hundred services; what it says may hold the address
        raise NotDelivered(f"Apprise itself failed: {type(trouble).__name__}") from None


@cache
def load_apprise() -> Any:  # noqa: ANN401 - a module
    """Apprise, with all its services. Called first where warnings are ignored: those of a library are not ours."""
    import apprise  # noqa: PLC0415 - slow to load, and most runs have nothing to tell

    apprise.Apprise().add("json://localhost")  # it finds its services only now
    return apprise


def _sent(client: Any, **message: Any) -> str:  # noqa: ANN401 - the library's own
    told = client.notify(**message)
    if told:
        return f"accepted by {client[0].service_name}"
    # Only the status is taken from what it logs: the rest may hold the address.
    statuses = re.findall(r"\berror=(\d{3})\b", " ".join(entry.message for entry in told.logs()))
    raise NotDelivered(f"HTTP {statuses[-1]}" if statuses else "no connection, or no answer in time")
