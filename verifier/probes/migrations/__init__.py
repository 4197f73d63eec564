"""Migrations as files: which of them a runner takes, and whether what they say only adds."""
