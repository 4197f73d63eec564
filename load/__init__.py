"""Load on event streams that outgrows one machine: the suite's own probe, driven by Locust. See docs/load.md."""
