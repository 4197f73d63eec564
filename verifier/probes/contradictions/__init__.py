"""What two observations say differently, and what any of them saw of a server error."""
