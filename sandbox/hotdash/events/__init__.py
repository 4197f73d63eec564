"""Server-sent events: the queue's changes, the streams, and their faults."""
