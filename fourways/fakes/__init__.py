"""The fake cloud: other people's clients must not be able to tell. Knows nothing of the provider."""
