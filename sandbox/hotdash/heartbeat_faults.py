"""When a machine's next heartbeat is due, with the faults that its rhythm can have."""

from sandbox.hotdash.site import Site

NEVER = 1e9


def pause_after(site: Site, sequence: int) -> float:
    """Seconds between heartbeat `sequence`, counted from 1, and the next one of the same stream."""
    if "heartbeat-stops" in site.faults and sequence >= site.seconds("heartbeat-stops"):
        return NEVER
    stretch = site.seconds("heartbeat-slow") or 1.0
    if sequence % 2 == 0:  # every second pause is too long, as with a timer that shares its thread
        stretch = site.seconds("heartbeat-jitter") or stretch
    elif "heartbeat-jitter" in site.faults:
        stretch = 0.5
    return site.heartbeat * stretch
