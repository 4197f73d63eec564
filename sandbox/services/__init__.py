"""The agent service, and stand-ins for the services that HotDash depends on and does not own."""
