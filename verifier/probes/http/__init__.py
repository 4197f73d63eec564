"""Requests over HTTP, and how answers are counted."""

EVENT_STREAM = "text/event-stream"
"""The media type of an event stream; here, because `http.client` brings all of httpx."""
