"""From outcomes of checks to the verdict of a run, and what is kept of it."""
