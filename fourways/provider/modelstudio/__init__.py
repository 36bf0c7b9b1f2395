"""Model Studio: workspaces, API keys, models' limits and permissions (the OpenAPI), and what is bought with a bearer key."""
