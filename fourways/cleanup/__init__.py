"""What was left behind, from state and from tags, and how to delete it."""
