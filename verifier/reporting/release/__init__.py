"""One Definition of Done for a release, made of the runs that judged it at different times and places."""
