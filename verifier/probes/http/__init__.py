"""Requests over HTTP, and how answers are counted."""

from urllib.parse import urlsplit

EVENT_STREAM = "text/event-stream"
"""The media type of an event stream; here, because `http.client` brings all of httpx."""


def route_of(url: str) -> str:
    """An address without its origin and fragment, as routes are named."""
    parts = urlsplit(url)
    return (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
