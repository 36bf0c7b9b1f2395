"""Elastic Compute Service: regions, zones and images to choose from, and security groups with their rules."""
