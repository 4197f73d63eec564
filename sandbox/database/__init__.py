"""PostgreSQL: the server, what lies in it, and what can be wrong with either."""
