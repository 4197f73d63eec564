"""What somebody may do for itself first, and what a write does to rows of others."""
