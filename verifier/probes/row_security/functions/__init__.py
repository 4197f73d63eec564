"""Calls of the functions that clients may call, on a copy of the schema."""
