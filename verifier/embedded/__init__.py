"""A PostgreSQL of our own, thrown away after use: for what must never be tried on a live database."""
