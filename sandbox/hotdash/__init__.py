"""The dashboard application, as it runs on each machine."""
