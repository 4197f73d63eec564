"""What operators do in the dialogs of tiles: grades of escalations, sales actions, reorders. Each kind has a table."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from sandbox.hotdash.events.changes import public
from sandbox.hotdash.site import SHOP, Site

_BEST_GRADE = 5


def _text(value: object) -> str:
    if not isinstance(value, str) or not value.strip():
        raise ValueError("must not be empty")
    return value.strip()


def _optional(value: object) -> str | None:
    return _text(value) if value else None


def _count(value: object) -> int:
    found = int(str(value))
    if found < 1:
        raise ValueError("must be at least 1")
    return found


def _grade(value: object) -> int:
    found = _count(value)
    if found > _BEST_GRADE:
        raise ValueError(f"must be at most {_BEST_GRADE}")
    return found


@dataclass(frozen=True)
class ActionKind:
    """One kind of action.

    Attributes:
        path: of its API.
        table: where it is kept.
        fields: column → what reads it from what was sent; raises `ValueError` for what is refused.
    """

    path: str
    table: str
    fields: dict[str, Callable[[object], object]]


KINDS = (
    ActionKind("/api/sales-pulse/actions", "sales_pulse_actions", {"action": _text, "notes": _optional}),
    ActionKind("/api/inventory/actions", "inventory_actions", {"sku": _text, "quantity": _count, "notes": _optional}),
    ActionKind(
        "/api/escalations/grades",
        "escalation_grades",
        {"conversation": _text, "tone": _grade, "accuracy": _grade, "policy": _grade, "notes": _optional},
    ),
)


class OperatorActions:
    """The routes of all kinds, and what their dialogs offer to choose from."""

    def __init__(self, site: Site) -> None:
        self._site = site

    def routes(self) -> list[Route]:
        """List, record and remove, for each kind."""
        made = [Route("/api/inventory/levels", self.levels), Route("/api/escalations", self.escalations)]
        for kind in KINDS:
            made += [
                Route(kind.path, self._listing(kind)),
                Route(kind.path, self._recording(kind), methods=["POST"]),
                Route(kind.path + "/{action}", self._removing(kind), methods=["DELETE"]),
            ]
        return made

    async def levels(self, _request: Request) -> Response:
        """The articles in stock, those that are low first."""
        rows = await self._site.rows(
            "select sku, title, available, threshold from inventory_levels where user_id = %s "
            "order by available::float / threshold",
            (SHOP,),
        )
        return JSONResponse({"levels": rows})

    async def escalations(self, _request: Request) -> Response:
        """The escalated conversations, those that wait longest first."""
        rows = await self._site.rows(
            "select customer, subject, waiting_minutes from conversations where user_id = %s and escalated "
            "order by waiting_minutes desc",
            (SHOP,),
        )
        return JSONResponse({"escalations": rows})

    def _listing(self, kind: ActionKind) -> Callable[[Request], Any]:
        async def listing(_request: Request) -> Response:
            query = f"select * from {kind.table} where user_id = %s order by created_at desc"  # noqa: S608 - ours
            return JSONResponse({"actions": [public(row) for row in await self._site.rows(query, (SHOP,))]})

        return listing

    def _recording(self, kind: ActionKind) -> Callable[[Request], Any]:
        names = ("user_id", *kind.fields)
        marks = ", ".join(["%s"] * len(names))
        query = f"insert into {kind.table} ({', '.join(names)}) values ({marks}) returning *"  # noqa: S608 - ours

        async def recording(request: Request) -> Response:
            sent = await request.json()
            try:
                values = [read(sent.get(name)) for name, read in kind.fields.items()]
            except (ValueError, AttributeError) as refused:
                return JSONResponse({"error": str(refused)}, 422)
            (row,) = await self._site.rows(query, (SHOP, *values))
            return JSONResponse(public(row), 201)

        return recording

    def _removing(self, kind: ActionKind) -> Callable[[Request], Any]:
        query = f"delete from {kind.table} where id = %s and user_id = %s returning id"  # noqa: S608 - ours

        async def removing(request: Request) -> Response:
            try:
                found = await self._site.rows(query, (UUID(request.path_params["action"]), SHOP))
            except ValueError:
                found = []
            return Response(status_code=204) if found else JSONResponse({"error": "action not found"}, 404)

        return removing
