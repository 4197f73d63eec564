"""What the dashboard depends on: the agent service and Chatwoot."""
