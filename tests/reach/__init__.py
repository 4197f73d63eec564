"""Tries the suite from where its callers are, each in a repository of its own: `python -m tests.reach`."""
