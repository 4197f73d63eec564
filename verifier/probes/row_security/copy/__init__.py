"""Attempts by each persona on a copy of the schema, with generated rows."""
