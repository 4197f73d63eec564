"""What somebody may do for itself before it tries, and what a write does to rows of others."""
