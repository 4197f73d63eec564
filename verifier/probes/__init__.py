"""One package per subject, the only hands: each asks the target one kind of question. They never judge."""
