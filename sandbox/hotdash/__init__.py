"""The dashboard: what one application machine runs."""
