"""Fly.io: machines, releases, secrets by name, and the token that may ask for them."""
