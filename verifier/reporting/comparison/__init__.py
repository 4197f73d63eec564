"""What became better or worse from one record to another, and over the releases of a target."""
