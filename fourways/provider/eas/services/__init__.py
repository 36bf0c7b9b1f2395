"""Services: made, changed, watched, stopped, rolled back, deleted."""
