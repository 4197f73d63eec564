"""The history of decisions: the page, its filters, and the same as JSON and as CSV."""

import csv
import io
from datetime import date
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from sandbox.hotdash.features.feature_faults import CSV_ROW_MISSING, CSV_UNFILTERED
from sandbox.hotdash.pages.views import PageRoutes
from sandbox.hotdash.site import SHOP, Row, Site

DECISIONS = {
    "approved": "Approved",
    "rejected": "Rejected",
    "changes_requested": "Changes requested",
    "requested": "Requested",
}
COLUMNS = ("Date", "Customer", "Summary", "Decision", "Note")
_QUERY = """
    select id, approval_id, created_at, customer, summary, action, note from approvals_history
    where user_id = %(shop)s
      and (%(action)s::text is null or action = %(action)s)
      and (%(search)s::text is null or strpos(lower(concat_ws(' ', customer, summary)), lower(%(search)s)) > 0)
      and (%(first)s::date is null or (created_at at time zone 'utc')::date >= %(first)s)
      and (%(last)s::date is null or (created_at at time zone 'utc')::date <= %(last)s)
    order by created_at desc, id
"""
_FILTERS = ("action", "search", "first", "last")


class History:
    """The routes of the history."""

    def __init__(self, site: Site, pages: PageRoutes) -> None:
        self._site = site
        self._pages = pages

    def routes(self) -> list[Route]:
        """The page, and the API that it shows."""
        return [
            Route("/history", self._page),
            Route("/api/approvals/history", self._listing),
            Route("/api/approvals/history.csv", self._export),
        ]

    async def _found(self, filters: dict[str, str]) -> list[Row]:
        wanted = {name: filters.get(name) or None for name in _FILTERS}
        return await self._site.rows(_QUERY, {"shop": SHOP, **wanted})

    async def _page(self, request: Request) -> Response:
        filters = _filters(request)
        if filters is None:
            return JSONResponse({"error": "first and last are dates: 2026-01-31"}, 422)
        rows = [dict(zip(COLUMNS, _cells(row), strict=True)) for row in await self._found(filters)]
        query = request.url.query
        return await self._pages.show(
            request,
            "history.html",
            rows=rows,
            columns=COLUMNS,
            filters=filters,
            decisions=DECISIONS,
            export=f"/api/approvals/history.csv{'?' if query else ''}{query}",
        )

    async def _listing(self, request: Request) -> Response:
        filters = _filters(request)
        if filters is None:
            return JSONResponse({"error": "first and last are dates: 2026-01-31"}, 422)
        return JSONResponse({"history": [_public(row) for row in await self._found(filters)]})

    async def _export(self, request: Request) -> Response:
        filters = _filters(request)
        if filters is None:
            return JSONResponse({"error": "first and last are dates: 2026-01-31"}, 422)
        rows = await self._found({} if CSV_UNFILTERED.on(self._site.faults) else filters)
        if CSV_ROW_MISSING.on(self._site.faults):
            rows = rows[:-1]
        text = io.StringIO(newline="")
        csv.writer(text).writerows([COLUMNS, *map(_cells, rows)])
        headers = {"content-disposition": 'attachment; filename="approvals-history.csv"', "cache-control": "no-store"}
        return Response(text.getvalue(), media_type="text/csv", headers=headers)


def _filters(request: Request) -> dict[str, str] | None:
    """The filters of a request; None, if one of them cannot be."""
    given = {name: request.query_params.get(name, "").strip() for name in _FILTERS}
    try:
        for name in ("first", "last"):
            if given[name]:
                date.fromisoformat(given[name])
    except ValueError:
        return None
    return given


def _cells(row: Row) -> tuple[str, ...]:
    at = f"{row['created_at']:%Y-%m-%d %H:%M}"
    decision = DECISIONS.get(row["action"]) or str(row["action"])
    return (at, row["customer"] or "", row["summary"] or "", decision, row["note"] or "")


def _public(row: Row) -> dict[str, Any]:
    ids = {name: str(row[name]) for name in ("id", "approval_id")}
    return {**row, **ids, "created_at": row["created_at"].isoformat()}
