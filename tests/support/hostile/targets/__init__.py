"""Targets in trouble."""
