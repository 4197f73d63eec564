"""Requests over HTTP, and how answers are counted."""
