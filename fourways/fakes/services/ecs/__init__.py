"""Elastic Compute Service: what there is to choose from, instances with their disks, interfaces and key pairs, and security groups."""
