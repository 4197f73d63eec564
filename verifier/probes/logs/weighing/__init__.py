"""Reads and weighs a single line: the level that it states, words of failure beside it, and what takes them back."""
