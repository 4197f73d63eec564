"""Secrets in what is committed."""
