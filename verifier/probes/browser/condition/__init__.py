"""The condition of pages: rules of accessibility, the way of a keyboard through them, and what looks broken."""
