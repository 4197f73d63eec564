"""What operators are notified of: a row for each new approval, until it is gone; and when they want to be told."""

import contextlib
from typing import Any
from uuid import UUID

import psycopg
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from sandbox.hotdash.events.changes import public
from sandbox.hotdash.site import SHOP, Row, Site

_SHOWN = 50
_DEFAULTS: dict[str, Any] = {"toasts": True, "queue_backlog": 10}
_MOST_BACKLOG = 1000


class Notifications:
    """The notifications of the shop; a missing table leaves the rest of the dashboard working."""

    def __init__(self, site: Site) -> None:
        self._site = site

    def routes(self) -> list[Route]:
        """The notification centre and the preferences."""
        return [
            Route("/api/notifications", self.listing),
            Route("/api/notifications/{notification}/read", self.read, methods=["POST"]),
            Route("/api/notification-preferences", self.preferences),
            Route("/api/notification-preferences", self.prefer, methods=["PUT"]),
        ]

    async def about(self, approval: Row) -> None:
        """Notify of a new approval."""
        await self._quietly(
            "insert into notifications (user_id, kind, message, approval_id) values (%s, 'approval', %s, %s)",
            (SHOP, f"New approval: {approval['customer']}", approval["id"]),
        )

    async def forget(self, approval: object) -> None:
        """Remove what is about an approval that is gone."""
        await self._quietly("delete from notifications where user_id = %s and approval_id = %s", (SHOP, approval))

    async def unread(self) -> int:
        """How many are not read yet."""
        query = "select count(*) as unread from notifications where user_id = %s and read_at is null"
        rows = await self._quietly(query, (SHOP,))
        return int(rows[0]["unread"]) if rows else 0

    async def wanted(self) -> Row:
        """When the shop's operators want to be told."""
        query = "select toasts, queue_backlog from notification_preferences where user_id = %s"
        rows = await self._quietly(query, (SHOP,))
        return rows[0] if rows else _DEFAULTS

    async def listing(self, _request: Request) -> Response:
        """The newest ones."""
        rows = await self._site.rows(
            "select * from notifications where user_id = %s order by created_at desc limit %s", (SHOP, _SHOWN)
        )
        return JSONResponse({"notifications": [public(row) for row in rows], "unread": await self.unread()})

    async def read(self, request: Request) -> Response:
        """Mark one as read."""
        query = "update notifications set read_at = now() where id = %s and user_id = %s returning *"
        try:
            rows = await self._site.rows(query, (UUID(request.path_params["notification"]), SHOP))
        except ValueError:
            rows = []
        return JSONResponse(public(rows[0])) if rows else JSONResponse({"error": "notification not found"}, 404)

    async def preferences(self, _request: Request) -> Response:
        """When the shop's operators want to be told."""
        return JSONResponse(await self.wanted())

    async def prefer(self, request: Request) -> Response:
        """Change that."""
        sent = await request.json()
        backlog, toasts = sent.get("queue_backlog"), sent.get("toasts")
        if not isinstance(backlog, int) or not 0 <= backlog <= _MOST_BACKLOG or not isinstance(toasts, bool):
            return JSONResponse({"error": f"toasts is true or false, queue_backlog 0 to {_MOST_BACKLOG}"}, 422)
        await self._site.rows(
            "insert into notification_preferences (user_id, toasts, queue_backlog) values (%s, %s, %s) "
            "on conflict (user_id) do update set toasts = excluded.toasts, queue_backlog = excluded.queue_backlog",
            (SHOP, toasts, backlog),
        )
        return JSONResponse(await self.wanted())

    async def _quietly(self, query: str, parameters: tuple[object, ...]) -> list[Row]:
        with contextlib.suppress(psycopg.errors.UndefinedTable, psycopg.errors.UndefinedColumn):
            return await self._site.rows(query, parameters)
        return []
