"""A machine is stopped, and its clients find another one."""
