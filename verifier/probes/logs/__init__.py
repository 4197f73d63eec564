"""The log: read whole, line by line, and counted."""
