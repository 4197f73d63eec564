"""Where a deploy begins: configurations, workflows, and scripts with which a person deploys."""
