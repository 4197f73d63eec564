"""Code inside code: functions, DO blocks and triggers."""
