"""Pages, tiles, and their faults."""
