"""What carries a run out: the run itself, its observations, the deployment that it starts, and old reports."""
