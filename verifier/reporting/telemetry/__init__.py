"""The figures of a run for other programs: a file of OpenMetrics, a push to a gateway, a trace for a collector."""
