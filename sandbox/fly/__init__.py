"""A platform in the shape of Fly.io: machines are processes, the edge routes, the API reports the real state."""
