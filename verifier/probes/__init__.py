"""One package per subject; only its probes contact the target, and they never judge."""
