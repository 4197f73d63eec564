"""What those who operate the app ask of the suite beside a run: what a rule says, how things stand, what was seen."""
