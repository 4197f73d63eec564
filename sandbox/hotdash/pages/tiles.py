"""The content of the eight tiles, from the database."""

from collections.abc import Awaitable, Callable
from dataclasses import asdict, dataclass
from typing import Any

from sandbox.hotdash.site import SHOP, Row, Site

HEALTHY, ATTENTION = "healthy", "attention"
BADGES = {HEALTHY: "Healthy", ATTENTION: "Attention needed"}
WAITING_LIMIT = 30


@dataclass(frozen=True)
class TileContent:
    """The content of a tile: a figure, its unit, and a few rows."""

    status: str
    figure: str
    caption: str
    rows: tuple[tuple[str, str], ...] = ()

    def as_json(self) -> dict[str, Any]:
        """As in the tile API."""
        return {**asdict(self), "badge": BADGES[self.status]}


Load = Callable[[Site], Awaitable[TileContent]]


async def _one(site: Site, query: str) -> Row:
    (row,) = await site.rows(query, (SHOP,))
    return row


async def ops_metrics(site: Site) -> TileContent:
    """Open orders and approvals of the shop."""
    row = await _one(
        site,
        """
        select (select count(*) from approvals where user_id = shop.id and status = 'pending') as approvals,
               (select count(*) from orders
                where user_id = shop.id and created_at > now() - interval '1 day') as orders,
               (select round(avg(waiting_minutes)) from conversations where user_id = shop.id) as waiting
        from (select %s::uuid as id) as shop""",
    )
    return TileContent(
        HEALTHY,
        str(row["orders"]),
        "orders in the last 24 hours",
        (("Approvals waiting", str(row["approvals"])), ("Average first reply", f"{row['waiting'] or 0} min")),
    )


async def sales_pulse(site: Site) -> TileContent:
    """The sales of a week."""
    total = await _one(
        site,
        "select count(*) as orders, coalesce(sum(total_cents), 0) as cents from orders "
        "where user_id = %s and created_at > now() - interval '7 days'",
    )
    best = await site.rows(
        "select sku, sum(total_cents) as cents from orders where user_id = %s group by sku order by cents desc limit 3",
        (SHOP,),
    )
    return TileContent(
        HEALTHY,
        f"${total['cents'] / 100:,.0f}",
        f"revenue in 7 days, {total['orders']} orders",
        tuple((row["sku"], f"${row['cents'] / 100:,.0f}") for row in best),
    )


async def fulfillment_health(site: Site) -> TileContent:
    """Orders that are not shipped."""
    rows = await site.rows(
        "select number, customer, extract(epoch from now() - created_at) / 3600 as hours from orders "
        "where user_id = %s and not fulfilled order by created_at",
        (SHOP,),
    )
    return TileContent(
        ATTENTION if rows else HEALTHY,
        str(len(rows)),
        "orders not fulfilled yet",
        tuple((row["number"], f"{row['hours']:.0f} h") for row in rows[:3]),
    )


async def inventory_heatmap(site: Site) -> TileContent:
    """Low stock."""
    rows = await site.rows(
        "select title, available, threshold from inventory_levels where user_id = %s "
        "order by available::float / threshold",
        (SHOP,),
    )
    low = sum(row["available"] < row["threshold"] for row in rows)
    return TileContent(
        ATTENTION if low else HEALTHY,
        str(low),
        f"of {len(rows)} articles below the threshold",
        tuple((row["title"], f"{row['available']} left") for row in rows[:3]),
    )


async def cx_escalations(site: Site) -> TileContent:
    """Conversations that wait for a reply."""
    rows = await site.rows(
        "select customer, waiting_minutes from conversations where user_id = %s and escalated "
        "order by waiting_minutes desc",
        (SHOP,),
    )
    late = any(row["waiting_minutes"] > WAITING_LIMIT for row in rows)
    return TileContent(
        ATTENTION if late else HEALTHY,
        str(len(rows)),
        "conversations escalated",
        tuple((row["customer"], f"{row['waiting_minutes']} min") for row in rows[:3]),
    )


async def seo_content(site: Site) -> TileContent:
    """The performance of pages in searches."""
    rows = await site.rows(
        "select path, sessions, change_percent from seo_pages where user_id = %s order by sessions desc", (SHOP,)
    )
    falling = [row for row in rows if row["change_percent"] < 0]
    return TileContent(
        ATTENTION if falling else HEALTHY,
        f"{sum(row['sessions'] for row in rows):,}",
        "sessions on watched pages",
        tuple((row["path"], f"{row['change_percent']:+} %") for row in rows[:3]),
    )


async def idea_pool(site: Site) -> TileContent:
    """Pending ideas."""
    rows = await site.rows("select title, status from ideas where user_id = %s order by id", (SHOP,))
    waiting = sum(row["status"] == "pending" for row in rows)
    return TileContent(
        HEALTHY, str(waiting), "ideas to look at", tuple((row["title"], row["status"]) for row in rows[:3])
    )


async def approvals_queue(site: Site) -> TileContent:
    """Pending approvals."""
    rows = await site.rows(
        "select customer, extract(epoch from now() - created_at) / 60 as minutes from approvals "
        "where user_id = %s and status = 'pending' order by created_at",
        (SHOP,),
    )
    return TileContent(
        ATTENTION if rows else HEALTHY,
        str(len(rows)),
        "approvals wait for a decision",
        tuple((row["customer"], f"{row['minutes']:.0f} min") for row in rows[:3]),
    )


# Name, heading, loader. The first four come with the page, the others are fetched by the browser.
TILES: dict[str, tuple[str, Load]] = {
    "ops-metrics": ("Ops Pulse", ops_metrics),
    "sales-pulse": ("Sales Pulse", sales_pulse),
    "inventory-heatmap": ("Inventory Heatmap", inventory_heatmap),
    "approvals-queue": ("Approvals Queue", approvals_queue),
    "fulfillment-health": ("Fulfillment Health", fulfillment_health),
    "cx-escalations": ("CX Escalations", cx_escalations),
    "seo-content": ("SEO & Content Watch", seo_content),
    "idea-pool": ("Idea Pool", idea_pool),
}
ON_THE_SERVER = tuple(TILES)[:4]


async def load(site: Site, name: str) -> dict[str, Any]:
    """The present content of a tile."""
    return (await TILES[name][1](site)).as_json()
