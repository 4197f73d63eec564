"""The effect of statements on live objects: one rule for each kind."""
