"""What a command does: which further commands it runs, and whether it applies a migration."""
