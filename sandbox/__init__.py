"""The embedded deployment: a small, real HotDash-like system on loopback, started in seconds."""
