"""What visitors get: health, rates, uptime, metrics."""
