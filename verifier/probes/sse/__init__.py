"""Event streams: heartbeats, deliveries, reconnections."""
