"""Follows shell text: what it runs, with which words, as far as the files tell."""
