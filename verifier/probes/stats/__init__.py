"""Figures with their certainty: shares and percentiles."""
