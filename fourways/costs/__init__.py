"""What a preview or a state costs: estimates, differences and their tables."""
