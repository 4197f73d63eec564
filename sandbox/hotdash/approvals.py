"""The API of the approval queue; each change is recorded for the streams in the same transaction."""

from uuid import UUID

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from sandbox.hotdash.events.changes import Changes, public
from sandbox.hotdash.features.feature_faults import HISTORY_WITHOUT_NEW
from sandbox.hotdash.notifications import Notifications
from sandbox.hotdash.site import SHOP, Row, Site

DECISIONS = {"approve": "approved", "reject": "rejected", "request-changes": "changes_requested"}
STATUSES = ("pending", *DECISIONS.values())


class ApprovalQueue:
    """The routes of the queue."""

    def __init__(self, site: Site, changes: Changes, notifications: Notifications) -> None:
        self._site = site
        self._changes = changes
        self._notifications = notifications

    async def pending(self) -> list[Row]:
        """Pending approvals, oldest first."""
        return await self._site.rows(
            "select * from approvals where user_id = %s and status = 'pending' order by created_at", (SHOP,)
        )

    async def listing(self, _request: Request) -> Response:
        """All approvals of the shop."""
        rows = await self._site.rows("select * from approvals where user_id = %s order by created_at", (SHOP,))
        return JSONResponse({"approvals": [public(row) for row in rows]})

    async def create(self, request: Request) -> Response:
        """Create an approval."""
        sent = await request.json()
        try:
            values = [SHOP, *(str(sent[name]) for name in ("kind", "customer", "summary")), sent.get("marker")]
        except (KeyError, TypeError):
            return JSONResponse({"error": "kind, customer and summary are needed"}, 422)
        query = (
            "insert into approvals (user_id, kind, customer, summary, marker) values (%s, %s, %s, %s, %s) returning *"
        )
        row = await self._changes.make("created", query, values) or {}
        if row:
            await self._notifications.about(row)
        return JSONResponse(public(row), 201)

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
        query = "update approvals set status = %s, updated_at = now() where id = %s and user_id = %s returning *"
        row = await self._on(request, "updated", query, status)
        if row is None:
            return JSONResponse({"error": "approval not found"}, 404)
        if not HISTORY_WITHOUT_NEW.on(self._site.faults):
            await self._site.rows(
                "insert into approvals_history (user_id, approval_id, action, customer, summary) "
                "values (%s, %s, %s, %s, %s)",
                (SHOP, row["id"], status, row["customer"], row["summary"]),
            )
        return JSONResponse(public(row))

    async def delete(self, request: Request) -> Response:
        """Delete an approval, its history and its notification."""
        query = "delete from approvals where id = %s and user_id = %s returning *"
        row = await self._on(request, "deleted", query)
        if row is None:
            return JSONResponse({"error": "approval not found"}, 404)
        await self._site.rows("delete from approvals_history where approval_id = %s", (row["id"],))
        await self._notifications.forget(row["id"])
        return Response(status_code=204)

    async def _on(self, request: Request, action: str, query: str, *values: object) -> Row | None:
        try:
            identity = UUID(request.path_params["approval"])
        except ValueError:
            return None
        return await self._changes.make(action, query, (*values, identity, SHOP))
