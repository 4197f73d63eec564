"""Rows, attempts and proofs on a copy of the schema, where writing is allowed."""
