"""Server-sent events: the queue's changes, the streams, and what can go wrong on the way."""
