"""The edge: TLS, routing between machines, and counts of the responses."""
