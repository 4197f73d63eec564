"""What a statement does to what is live, rule by rule."""
