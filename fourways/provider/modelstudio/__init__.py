"""Model Studio: keys, workspaces, limits and permissions; reservations and model units."""
