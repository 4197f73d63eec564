"""The tiles of the dashboard: when each shows content, timed inside the page."""
