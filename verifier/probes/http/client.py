"""HTTP requests; tells an answer, silence and a refused connection apart."""

from __future__ import annotations

import ssl
import zlib
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Any, cast

import httpx

from verifier.core import causes
from verifier.core.config.target import Target
from verifier.core.deadline import monotonic, now
from verifier.core.evidence import Cause, CouldNotLook
from verifier.core.evidence.exchange import SUFFIX, Exchange
from verifier.core.machine import EDGE
from verifier.core.platform import PlatformSection
from verifier.core.redaction import MASK, REDACTOR, names_secret
from verifier.core.threads import within
from verifier.probes.http.json_body import read_json
from verifier.probes.http.unpacking import ACCEPTED, UnknownCoding, unpacked

REQUEST_IDS = ("fly-request-id", "x-request-id")
"""Headers in which an edge or a framework sends the id of a request."""
TIMEOUT = 10.0
"""Seconds for one request; a health check of the platform gives up after 5."""
BODY = 20_000
"""Characters of a body that are kept as evidence."""
WHOLE = 20_000_000
"""Characters of an answer that is read for its content: more than any page of the platform's API."""
LARGEST = 5_000_000
"""Bytes of an answer, unpacked, after which no more of it is read; more only where more of it is asked for."""
WAIT = 3.0
"""How many times the timeout, which is that of a silence, a whole answer may take."""


class Reply(Exchange):
    """One answer, or the lack of one."""

    @property
    def path(self) -> str:
        """The path of the URL, with its query."""
        return "/" + self.url.split("/", 3)[-1]

    @property
    def answered(self) -> bool:
        """Whether the other side said anything at all."""
        return self.status is not None

    @property
    def down(self) -> bool:
        """Whether the thing refused, timed out or answered with a server error (5xx)."""
        return self.status is None or self.status >= 500  # noqa: PLR2004 - RFC 9110, section 15.6

    @property
    def request_id(self) -> str:
        """The edge's id of the request, to be found in its log; empty if it sent none."""
        return next((self.headers[name] for name in REQUEST_IDS if name in self.headers), "")

    def content(self) -> Any:  # noqa: ANN401 - any JSON
        """The body as JSON, or nothing if it is none, or gives a key twice: then it says nothing for certain."""
        try:
            return read_json(self.body)
        except ValueError:
            return None

    def __str__(self) -> str:
        said = f"HTTP {self.status}" if self.answered else f"no answer ({self.cause}: {self.trouble})"
        return f"{said} after {self.milliseconds:.0f} ms"


class TargetClient(httpx.Client):
    """A client that knows which header makes the target's edge choose a machine."""

    machine_header = ""


def client(target: Target, *, http2: bool = False) -> TargetClient:
    """A client that trusts what the target says is to be trusted, and never follows a redirect unasked.

    Args:
        target: the deployment.
        http2: offer HTTP/2 too, as a browser does.
    """
    made = TargetClient(
        verify=trust(target.tls.ca_file, http2=http2),
        http2=http2,
        headers={"user-agent": target.user_agent, "accept": "*/*", "accept-encoding": ACCEPTED},
        timeout=httpx.Timeout(TIMEOUT),
        follow_redirects=False,
    )
    made.machine_header = target.section(PlatformSection).machine_header
    return made


@lru_cache
def trust(ca_file: str | None, *, http2: bool = False) -> ssl.SSLContext:  # noqa: ARG001 - see below
    """The context that trusts the authorities of this file, or the system's.

    One for each set of protocols, because a client writes what it offers into its context.
    """
    try:
        return ssl.create_default_context(cafile=ca_file)
    except OSError as trouble:
        raise CouldNotLook(Cause.PRECONDITION, f"cannot read tls.ca_file: {trouble.strerror}") from None


def get(  # noqa: PLR0913 - one word for each thing that a request may need
    session: httpx.Client,
    url: str,
    *,
    machine: str | None = None,
    headers: Mapping[str, str] | None = None,
    params: Mapping[str, str] | None = None,
    keep: int = BODY,
    timeout: float = TIMEOUT,
) -> Reply:
    """Send one GET and keep `keep` characters of the body; however it ends, the result is a `Reply`."""
    asked = {**(headers or {}), **_routed(session, machine)}
    return _sent(session, "GET", url, machine, keep, headers=asked, params=params, timeout=timeout)


def query(  # noqa: PLR0913 - one word for each thing that a request may need
    session: httpx.Client,
    url: str,
    content: Any,  # noqa: ANN401 - any JSON
    *,
    headers: Mapping[str, str],
    keep: int = BODY,
    timeout: float = TIMEOUT,
) -> Reply:
    """Send a query that must be a POST, such as GraphQL's: it changes nothing, and is never retried."""
    return _sent(session, "POST", url, None, keep, headers=headers, json=content, timeout=timeout)


def order(
    session: httpx.Client,
    url: str,
    *,
    headers: Mapping[str, str],
    content: Any = None,  # noqa: ANN401 - any JSON
    timeout: float = TIMEOUT,
) -> Reply:
    """Send a POST that changes something; only for what a target permits, see `Platform.stop`."""
    return _sent(session, "POST", url, None, BODY, headers=headers, json=content, timeout=timeout)


def send(  # noqa: PLR0913 - one word for each thing that a request may need
    session: httpx.Client,
    method: str,
    url: str,
    *,
    machine: str | None = None,
    content: Any = None,  # noqa: ANN401 - any JSON
    keep: int = BODY,
) -> Reply:
    """Send a request of any method, with a JSON body if given; it is never retried."""
    return _sent(session, method, url, machine, keep, headers=_routed(session, machine), json=content)


def _sent(
    session: httpx.Client,
    method: str,
    url: str,
    machine: str | None,
    keep: int,
    **words: Any,  # noqa: ANN401 - httpx's own words
) -> Reply:
    started, at, silence = monotonic(), now(), words.get("timeout", TIMEOUT)

    def exchange() -> tuple[httpx.Response, str, float]:
        with session.stream(method, url, **words) as answer:
            content = _whole(answer, max(LARGEST, 2 * keep), started + WAIT * silence)
        return answer, content, (monotonic() - started) * 1000

    try:
        # No timeout of httpx ends a name that is not resolved, or a head that comes byte by byte.
        answer, content, took = within((WAIT + 1) * silence, exchange)
    except (httpx.HTTPError, httpx.InvalidURL, TimeoutError, _TooLarge, _Unreadable) as trouble:
        return Reply(
            method=method,
            url=url,
            machine=machine,
            at=at,
            milliseconds=(monotonic() - started) * 1000,
            cause=cause_of(trouble),
            trouble=str(trouble) or type(trouble).__name__,
        )
    return Reply(
        method=method,
        url=str(answer.request.url),
        machine=machine,
        at=at,
        status=answer.status_code,
        headers={name: MASK if names_secret(name) else value for name, value in answer.headers.items()},
        # Redacted before it is cut, because half a secret would no longer be known as one.
        body=REDACTOR.text(content[: 2 * keep])[:keep],
        milliseconds=took,
    )


class _TooLarge(Exception):  # noqa: N818 - it says what the answer is
    """An answer of which no more is read."""


class _Unreadable(Exception):  # noqa: N818 - it says what the answer is
    """An answer that cannot be unpacked."""


def _whole(answer: httpx.Response, most: int, until: float) -> str:
    """The body as text; an endless one must neither fill the memory nor block the run.

    Raises:
        _TooLarge: it has more than `most` bytes.
        _Unreadable: it is damaged, or in a coding that was not offered.
        httpx.ReadTimeout: it has not ended `until` then.
    """
    content, status = bytearray(), answer.status_code
    try:
        for part in unpacked(cast("Iterable[bytes]", answer.stream), answer.headers.get("content-encoding", "")):
            content += part
            if len(content) > most:
                raise _TooLarge(f"HTTP {status} with a body of more than {most / 1e6:g} MB")
            if monotonic() > until:
                told = f"HTTP {status} with a body that did not end ({len(content)} bytes)"
                raise httpx.ReadTimeout(told, request=answer.request)
    except (UnknownCoding, zlib.error) as trouble:
        raise _Unreadable(
            f"HTTP {status} with {'a damaged body: ' * isinstance(trouble, zlib.error)}{trouble}"
        ) from None
    encoding = answer.charset_encoding or "utf-8"
    try:
        return content.decode(encoding, errors="replace")
    except LookupError:
        return content.decode(errors="replace")


def routed(target: Target, machine: str | None) -> dict[str, str]:
    """The headers that route a request to this machine; none for the edge, which chooses by itself."""
    return naming(target.section(PlatformSection).machine_header, machine)


def _routed(session: httpx.Client, machine: str | None) -> dict[str, str]:
    return naming(session.machine_header if isinstance(session, TargetClient) else "", machine)


def naming(header: str, machine: str | None) -> dict[str, str]:
    """The header of this name that chooses the machine; none where the edge has no such header, or is to choose."""
    return {header: machine} if header and machine and machine != EDGE else {}


def cause_of(trouble: Exception) -> Cause:
    """The cause that a transport error stands for."""
    known = {_TooLarge: Cause.TRUNCATED, _Unreadable: Cause.NO_DATA}
    return known.get(type(trouble)) or causes.of_error(trouble)


def refusal(reply: Reply, what: str, *, remedy: str = "") -> CouldNotLook:
    """The `CouldNotLook` for a reply that did not bring what was asked for.

    Args:
        reply: what came instead.
        what: what was asked for, as the subject of a sentence.
        remedy: what to do about it.
    """
    seen = attached(reply)
    if not reply.answered:
        cause, told = reply.cause or Cause.UNREACHABLE, f"{what}: {reply} from {reply.url}"
        return CouldNotLook(cause, told, remedy=remedy, pictures=seen)
    cause = causes.of_status(reply.status or 0)
    told = f"{what}: {reply} from {reply.url}: {reply.body[:200]}".rstrip(": ")
    return CouldNotLook(cause, told, remedy=remedy, pictures=seen)


def attached(reply: Reply) -> dict[str, bytes]:
    """The request and its answer, for the report of whoever got no other answer."""
    return {f"{reply.title}.{SUFFIX}": reply.as_attachment().encode()}


def curl(target: Target, url: str, *, machine: str | None = None, options: str = "-sS -i") -> str:
    """The line that asks the same by hand."""
    trust = f" --cacert {target.tls.ca_file}" if target.tls.ca_file else ""
    force = "".join(f" -H '{name}: {value}'" for name, value in routed(target, machine).items())
    return f"curl {options}{trust}{force} '{url}'"
