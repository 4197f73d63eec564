"""A look at pages that nobody has described yet: their tiles, how these show their states, links and streams."""
