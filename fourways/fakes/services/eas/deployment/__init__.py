"""Services and service groups: their JSON, what is asked of them, and how they get there on the clock."""
