"""PostgreSQL: reachable, loaded, backed up, restorable."""
