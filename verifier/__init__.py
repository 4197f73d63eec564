"""The workshop: looks at a running deployment and keeps account of what it saw."""
