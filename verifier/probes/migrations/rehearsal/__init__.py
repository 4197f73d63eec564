"""Applies the migrations to a throw-away database, and compares before and after."""
