"""What the later phases of the plan add: settings that persist, charts of the agents, the history of decisions."""
