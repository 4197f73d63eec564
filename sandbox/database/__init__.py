"""PostgreSQL: the server, its contents, and their faults."""
