"""A stream's bytes: transport, head, parser."""
