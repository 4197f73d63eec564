"""A platform in the shape of Fly.io: machines that are real processes, an edge, and an API that says what is so."""
