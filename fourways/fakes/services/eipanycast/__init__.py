"""Anycast Elastic IP: addresses that are announced in several regions. They are allocated and released here, and carry nothing."""
