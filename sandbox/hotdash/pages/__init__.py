"""What an operator sees: pages, tiles, and their faults."""
