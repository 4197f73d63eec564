"""The approval queue: its API, and the announcement of each change."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from sandbox.hotdash.events import Hub
from sandbox.hotdash.site import SHOP, Row, Site

DECISIONS = {"approve": "approved", "reject": "rejected", "request-changes": "changes_requested"}
STATUSES = ("pending", *DECISIONS.values())


def _json(row: Mapping[str, Any]) -> dict[str, Any]:
    """The public form: everything but the owner, with text for what JSON has no form for."""
    plain = {name: value.isoformat() if isinstance(value, datetime) else value for name, value in row.items()}
    return {
        name: str(value) if isinstance(value, UUID) else value for name, value in plain.items() if name != "user_id"
    }


class Approvals:
    """The routes of the queue."""

    def __init__(self, site: Site, hub: Hub) -> None:
        self._site = site
        self._hub = hub

    async def pending(self) -> list[Row]:
        """The approvals that wait, the oldest first."""
        return await self._site.rows(
            "select * from approvals where user_id = %s and status = 'pending' order by created_at", (SHOP,)
        )

    async def listing(self, _request: Request) -> Response:
        """All approvals of the shop."""
        rows = await self._site.rows("select * from approvals where user_id = %s order by created_at", (SHOP,))
        return JSONResponse({"approvals": [_json(row) for row in rows]})

    async def create(self, request: Request) -> Response:
        """Take a new one in."""
        sent = await request.json()
        try:
            values = [SHOP, *(str(sent[name]) for name in ("kind", "customer", "summary")), sent.get("marker")]
        except (KeyError, TypeError):
            return JSONResponse({"error": "kind, customer and summary are needed"}, 422)
        (row,) = await self._site.rows(
            "insert into approvals (user_id, kind, customer, summary, marker) values (%s, %s, %s, %s, %s) returning *",
            values,
        )
        await self._hub.announce("created", _json(row))
        return JSONResponse(_json(row), 201)

    async def change(self, request: Request) -> Response:
        """Set the status."""
        status = (await request.json()).get("status")
        if status not in STATUSES:
            return JSONResponse({"error": f"status is one of {', '.join(STATUSES)}"}, 422)
        return await self._decide(request, status)

    async def decide(self, request: Request) -> Response:
        """Approve, reject or send back."""
        status = DECISIONS.get(request.path_params["decision"])
        return JSONResponse({"error": "not found"}, 404) if status is None else await self._decide(request, status)

    async def _decide(self, request: Request, status: str) -> Response:
        rows = await self._on(
            request,
            "update approvals set status = %s, updated_at = now() where id = %s and user_id = %s returning *",
            status,
        )
        if not rows:
            return JSONResponse({"error": "approval not found"}, 404)
        await self._site.rows(
            "insert into approvals_history (user_id, approval_id, action) values (%s, %s, %s)",
            (SHOP, rows[0]["id"], status),
        )
        await self._hub.announce("updated", _json(rows[0]))
        return JSONResponse(_json(rows[0]))

    async def delete(self, request: Request) -> Response:
        """Take one out, with its history."""
        rows = await self._on(request, "delete from approvals where id = %s and user_id = %s returning *")
        if not rows:
            return JSONResponse({"error": "approval not found"}, 404)
        await self._site.rows("delete from approvals_history where approval_id = %s", (rows[0]["id"],))
        await self._hub.announce("deleted", _json(rows[0]))
        return Response(status_code=204)

    async def _on(self, request: Request, query: str, *values: object) -> list[Row]:
        try:
            identity = UUID(request.path_params["approval"])
        except ValueError:
            return []
        return await self._site.rows(query, (*values, identity, SHOP))
