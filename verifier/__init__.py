"""The workshop: looks at a running deployment and keeps account of what it saw.

Nothing in it asserts, so pytest has nothing to rewrite, whoever imported it before: PYTEST_DONT_REWRITE.
"""
