"""The pages as an operator sees them, in a real browser: tiles, routes, flows."""
