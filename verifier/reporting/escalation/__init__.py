"""Tells people what the contract wants told: once per release and signature, again while it lasts, and its end."""
