"""Dedicated resource groups and their machines."""
