"""Resource groups and their machines."""
