"""An HTTP request and what came of it, as records of probes keep it, and in the form that Allure's report shows."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import Any

from pydantic import AwareDatetime, BaseModel

from verifier.core.evidence import Cause, Record
from verifier.core.redaction import names_secret

ATTACHED = "application/vnd.allure.http+json"
"""The type by which Allure's page knows an HTTP exchange; its format is HTTP Exchange v1 of Allure."""
SUFFIX = "httpexchange"
_MASKED = "__ALLURE_REDACTED__"
"""What Allure's page shows as a value that was left out."""
_BODY = 20_000
"""Characters of a body that the report shows."""
_ERRORS = 400


class Exchange(Record):
    """One request, and the answer or the lack of one.

    Attributes:
        status: the HTTP status, or nothing if no answer came.
        cause: why no answer came.
        milliseconds: from sending to the end of the body.
        body: its beginning, as text.
    """

    method: str
    url: str
    machine: str | None = None
    at: AwareDatetime
    status: int | None = None
    headers: dict[str, str] = {}
    body: str = ""
    milliseconds: float
    cause: Cause | None = None
    trouble: str = ""

    @property
    def failed(self) -> bool:
        """Whether no answer came, or one of the client's or the server's errors (RFC 9110, sections 15.5 and 15.6)."""
        return self.status is None or self.status >= _ERRORS

    @property
    def title(self) -> str:
        """What was asked and what came, in a few words."""
        path = "/" + self.url.split("/", 3)[-1].partition("?")[0] if self.url.count("/") > 2 else self.url  # noqa: PLR2004 - of a scheme and a host
        where = f" on {self.machine}" if self.machine else ""
        return f"{self.method} {path}{where}: {self.status or self.cause or 'no answer'}"

    def as_attachment(self) -> str:
        """The exchange as JSON; values of headers that are credentials by their name are left out."""
        told: dict[str, Any] = {
            "schemaVersion": 1,
            "request": {"method": self.method, "url": self.url},
            "start": round(self.at.timestamp() * 1000),
            "stop": round((self.at + timedelta(milliseconds=self.milliseconds)).timestamp() * 1000),
        }
        if self.status is None:
            told["error"] = {"name": str(self.cause or "no answer"), "message": self.trouble}
        else:
            told["response"] = {"status": self.status, "headers": self._headers(), "body": self._body()}
        return json.dumps(told, ensure_ascii=False)

    def _headers(self) -> list[dict[str, str]]:
        return [
            {"name": name, "value": _MASKED if names_secret(name) else value} for name, value in self.headers.items()
        ]

    def _body(self) -> dict[str, Any]:
        return {
            "contentType": self.headers.get("content-type", ""),
            "encoding": "utf8",
            "value": self.body[:_BODY],
            "truncated": len(self.body) >= _BODY,
        }


def failed_exchanges(record: object) -> Iterator[Exchange]:
    """The exchanges that failed, wherever they stand within a record."""
    if isinstance(record, Exchange):
        if record.failed:
            yield record
    elif isinstance(record, BaseModel):
        for _, value in record:
            yield from failed_exchanges(value)
    elif isinstance(record, Mapping):
        yield from failed_exchanges(tuple(record.values()))
    elif isinstance(record, (tuple, list)):
        for each in record:
            yield from failed_exchanges(each)
