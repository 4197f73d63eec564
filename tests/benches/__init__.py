"""What things cost, as ratios. Each module is a bench; __main__ runs them."""
